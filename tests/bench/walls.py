#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the walls cost: the database's processor time for a request, beside the same rows by plain SQL.

  walls.py BUILD [--rounds N] [--seconds S] [--only case,status,log] [--people N] [--contacts N]

The plain SQL is in bare/NAME.sql. README.md, "The walls", says what is measured and what is on each side.
"""
import argparse
import json
import os
import re
import signal
import statistics
import sys
import time

from demo import Demo
from figures import Figures
from load import CLIENTS, WARM, pgbench_start
from paths import Paths
from processors import Processors
from statements import Script, array, literal

HERE = os.path.dirname(os.path.abspath(__file__))
LIMITS = {"contact_log": 1.7, "case_json": 1.4, "status_card": 1.5}
NAMED = re.compile(r"(?<![:\w]):(\w+)")

REPLICA = "set session_replication_role = replica"  # no triggers, foreign keys among them
# A row's id and a client's key: hexadecimal numbers of a fixed length, made with as little work as can be.
MADE = {"id": "(:made || to_hex(:m::bigint))::uuid", "key": "(to_hex(:r::bigint) || '40008000' || to_hex(:m::bigint))::uuid"}
# What the server sends in every request alike: statement and number of the parameter.
SENT = {"permission": ("access_begin", 2, "text"), "request_id": ("access_begin", 4, "text"),
        "remote": ("access_begin", 5, "text"), "body_hash": ("access_claim", 2, "bytea"),
        "route": ("access_claim", 3, "text"), "location": ("access_claim", 5, "text"),
        "body": ("access_claim", 6, "text"), "due": ("contact_insert", 7, "date"),
        "note": ("contact_insert", 14, "bytea"), "action": ("access_audit", 1, "text"),
        "detail": ("access_audit", 4, "text")}
# What differs from one request to the next, of the session and of the person; one script for each site.
PICKED = {"token": ("bytea", 0), "ref": ("text", 1), "actor": ("uuid", 2), "role": ("text", 3), "actor_site": ("text", 4),
          "person": ("uuid", 5), "site": ("text", 6), "team": ("uuid", 7), "subject": ("uuid", 8)}
SITE = 6


def people(demo, found):
    """Of each recorded request: token, reference, user, role, the user's site, case, site, team, person."""
    asked = [dict((s[0], s[2]) for s in one)["access_begin"] for one in found]
    wanted = ",".join("(%d,'%s'::bytea,'%s')" % (i, b[0], b[2]) for i, b in enumerate(asked))
    rows = demo.psql(
        "select w.token, w.ref, u.id, u.role, coalesce(u.site_id, ''), p.id, p.site_id,"
        " coalesce(p.team_id, '00000000-0000-0000-0000-000000000000'),"
        " p.person_id"
        " from (values %s) w(n, token, ref) join access.session s on s.token_hash = w.token"
        " join access.\"user\" u on u.id = s.user_id join app.participant p on p.ref = w.ref order by w.n" % wanted)
    return [r.split("|") for r in rows.split("\n")]


