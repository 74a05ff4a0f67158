#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What HTTP, roles, sealing and audit cost beside the database, and what memory: see README.md.

  run.py BUILD [--people N] [--contacts N] [--seconds S] [--rounds R] [--overloads N]
         [--only PART[,PART]]

Parts: case, status, log, walls, search, memory, export, overload. Ends non-zero if any figure falls short.
"""
import argparse
import os
import sys
import time

import export
import overload
import search
import walls
from demo import Demo
from figures import Figures
from memory import Flat
from paths import Paths

PARTS = ("case", "status", "log", "walls", "search", "memory", "export", "overload")


def options():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("build")
    p.add_argument("--people", type=int, default=int(os.environ.get("BENCH_PEOPLE", "20000")))
    p.add_argument("--contacts", type=int, default=int(os.environ.get("BENCH_CONTACTS", "1000000")))
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--overloads", type=int, default=3)
    p.add_argument("--only", default="")
    o = p.parse_args()
    only = [x for x in o.only.split(",") if x]
    if any(x not in PARTS for x in only):
        p.error("there is no such part: " + o.only)
    o.wants = lambda part: not only or part in only
    return o


def measure(o, demo, figures):
    paths = Paths(demo, figures, o)
    flat = Flat(paths) if o.wants("memory") else None
    if not flat:
        paths.warm()
    paths.all()
    if o.wants("walls"):
        walls.measure(paths, walls.LIMITS)
    if o.wants("search"):
        search.by_itself(demo, figures)
        search.over_http(paths)
    if flat:
        flat.end()
    if o.wants("overload"):
        overload.measure(paths)
    if flat:
        figures.value("resident", demo.resident("VmHWM"), 64, "MiB")
    if o.wants("export"):
        export.measure(demo, figures)


def main():
    o, figures, began = options(), Figures(), time.monotonic()
    demo = Demo(o.build, o.people, o.contacts)
    figures.note("%d people, %d contacts, loaded in %.0f s" % (o.people, o.contacts, demo.took))
    try:
        measure(o, demo, figures)
    finally:
        demo.stop()
    figures.note("the whole took %.0f s" % (time.monotonic() - began))
    if figures.short:
        print("bench: fell short: " + ", ".join(figures.short))
    return 1 if figures.short else 0


if __name__ == "__main__":
    sys.exit(main())
