#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rules of lib/README.md that a program can check: style.py ROOT. Prints each fault as FILE:LINE: words
and ends 1 if there is any. style.py --self-test shows that each kind of fault is found."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import ctext  # noqa: E402

CODE = (".c", ".h", ".def", ".sql", ".py", ".js", ".mjs", ".R", ".css", ".html")
LICENSED = (".c", ".h", ".py", ".js", ".mjs", ".R", ".css")
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
LICENCE = "SPDX-License-Identifier: MIT"
LONGEST_FILE, LONGEST_FUNCTION, WIDEST = 700, 70, 120

# What belongs to the machine where somebody works, not to the tree.
MACHINE = re.compile(r"(?<![\w.}*/-])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRY = re.compile(r"\b(?:registry\.[a-z]+\.[a-z]|pypi\.|files\.pythonhosted\.|crates\.io|proxy\.golang\.|"
                      r"(?:deb|security|snapshot)\.debian\.)", re.I)
MADE = re.compile(r"(^|/)(node_modules|__pycache__)(/|$)|^build[^/]*(/|$)|\.(o|pyc|so|a|gcda|gcno)$|\.gen\.[ch]$")

# Still to be taken apart. Strike out what is done.
PENDING = ("lib/", "cmd/", "tests/access/")
PENDING_LONG = ("tests/access/matrix.c",)


def tracked(root):
    """Every file of the tree: what git knows, or all there is in a source package."""
    try:
        out = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"],
                             capture_output=True, check=True)
        return sorted(name for name in out.stdout.decode().split("\0")
                      if name and os.path.lexists(os.path.join(root, name)))
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in (".git", "node_modules") and not f.startswith("build")]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
        return sorted(found)


def check_licence(path, lines):
    if path.endswith((".c", ".h")):
        if not lines or lines[0] != f"// {LICENCE}":
            yield 1, f"the first line is the licence: // {LICENCE}"
        if path.endswith(".h") and "#pragma once" not in lines:
            yield 1, "a header needs #pragma once"
    elif (path.endswith(LICENSED) or lines and lines[0].startswith("#!")) and \
            not any(LICENCE in line for line in lines[:4]):
        yield 1, f"the licence is missing at the top: {LICENCE}"


def check_lines(path, lines):
    for number, line in enumerate(lines, 1):
        if LEFT_OVER.search(line):
            yield number, "finish it or leave it out"
        if path.endswith((".c", ".h")) and len(line) > WIDEST:
            yield number, f"{len(line)} columns, {WIDEST} at most"


def check_c(path, lines):
    if len(lines) > LONGEST_FILE:
        yield LONGEST_FILE, f"{len(lines)} lines, {LONGEST_FILE} at most; split it by what it does"
    found = ctext.tokens("\n".join(lines) + "\n")
    for name, first, last in ctext.functions(found):
        if last - first >= LONGEST_FUNCTION and not path.startswith(PENDING_LONG):
            yield first, f"{name} has {last - first + 1} lines, {LONGEST_FUNCTION} at most"
    if not path.startswith(PENDING):
        for number in ctext.nested_conditionals(found):
            yield number, "a ?: within another"


def check_place(lines):
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line):
            yield number, "a path of one machine"
        if REGISTRY.search(line):
            yield number, "the name of a package registry"


def check_file(root, path):
    """(line, words) of each fault."""
    at = os.path.join(root, path)
    if MADE.search(path):
        yield 1, "made by building or installing: not for the tree"
    if os.path.islink(at):
        yield 1, "a link: not for the tree"
        return
    with open(at, "rb") as f:
        data = f.read()
    if b"\0" in data:
        return
    lines = data.decode("utf-8", "replace").splitlines()
    yield from check_place(lines)
    yield from check_licence(path, lines)
    if path.endswith(CODE):
        yield from check_lines(path, lines)
    if path.endswith((".c", ".h")):
        yield from check_c(path, lines)


def check(root):
    return [f"{path}:{number}: {words}" for path in tracked(root) for number, words in check_file(root, path)]


# --- self-test ------------------------------------------------------------------------------------

