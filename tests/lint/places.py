#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the recipes to their word: places.py ROOT

A recipe in lib/RECIPES.md that was tried ends with a block that names what was added and every place
that says its name:

    ```places venue
    lib/domain/contact/contact.def
    ```

The word must stand in those files of lib, sql, cmd and config and in no others, in one place of each (a
stretch of lines without more than two others between), and the places must be five at most. Prints each
fault and ends 1 if there is any. places.py --self-test shows that each kind of fault is found.
"""
import os
import re
import sys
import tempfile

MOST, GAP = 5, 2
TOPS = ("lib", "sql", "cmd", "config")
RECIPES = os.path.join("lib", "RECIPES.md")
BLOCK = re.compile(r"^```places (\w+)\n(.*?)^```$", re.M | re.S)


def places(root, word):
    """File -> the first line of each stretch that has the word."""
    found, pattern = {}, re.compile(rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])")
    for top in TOPS:
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = [f for f in folders if not f.startswith((".", "__"))]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), root)
                if path == RECIPES:
                    continue
                with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                    lines = [n for n, line in enumerate(file, 1) if pattern.search(line)]
                starts = [n for i, n in enumerate(lines) if i == 0 or n - lines[i - 1] > GAP + 1]
                if starts:
                    found[path] = starts
    return found


def check(root):
    with open(os.path.join(root, RECIPES), encoding="utf-8") as file:
        blocks = BLOCK.findall(file.read())
    faults = [] if blocks else [f"{RECIPES}: no recipe names the places of what it was tried with"]
    for word, text in blocks:
        named, found = text.split(), places(root, word)
        for path in named:
            if path not in found:
                faults.append(f"{RECIPES}: {path} says nothing of {word}")
        for path, starts in sorted(found.items()):
            if path not in named:
                faults.append(f"{path}:{starts[0]}: {word} stands here too: its recipe does not say so")
            for line in starts[1:]:
                faults.append(f"{path}:{line}: {word} stands a second time in this file")
        total = sum(len(starts) for starts in found.values())
        if total > MOST:
            faults.append(f"{RECIPES}: {word} takes {total} places, and {MOST} are the most")
    return faults


def self_test():
    def tree(files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return " | ".join(check(root))
    recipe = "```places venue\nlib/a.def\nsql/b.sql\n```\n"
    good = {"lib/RECIPES.md": recipe, "lib/a.def": "WORDS(venue,\n  venue)\n", "sql/b.sql": "'venue'\n",
            "lib/c.c": "avenue venues\n"}
    cases = [("", {}), ("stands here too", {"lib/c.c": "c->venue"}), ("says nothing of venue", {"sql/b.sql": ""}),
             ("a second time", {"lib/a.def": "venue\n\n\n\nvenue\n"}), ("no recipe", {"lib/RECIPES.md": "x"}),
             ("6 places, and 5", {"lib/a.def": "venue\n\n\n\n" * 5})]
    bad = [want for want, change in cases
           if (want not in tree({**good, **change}) if want else tree({**good, **change}))]
    print(f"places: not found: {bad}" if bad else "places: every kind of fault is found")
    return 1 if bad else 0


def main():
    if sys.argv[1] == "--self-test":
        return self_test()
    faults = check(sys.argv[1])
    print("\n".join(faults) if faults else "places: the recipes keep their word")
    return 1 if faults else 0


sys.exit(main())
