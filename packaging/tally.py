#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts what a run of "meson test" found: tally.py TESTLOG.json EXIT_CODE

A program that says how many of its tests passed and failed, as CUnit's and our own do, counts as that
many; any other as one. A program that ends badly has at least one failure whatever it says, and so has
a run that ends badly. A test that was skipped did not pass. The last line is "N M", passed and failed;
what failed is shown before it.
"""
import json
import re
import sys

OWN = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
CUNIT = re.compile(r"^ +tests +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)\r?$", re.M)
TAIL = 60


def count(test):
    """(passed, failed) of one program."""
    text = test.get("stdout") or ""
    passed = failed = 0
    for total, _ran, good, _bad, _inactive in CUNIT.findall(text):
        passed, failed = passed + int(good), failed + int(total) - int(good)
    own = OWN.findall(text)
    if own:
        passed, failed = passed + int(own[-1][0]), failed + int(own[-1][1])
    if test["result"] == "OK":
        return (passed, failed) if passed or failed else (1, 0)
    return passed, max(failed, 1)


def show(test, failed):
    print(f"FAILED {test['name']}: {failed} ({test['result']})")
    for name in ("stdout", "stderr"):
        lines = (test.get(name) or "").splitlines()
        if len(lines) > TAIL:
            print(f"    ... {len(lines) - TAIL} lines of {name} more")
        for line in lines[-TAIL:]:
            print("    " + line)


def main():
    path, code = sys.argv[1], int(sys.argv[2])
    passed = failed = 0
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as e:
        print(f"FAILED {path}: {e}")
        tests = []
    for test in tests:
        good, bad = count(test)
        passed, failed = passed + good, failed + bad
        if bad:
            show(test, bad)
    if (code != 0 or not tests) and failed == 0:
        print(f"FAILED: the run ended with {code} after {len(tests)} tests")
        failed = 1
    print(passed, failed)


main()
