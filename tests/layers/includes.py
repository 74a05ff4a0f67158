#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the shape of the tree: which module includes which, who touches which library, what lies
at the top. Prints each fault as FILE:LINE: words and ends 1 if there is any."""
import os
import re
import subprocess
import sys
import tempfile

# The one module that may include each third-party header (cmd/ may include none but systemd's).
OWNERS = {
    "sodium.h": "crypto", "libpq-fe.h": "db", "microhttpd.h": "http", "confuse.h": "config",
    "jansson.h": "api", "zip.h": "export",
}
TOP = {"cmd", "lib", "sql", "config", "tests", "packaging", "meson.build", "meson_options.txt",
       "LICENSE", "README.md"}
# Beyond the order: the HTTP layer knows no domain, and pages and JSON do not know each other.
APART = {("http", "domain"), ("api", "web")}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_order(root):
    text = open(os.path.join(root, "lib", "meson.build"), encoding="utf-8").read()
    return re.findall(r"'(\w+)'", re.search(r"modules\s*=\s*\[(.*?)\]", text, re.S).group(1))


def sources(root, top):
    for folder, _, names in os.walk(os.path.join(root, top)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".def", ".inc")):
                yield os.path.relpath(os.path.join(folder, name), root)


def includes(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1), found.group(2)


def check_file(root, path, order, faults):
    parts = path.split(os.sep)
    own = parts[1] if parts[0] == "lib" else "cmd"
    for number, kind, name in includes(root, path):
        where = f"{path}:{number}"
        if kind == "<":
            owner = OWNERS.get(name)
            if owner and owner != own:
                faults.append(f"{where}: <{name}> belongs to lib/{owner} alone")
            continue
        other = name.split("/")[0]
        beside = os.path.join(root, os.path.dirname(path), name)
        if own == "cmd" and "/" not in name and os.path.exists(beside):
            continue  # a program's own header
        if "/" not in name or (other not in order and own != "cmd"):
            faults.append(f'{where}: "{name}" is not named from lib/, as "module/file.h"')
        elif own != "cmd" and order.index(other) > order.index(own):
            faults.append(f'{where}: {own} is below {other} and may not include "{name}"')
        elif (own, other) in APART:
            faults.append(f'{where}: {own} and {other} are kept apart: "{name}"')


def top_level(root):
    try:
        out = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"],
                             capture_output=True, check=True)
        return {name.split("/")[0] for name in out.stdout.decode().split("\0") if name}
    except (OSError, subprocess.CalledProcessError):  # a source package has no .git
        return {name for name in os.listdir(root) if not name.startswith("build")}


def check(root):
    order = module_order(root)
    faults = []
    for module in sorted(os.listdir(os.path.join(root, "lib"))):
        if os.path.isdir(os.path.join(root, "lib", module)) and module not in order:
            faults.append(f"lib/{module}: not a module of lib/meson.build")
    for top in ("lib", "cmd"):
        for path in sources(root, top):
            if path.split(os.sep)[1] in order or top == "cmd":
                check_file(root, path, order, faults)
    for name in sorted(top_level(root)):
        if name not in TOP and not name.startswith("."):
            faults.append(f"{name}: does not belong at the top of the tree")
    return faults


def self_test():
    cases = [  # file, its text, a piece of the fault expected or None
        ("lib/base/a.c", '#include "base/a.h"\n#include <stdio.h>\n', None),
        ("lib/db/a.c", '#include "base/a.h"\n#include <libpq-fe.h>\n', None),
        ("lib/base/a.c", '#include "db/a.h"\n', "may not include"),
        ("lib/domain/a.c", '  #  include "http/a.h"\n', "may not include"),
        ("lib/http/a.c", '#include "domain/a.h"\n', "kept apart"),
        ("lib/api/a.c", '#include "web/a.h"\n', "kept apart"),
        ("lib/domain/a.c", "#include <sodium.h>\n", "belongs to lib/crypto"),
        ("cmd/phoenix/a.c", "#include <libpq-fe.h>\n", "belongs to lib/db"),
        ("cmd/phoenix/a.c", '#include "app/a.h"\n', None),
        ("cmd/phoenix/a.c", '#include "missing.h"\n', "not named from lib/"),
        ("lib/base/a.c", '#include "a.h"\n', "not named from lib/"),
        ("lib/extra/a.c", "\n", "not a module"),
        ("notes.txt", "\n", "top of the tree"),
    ]
    failed = 0
    for path, text, want in cases:
        with tempfile.TemporaryDirectory() as root:
            for name, content in (("lib/meson.build", "modules = ['base', 'config', 'crypto', 'db', "
                                   "'access', 'domain', 'http', 'web', 'api', 'app']\n"),
                                  (path, text)):
                os.makedirs(os.path.dirname(os.path.join(root, name)) or root, exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as f:
                    f.write(content)
            faults = check(root)
            good = not faults if want is None else any(want in fault for fault in faults)
            if not good:
                failed += 1
                print(f"self-test: {path} {text!r}: wanted {want}, got {faults}")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    faults = check(sys.argv[1])
    print("\n".join(faults) if faults else "includes: every file keeps to its layer")
    return 1 if faults else 0


sys.exit(main())