class Bare:
    """One file of plain SQL, filled with the values of the recorded requests about people of one site."""

    def __init__(self, demo, name, found, rows):
        self.demo, self.name, self.found, self.rows = demo, name, found, rows
        with open(os.path.join(HERE, "bare", name + ".sql"), encoding="utf-8") as f:
            text = f.read()
        said = re.search(r"^-- derived: ([a-z_ ]+)", text, re.M)
        self.derived = said.group(1).split() if said else []
        self.parts = [(m.group(1).split(), m.group(2)) for m in
                      re.finditer(r"^-- for: ([a-z_ ]+)[^\n]*\n(.*?);$", text, re.M | re.S)]
        self.constants = {"made": "%012x70008000" % int(time.time() * 1000)}
        self.named()

    def named(self):
        """Each statement of the server has its rows here, and nothing else is here."""
        theirs, ours = {s[0] for s in self.found[0]}, {n for names, _ in self.parts for n in names}
        if theirs != ours:
            raise SystemExit("bench: bare/%s.sql has no rows for %s, or some for %s" %
                             (self.name, theirs - ours or "nothing", ours - theirs or "nothing"))

    def value(self, name):
        if name in MADE:
            return MADE[name]
        if name == "operation":
            return "'%s'" % self.demo.psql("select operation from access.audit_action where code = '%s'" % self.sent("action"))
        if name in PICKED:
            kind, column = PICKED[name]
            values = [r[column] for r in self.rows]
            if len(set(values)) > 1:
                return array(values, kind)
            name, text = "%s_%s" % (name, self.rows[0][SITE]), values[0]
        else:
            text, kind = self.sent(name), SENT[name][2]
        if text is None:
            return "null"
        self.constants[name] = text
        return ":%s::%s" % (name, kind)

    def sent(self, name):
        statement, number, _ = SENT[name]
        return dict((s[0], s[2]) for s in self.found[0])[statement][number - 1]

    def statements(self):
        return [(names, NAMED.sub(lambda m: self.value(m.group(1)), sql)) for names, sql in self.parts]

    def write(self, path):
        lines = ["\\set p random(1, %d)" % len(self.rows), "\\set n :n + 1",
                 # Twelve hexadecimal digits each, the first never 0; no client makes another's.
                 "\\set m 17592186044416 * (:client_id + 1) + :n", "\\set r random(17592186044416, 281474976710655)",
                 "\\startpipeline"]
        lines += [sql + ";" for _, sql in self.statements()] + ["\\endpipeline"]
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


def by_site(demo, found):
    """[(requests, their rows)] of each site."""
    rows = people(demo, found)
    return [([f for f, r in zip(found, rows) if r[SITE] == site], [r for r in rows if r[SITE] == site])
            for site in sorted({r[SITE] for r in rows})]


