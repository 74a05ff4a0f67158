#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rules of lib/README.md that a program can check: licence line, length, left-over notes."""
import os
import re
import sys

CODE = (".c", ".h", ".def", ".sql", ".py", ".js", ".mjs")
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
LONGEST, WIDEST = 700, 120


def check_file(root, path, faults):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        lines = f.read().splitlines()
    if path.endswith((".c", ".h")) and (not lines or
                                       lines[0] != "// SPDX-License-Identifier: MIT"):
        faults.append(f"{path}:1: the first line is the licence: // SPDX-License-Identifier: MIT")
    if path.endswith(".h") and "#pragma once" not in lines:
        faults.append(f"{path}:1: a header needs #pragma once")
    if path.endswith((".c", ".h")) and len(lines) > LONGEST:
        faults.append(f"{path}:{LONGEST}: {len(lines)} lines; split it by what it does")
    for number, line in enumerate(lines, 1):
        if LEFT_OVER.search(line):
            faults.append(f"{path}:{number}: finish it or leave it out")
        if path.endswith((".c", ".h")) and len(line) > WIDEST:
            faults.append(f"{path}:{number}: {len(line)} columns")


def main():
    root = sys.argv[1]
    faults = []
    for top in ("lib", "cmd", "sql", "tests", "packaging"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = [f for f in folders if f != "node_modules" and not f.startswith(".")]
            for name in sorted(names):
                if name.endswith(CODE):
                    check_file(root, os.path.relpath(os.path.join(folder, name), root), faults)
    print("\n".join(faults) if faults else "style: nothing to say")
    return 1 if faults else 0


sys.exit(main())