SPDX = f"// {LICENCE}\n"
FUNCTION = "int f(int a)\n{\n%s    return a;\n}\n"
CASES = [  # path, text, a piece of the fault expected or None
    ("lib/a.c", SPDX + FUNCTION % "", None),
    ("lib/a.c", FUNCTION % "", "first line is the licence"),
    ("lib/a.h", SPDX, "#pragma once"),
    ("tests/a.py", "print(1)\n", "licence is missing"),
    ("packaging/a", "#!/bin/sh\n", "licence is missing"),
    ("packaging/a", f"#!/bin/sh\n# {LICENCE}\n", None),
    ("lib/a.c", SPDX + "// TO" "DO later\n", "finish it"),
    ("lib/a.c", SPDX + "// " + "x" * 118 + "\n", "121 columns"),
    ("lib/a.c", SPDX + "\n" * 700, "701 lines"),
    ("lib/a.c", SPDX + "\n" * 699, None),
    ("lib/a.c", SPDX + FUNCTION % ("    a++;\n" * 66), None),
    ("lib/a.c", SPDX + FUNCTION % ("    a++;\n" * 67), "f has 71 lines"),
    ("lib/a.c", SPDX + "static struct x f(\n    int (*g)(void), int a)\n{\n" + "    a++;\n" * 67 + "}\n", "71 lines"),
    ("lib/a.c", SPDX + "const int t[] = {\n" + "    1,\n" * 90 + "};\n", None),
    ("lib/a.c", SPDX + FUNCTION % ("    \"}\"; '{'; // {\n" * 66), None),
    ("lib/a.c", SPDX + "int x = a ? b : c ? d : e;\n", "within another"),
    ("lib/a.c", SPDX + "int x = a ? b ? c : d : e;\n", "within another"),
    ("lib/a.c", SPDX + "int x = a ? (b ? c : d) : e;\n", "within another"),
    ("lib/a.c", SPDX + "int x = a ? f(b, c ? d : e) : g;\n", "within another"),
    ("lib/a.c", SPDX + "int x = (a ? b : c) ? d : e;\n", "within another"),
    ("lib/a.c", SPDX + "int x = f((a ? b : c)) == 2 ? d : e;\n", "within another"),
    ("lib/a.c", SPDX + "#define X(a) ((a) > 1 ? 2 : \\\n    (a) > 0 ? 1 : 0)\n", "lib/a.c:3: a ?: within another"),
    ("lib/a.c", SPDX + "int x = a ? b : c, y = d ? e : f;\n", None),
    ("lib/a.c", SPDX + "int x = f(a ? b : c, d ? e : f) + (g ? h : i);\n", None),
    ("lib/a.c", SPDX + "struct s t = {.a = b ? c : d, .e = f ? g : h};\n", None),
    ("lib/a.c", SPDX + "int x = a ? b : c; // ? or ?: or a ? b : c\nint y = d ? '?' : \"?:\"[0];\n", None),
    ("lib/a.c", SPDX + "void f(void)\n{\n    if (a ? b : c)\n        x = d ? e : f;\n}\n", None),
    ("lib/a.c", SPDX + "void f(void)\n{\n    if (a ? b : c) {\n        d ? e() : f();\n    }\n}\n", None),
    ("notes.md", "See /wo" "rk/here.\n", "path of one machine"),
    ("notes.md", "See /ro" "ot/here.\n", "path of one machine"),
    ("notes.md", "GET /people/ro" "ot/x, ${dir}/wo" "rk/x\n", None),
    ("packaging/a.txt", "https://regis" "try.npmjs.org/x\n", "package registry"),
    ("lib/a.gen.c", SPDX, "not for the tree"),
    ("packaging/npm/node_modules/a.txt", "\n", "not for the tree"),
]


def self_test():
    global PENDING, PENDING_LONG
    PENDING = PENDING_LONG = ()
    failed = 0
    for path, text, want in CASES:
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(text)
            faults = [f"{path}:{number}: {words}" for number, words in check_file(root, path)]
            if bool(faults) != bool(want) or (want and not any(want in fault for fault in faults)):
                failed += 1
                print(f"self-test: {path} {text[:200]!r}: wanted {want}, got {faults}")
    with tempfile.TemporaryDirectory() as root:
        os.symlink("nowhere", os.path.join(root, "link"))
        if not any("a link" in words for _, words in check_file(root, "link")):
            failed += 1
            print("self-test: a link is not found")
    print(f"{len(CASES) + 1 - failed} passed, {failed} failed")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    faults = check(sys.argv[1])
    print("\n".join(faults) if faults else "style: nothing to say")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