class Sides:
    """One path: the server's side and the bare one."""

    def __init__(self, paths, path):
        self.paths, self.path, self.demo, self.web = paths, path, paths.demo, paths.lua(path)
        self.constants, self.files = {}, []
        for found, rows in by_site(self.demo, paths.recorded(path)):
            bare, script = Bare(self.demo, path.name, found, rows), Script(self.demo, found)
            self.files.append(paths.file("%s-bare-%s.sql" % (path.name, rows[0][SITE])))
            bare.write(self.files[-1])
            self.constants.update(bare.constants)
            self.same_values(bare, script)
            self.same_rows(bare, script)
        paths.figures.note("%s: both sides read the same values and write the same rows" % path.name)

    # ---- that both sides do the same ----

    def ask(self, statements, constants, person, user, last=()):
        """What psql prints for the statements about one of the people, in a transaction that is taken back."""
        known = dict(constants, client_id="0", n="1", m="17592186044416", r="17592186044416")
        filled = [NAMED.sub(lambda m: str(person) if m.group(1) == "p" else literal(known[m.group(1)]), sql)
                  for sql in statements]
        text = ";\n".join(["set timezone = 'UTC'", "begin", *filled, *last, "rollback;"])
        return [line for line in self.demo.psql(text, user).split("\n") if line]

    def answers(self, statements, constants, person, user):
        """A list of rows by column of each statement."""
        told = ["select coalesce(jsonb_agg(x), '[]') from (%s) x" % sql for sql in statements]
        return [json.loads(rows) for rows in self.ask(told, constants, person, user)]

    def same_values(self, bare, script):
        """Whatever the server's statements read, the bare ones read too, and find the same."""
        reading = [(names, sql) for names, sql in bare.statements() if sql.startswith("select")]
        wanted = {n for names, _ in reading for n in names}
        server = [(s[0], sql) for s, sql in zip(script.found[0], script.statements) if s[0] in wanted]
        for person in range(1, len(script.found), 20):
            ours = self.answers([sql for _, sql in server], script.constants, person, "phoenix_app")
            theirs = self.answers([sql for _, sql in reading], bare.constants, person, "postgres")
            for (name, _), rows in zip(server, ours):
                parts = [b for (names, _), b in zip(reading, theirs) if name in names]
                self.compare(bare, name, rows, [dict(kv for row in same for kv in row.items()) for same in zip(*parts)])

    def compare(self, bare, name, ours, theirs):
        if len(ours) != len(theirs):
            raise SystemExit("bench: %s gives %d rows, bare/%s.sql %d" % (name, len(ours), bare.name, len(theirs)))
        for row, other in zip(ours, theirs):
            unlike = [k for k in row if k not in bare.derived and (k not in other or row[k] != other[k])]
            if unlike:
                raise SystemExit("bench: bare/%s.sql reads %s otherwise than %s" % (bare.name, unlike, name))

    def same_rows(self, bare, script):
        """As many rows written in each table (but for when a session was last seen: once a minute)."""
        told = ("select 'wrote ' || relid::regclass || ' ' || n_tup_ins + n_tup_upd + n_tup_del"
                " from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 order by 1")
        sides = []
        for statements, constants, user, first in (
                (script.statements, script.constants, "phoenix_app", []),
                ([sql for _, sql in bare.statements()], bare.constants, "postgres", [REPLICA])):
            lines = self.ask(first + statements, constants, 1, user, [told])
            sides.append([line for line in lines if line.startswith("wrote ") and "access.session" not in line])
        if sides[0] != sides[1] or not sides[0]:
            raise SystemExit("bench: the server %s, bare/%s.sql %s" % (sides[0], bare.name, sides[1]))

    # ---- what each costs ----

    def served(self):
        """Microseconds of the database's for a request through the server, whose connections stand."""
        looking = Processors(self.demo)
        sent = self.paths.wrk(self.web)
        return looking.used(None)[0] / sent.requests * 1e6

    def pgbench(self, *options):
        self.paths.runs += 1
        scripts = [x for file in self.files[1:] for x in ("-f", file)]
        return pgbench_start(self.demo, self.files[0], self.constants, self.paths.runs, *scripts, *options,
                             user="postgres", options="-c session_replication_role=replica"
                             " -c plan_cache_mode=force_generic_plan")

    def plain(self):
        """The same for a transaction of the bare side, from when its connections have planned everything."""
        process = self.pgbench("-c", str(CLIENTS), "-T", str(WARM + self.paths.o.seconds), "-P", "1")
        looking, seen, began, done, told = None, 0, 0, 0, b""
        for line in process.stderr:
            told += line
            rate = re.match(rb"progress: [\d.]+ s, ([\d.]+) tps", line)
            if not rate:
                continue
            seen += 1
            if looking:
                done += float(rate.group(1)) * (time.monotonic() - began)
                used = looking.used(None)[0]
            elif seen == WARM:
                looking = Processors(self.demo)
            began = time.monotonic()
            if seen == WARM + self.paths.o.seconds - 1:
                break  # before the connections end
        told += process.communicate()[1]
        if process.returncode or not done or b"aborted" in told:
            raise SystemExit("bench: pgbench failed: " + told.decode()[-2000:])
        return used / done * 1e6


def measure(paths, names):
    figures = paths.figures
    for name in names:
        sides = Sides(paths, {p.name: p for p in (paths.log, paths.case, paths.status)}[name])
        turns = [(sides.served(), sides.plain()) for _ in range(paths.o.rounds)]
        figures.note("%s: processor time in the database, us: %.0f through the server, %.0f by bare SQL" %
                     (name, *(statistics.median(side) for side in zip(*turns))))
        figures.ratio_within("walls_" + name, [served / plain for served, plain in turns], LIMITS[name])
        if name == "contact_log":
            paths.take_out()


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("build")
    p.add_argument("--people", type=int, default=int(os.environ.get("BENCH_PEOPLE", "20000")))
    p.add_argument("--contacts", type=int, default=int(os.environ.get("BENCH_CONTACTS", "1000000")))
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", default="")
    o = p.parse_args()
    only = [x for x in o.only.split(",") if x]
    names = [n for n in LIMITS if not only or any(x in n for x in only)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no demonstration behind
    figures, demo = Figures(), Demo(o.build, o.people, o.contacts)
    try:
        paths = Paths(demo, figures, o)
        paths.warm()
        measure(paths, names)
    finally:
        demo.stop()
    return 1 if figures.short else 0


if __name__ == "__main__":
    sys.exit(main())
