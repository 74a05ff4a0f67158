#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks for faults in C without running it: analyse.py tidy|parsers|format ROOT BUILD

  tidy     clang-tidy with the checks of .clang-tidy, over lib/ and cmd/
  parsers  gcc's analyser, over the files below that read what others write
  format   clang-format by .clang-format, over lib/, cmd/ and tests/

What was clean is remembered in BUILD by its text after the preprocessor, so that only what changed is
looked at again. analyse.py --self-test plants a fault for each and sees it found.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# C that reads input of others: requests, JSON, spreadsheets, identifiers, cursors, what people type, and
# the files of settings and of keys. A file that comes to parse something belongs here.
PARSERS = """
    lib/base/buf.c lib/base/clock.c lib/base/field.c lib/base/log.c lib/base/uuid.c
    lib/table/csv.c
    lib/config/config.c lib/config/fold.c lib/config/mapping.c lib/config/mappings.c lib/config/pattern.c
    lib/config/programme.c lib/config/reader.c
    lib/crypto/keyring.c lib/crypto/seal.c lib/crypto/secret.c
    lib/db/copy.c
    lib/record/cursor.c lib/search/text.c
    lib/domain/person/birth.c lib/domain/person/identifier.c
    lib/import/import.c lib/import/judge.c
    lib/http/form.c lib/http/gate.c lib/http/job.c lib/http/request.c lib/http/router.c
    lib/api/json_read.c
""".split()
# What both compilers and every tool take of a compile command.
KEPT = re.compile(r"-(I|D|U|std=|isystem)")


def commands(root, build):
    """Source path from the root to (folder, plain arguments), for lib/ and cmd/, without what is made."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        entries = json.load(f)
    found = {}
    for entry in entries:
        path = os.path.relpath(os.path.realpath(os.path.join(entry["directory"], entry["file"])),
                               os.path.realpath(root))
        if path.startswith(("lib/", "cmd/")) and path not in found:
            words = shlex.split(entry["command"])
            found[path] = entry["directory"], [word for word in words if KEPT.match(word)]
    return found


def run(args, folder):
    done = subprocess.run(args, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def tidy(root, path, folder, plain):
    # gcc 12's warnings and clang 14's differ, so the compiler's own are left to the builds.
    status, out = run(["clang-tidy", "--quiet", f"--config-file={root}/.clang-tidy", os.path.join(root, path),
                       "--", "-w", *plain], folder)
    return [line for line in out.splitlines() if re.search(r": (warning|error):", line)] or \
        ([out] if status else [])


def parsers(root, path, folder, plain):
    status, out = run(["gcc", "-O2", "-fanalyzer", *plain, "-c", os.path.join(root, path), "-o", os.devnull], folder)
    return [line for line in out.splitlines() if "-Wanalyzer" in line] or ([out] if status else [])


def settings(root, mode):
    """What else decides what a mode finds."""
    tool = {"tidy": "clang-tidy", "parsers": "gcc"}[mode]
    text = run([tool, "--version"], root)[1] + repr(KEPT)
    if mode == "tidy":
        with open(os.path.join(root, ".clang-tidy"), encoding="utf-8") as f:
            text += f.read()
    return text


class Cache:
    """Which texts were clean: an empty file for each."""

    def __init__(self, build, mode, salt):
        self.folder = os.path.join(build, "lint-cache", mode)
        self.salt = salt
        os.makedirs(self.folder, exist_ok=True)

    def key(self, root, path, folder, plain):
        status, out = run(["gcc", "-E", *plain, os.path.join(root, path)], folder)
        return None if status else hashlib.sha256((self.salt + out).encode()).hexdigest()

    def clean(self, key):
        return key and os.path.exists(os.path.join(self.folder, key))

    def keep(self, key):
        if key:
            with open(os.path.join(self.folder, key), "w", encoding="utf-8"):
                pass


def look(root, build, mode):
    """Every fault that MODE finds."""
    all_files = commands(root, build)
    wanted = [path for path in PARSERS if path in all_files] if mode == "parsers" else sorted(all_files)
    wanted = [path for path in wanted if ".gen." not in path]
    missing = [f"tests/lint/analyse.py: there is no {path}" for path in PARSERS if path not in all_files] \
        if mode == "parsers" else []
    cache = Cache(build, mode, settings(root, mode))
    one = {"tidy": tidy, "parsers": parsers}[mode]

    def task(path):
        key = cache.key(root, path, *all_files[path])
        if cache.clean(key):
            return []
        faults = one(root, path, *all_files[path])
        if not faults:
            cache.keep(key)
        return faults

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [fault for faults in pool.map(task, wanted) for fault in faults]
    return missing + [fault.replace(os.path.realpath(root) + "/", "") for fault in sorted(set(found))]


def check_format(root):
    files = [os.path.join(folder, name) for top in ("lib", "cmd", "tests")
             for folder, _, names in os.walk(os.path.join(root, top)) for name in names
             if name.endswith((".c", ".h"))]
    out = run(["clang-format", "--style=file", "--dry-run", "-Werror", *sorted(files)], root)[1]
    return sorted({line.replace(root + "/", "") for line in out.splitlines() if ": error:" in line})


def check(mode, root, build):
    root = os.path.realpath(root)
    return check_format(root) if mode == "format" else look(root, build, mode)


# --- self-test ------------------------------------------------------------------------------------

CLEAN = """// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

int a(char *p, size_t n)
{
    memset(p, 0, n);
    return 0;
}
"""
CASES = [  # mode, what to replace in CLEAN and by what, a piece of the fault expected
    ("tidy", "memset(p, 0, n)", "memset(p, 300, n)", "bugprone-suspicious-memset-usage"),
    ("tidy", "memset(p, 0, n);", "if (n = 0);", "bugprone"),
    ("tidy", "return 0;", "return n == n;", "misc-redundant-expression"),
    ("tidy", "return 0;", "return 0", "error"),
    ("parsers", "memset(p, 0, n);", "free(p);\n    free(p);", "analyzer-double-free"),
    ("parsers", "return 0;", "char *q = malloc(n);\n    return q ? *q : 1;", "analyzer-malloc-leak"),
    ("format", "    memset(p", "  memset(p", "code should be clang-formatted"),
    ("format", "return 0;", "return  0 ;", "code should be clang-formatted"),
]


def attempt(mode, text):
    """The faults of a tree with one parser of that text."""
    global PARSERS
    PARSERS = ["lib/base/a.c"]
    own = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "lib", "base"))
        for name in (".clang-tidy", ".clang-format"):
            with open(os.path.join(own, name), encoding="utf-8") as f, \
                    open(os.path.join(root, name), "w", encoding="utf-8") as g:
                g.write(f.read())
        with open(os.path.join(root, "lib/base/a.c"), "w", encoding="utf-8") as f:
            f.write(text)
        with open(os.path.join(root, "compile_commands.json"), "w", encoding="utf-8") as f:
            json.dump([{"directory": root, "command": "cc -std=gnu17 -c lib/base/a.c", "file": "lib/base/a.c"}], f)
        first = check(mode, root, root)
        return first, check(mode, root, root)


def self_test():
    failed = 0
    for mode, before, after, want in [(mode, "", "", None) for mode in ("tidy", "parsers", "format")] + CASES:
        faults, again = attempt(mode, CLEAN.replace(before, after) if before else CLEAN)
        if bool(faults) != bool(want) or again != faults or (want and not any(want in f for f in faults)):
            failed += 1
            print(f"self-test: {mode} {after!r}: wanted {want}, got {faults} and then {again}")
    print(f"{len(CASES) + 3 - failed} passed, {failed} failed")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    if len(sys.argv) != 4 or sys.argv[1] not in ("tidy", "parsers", "format"):
        print(__doc__.strip())
        return 2
    faults = check(*sys.argv[1:])
    print("\n".join(faults) if faults else f"{sys.argv[1]}: nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
