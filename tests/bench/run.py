#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What HTTP, roles, sealing and audit cost beside the database, and what the server holds and bears.

Prints `bench NAME ratio R floor F` and `value NAME V limit L UNIT` lines, with what they come from on lines
that begin with #, and ends non-zero if any falls short. README.md says what each figure is.

  run.py BUILD [--people N] [--contacts N] [--seconds S] [--rounds R] [--only WORD]
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time

import statements
from demo import Demo, ROOT  # growth.py takes both from here  # noqa: F401

CLIENTS = 8
NAVIGATORS = 8    # each asks about up to that many of his or her own people, at random; so does pgbench
PEOPLE_EACH = 25
WARM = 2          # seconds of planning that are not counted against pgbench

LUA = """
local people = {%(people)s}
local n = 0
math.randomseed(os.time())
%(prepare)s
request = function()
  n = n + 1
  local token, ref = unpack(people[math.random(#people)])
  local headers = {["%(header)s"] = "%(before)s" .. token}
  %(request)s
end
"""


class Report:
    """The lines, and which of them fall short."""

    def __init__(self):
        self.short = []

    def ratio(self, name, ratio, floor):
        print("bench %s ratio %.2f floor %.2f" % (name, ratio, floor), flush=True)
        if ratio < floor:
            self.short.append(name)

    def value(self, name, value, limit, unit):
        print("value %s %.2f limit %g %s" % (name, value, limit, unit), flush=True)
        if value > limit:
            self.short.append(name)


def note(text):
    print("# " + text, flush=True)


def spread(values):
    return "%.2f (%.2f to %.2f)" % (statistics.median(values), min(values), max(values))


def row_statements():
    """Names of the statements that give an export its rows: those below that heading of their file."""
    with open(os.path.join(ROOT, "sql", "queries", "export.sql"), encoding="utf-8") as f:
        rows = f.read().split("-- ---- rows ----")[1]
    return [n for n in re.findall(r"-- name: (\w+)", rows) if n != "export_setup"]


class Watch(threading.Thread):
    """The most resident memory of the server, looked at ten times a second."""

    def __init__(self, demo):
        super().__init__(daemon=True)
        self.demo, self.most, self.ended = demo, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.1):
            self.most = max(self.most, self.demo.memory())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


class Bench:
    def __init__(self, options):
        self.o = options
        self.report = Report()
        began = time.time()
        self.demo = Demo(options.build, options.people, options.contacts)
        note("%d people: ready after %.0f s" % (options.people, time.time() - began))
        self.demo.sql("vacuum analyze")
        self.demo.sql("checkpoint")
        self.began = self.demo.sql("select now()").strip()
        self.work = os.path.join(options.build, "bench-work")
        os.makedirs(self.work, exist_ok=True)
        self.people = []  # (token, reference)
        for which in range(NAVIGATORS):
            token = self.demo.sign_in("navigator", which)
            items = json.loads(self.demo.call("GET", "/api/v1/participants?limit=%d" % PEOPLE_EACH, token))["items"]
            self.people += [(token, i["ref"]) for i in items]
        token = self.demo.sign_in("police")
        found = self.demo.sql("select ref from app.participant where site_id = (select site_id from access.\"user\""
                              " where username = '%s') order by ref limit %d" %
                              (self.demo.accounts("police")[0]["username"], len(self.people)))
        self.officers = [(token, ref) for ref in found.split()]

    def wanted(self, name):
        return not self.o.only or self.o.only in name

    # ---- HTTP ----

    def lua(self, name, people, request, prepare="", cookie=False):
        path = os.path.join(self.work, name + ".lua")
        with open(path, "w", encoding="utf-8") as f:
            f.write(LUA % {"people": ",".join('{"%s","%s"}' % p for p in people), "prepare": prepare,
                           "header": "Cookie" if cookie else "Authorization",
                           "before": "phoenix=" if cookie else "Bearer ", "request": request})
        return path

    def wrk(self, script, seconds):
        """Requests a second, and the 99th percentile in ms."""
        done = subprocess.run(["wrk", "-t", "1", "-c", str(CLIENTS), "-d", "%ds" % seconds, "--latency", "-s",
                               script, self.demo.facts["url"]], stdout=subprocess.PIPE, check=True)
        text = done.stdout.decode()
        if "Non-2xx" in text:
            raise SystemExit("bench: wrk met refusals:\n" + text)
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
        return rate, float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    # ---- beside the same SQL ----

    def scripts(self, name, people, ask, made=lambda found: [], now=()):
        """pgbench's scripts of what ask(token, ref) sends: statement by statement, and pipelined."""
        for person in people:
            ask(*person)  # caches warm on both sides
        with statements.Recording(self.demo):
            found = [statements.captured(self.demo, lambda p=p: ask(*p)) for p in people]
        ids = [made(f) for f in found]
        out = []
        for pipelined in (False, True):
            path = os.path.join(self.work, "%s-%s.sql" % (name, "pipelined" if pipelined else "statements"))
            with open(path, "w", encoding="utf-8") as f:
                f.write(statements.script(self.demo, found, ids, now, pipelined))
            out.append(path)
        return out

    def path(self, name, people, lua, ask, floors, **recorded):
        """One path in turns with its own SQL. floors: (statement by statement, pipelined), None for none."""
        if not self.wanted(name):
            return
        plain, piped = self.scripts(name, people, ask, **recorded)
        self.wrk(lua, 1)
        rows = []
        for _ in range(self.o.rounds):
            web, p99 = self.wrk(lua, self.o.seconds)
            s = statements.pgbench(self.demo, plain, self.o.seconds, WARM, CLIENTS) if floors[0] else 0
            p = statements.pgbench(self.demo, piped, self.o.seconds, WARM, CLIENTS)
            rows.append((web, s, p, p99))
        web, s, p, p99 = (statistics.median(r[i] for r in rows) for i in range(4))
        note("%s: HTTP %.0f/s, pgbench pipelined %.0f/s%s" %
             (name, web, p, ", statement by statement %.0f/s" % s if s else ""))
        for i, (word, floor) in enumerate(zip(("statements", "pipelined"), floors)):
            if floor:
                ratios = [r[0] / r[i + 1] for r in rows]
                note("%s_%s: %s over %d rounds" % (name, word, spread(ratios), len(ratios)))
                self.report.ratio("%s_%s" % (name, word), statistics.median(ratios), floor)
        self.report.value(name + "_p99", p99, 50, "ms")

    def case(self):
        json_lua = self.lua("case_json", self.people, 'return wrk.format("GET", "/api/v1/participants/" .. ref, headers)')
        self.path("case_json", self.people, json_lua,
                  lambda token, ref: self.demo.call("GET", "/api/v1/participants/" + ref, token), (0.8, 0.6))
        if not self.wanted("case_html"):
            return
        html_lua = self.lua("case_html", self.people, 'return wrk.format("GET", "/participants/" .. ref, headers)',
                            cookie=True)
        ratios = []
        for _ in range(self.o.rounds):
            html, p99 = self.wrk(html_lua, self.o.seconds)
            ratios.append(html / self.wrk(json_lua, self.o.seconds)[0])
        note("case_html: %.0f/s, %s of the JSON" % (html, spread(ratios)))
        self.report.ratio("case_html", statistics.median(ratios), 0.7)
        self.report.value("case_html_p99", p99, 50, "ms")

    def status(self):
        get = 'return wrk.format("GET", "/api/v1/participants/" .. ref .. "/status", headers)'
        self.path("status_card", self.officers, self.lua("status_card", self.officers, get),
                  lambda token, ref: self.demo.call("GET", "/api/v1/participants/%s/status" % ref, token),
                  (None, 0.8))

    def contact_body(self):
        return {"happened_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "direction": "outbound", "mode": "phone", "outcome": "spoke", "minutes": 20,
                "purposes": ["support_session"], "note": "Talked about the flat and about college. " * 5,
                "next_contact_due": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400))}

    def contact(self):
        # Each contact is of the moment it is recorded, in HTTP as in pgbench, where the time is now().
        body = json.dumps(self.contact_body())
        moment = json.loads(body)["happened_at"]
        key = ('local key = string.format("%08x-%04x-4%03x-8%03x-%012x", math.random(0, 0x7fffffff), '
               "math.random(0, 0xffff), math.random(0, 0xfff), math.random(0, 0xfff), n)\n")
        send = ('local when = os.date("!%Y-%m-%dT%H:%M:%SZ")\n' + key +
                'return wrk.format("POST", "/api/v1/participants/" .. ref .. "/contacts", '
                '{["Authorization"] = headers["Authorization"], ["Content-Type"] = "application/json", '
                '["Idempotency-Key"] = key}, before .. when .. after)')
        before, after = body.split(moment)
        prepare = "local before, after = [[%s]], [[%s]]\n" % (before, after)

        def ask(token, ref):
            self.demo.call("POST", "/api/v1/participants/%s/contacts" % ref, token, self.contact_body())

        def made(found):
            claim = next((v for name, _, v in found if name == "access_claim"), {})
            ids = statements.UUID.findall(" ".join(claim.values()))
            return list(dict.fromkeys(ids))

        self.path("contact_log", self.people, self.lua("contact_log", self.people, send, prepare), ask, (1.0, 0.7),
                  made=made, now=Moments())

    # ---- memory ----

    def flat(self):
        if not self.wanted("resident"):
            return
        get = 'return wrk.format("GET", "/api/v1/participants/" .. ref, headers)'
        html = 'return wrk.format("GET", "/participants/" .. ref, headers)'
        scripts = [self.lua("flat_json", self.people, get), self.lua("flat_html", self.people, html, cookie=True)]
        count = 0
        for script in scripts:
            self.wrk(script, 2)
        before = self.demo.memory()
        with Watch(self.demo) as watch:
            while count < 100000:
                for script in scripts:
                    count += int(self.wrk(script, 5)[0] * 5)
        note("resident: %.1f MiB before, %.1f MiB after %d requests" % (before, self.demo.memory(), count))
        self.report.value("resident", watch.most, 64, "MiB")
        self.report.value("resident_growth", self.demo.memory() - before, 2, "MiB")

    # ---- search ----

    def search(self):
        if not self.wanted("search"):
            return
        done = subprocess.run([os.path.join(self.o.build, "tests", "bench", "bench_search")],
                              stdout=subprocess.PIPE, check=True)
        text = done.stdout.decode().strip()
        note("search over 100,000 people, ms: " + text)
        found = dict(re.findall(r"(\w+) ([\d.]+)", text))
        self.report.value("search_p99", float(found["p99"]), 10, "ms")
        self.report.value("search_bytes", float(found["bytes"]), 200, "bytes")

    # ---- export ----

    def export(self):
        if not self.wanted("export"):
            return
        token = self.demo.sign_in("evaluator")
        time.sleep(2)  # what signing in needed has been given back
        self.demo.reset_peak()
        with statements.Recording(self.demo), Watch(self.demo) as watch:
            found = statements.captured(self.demo, lambda: self.export_made(token), row_statements())
        took = self.facts["took"]
        copied, size = self.copy([(sql, v) for _, sql, v in found])
        note("export: %s rows, %.1f MB zip in %.1f s; COPY of the same %d statements: %.1f MB in %.1f s" %
             (self.facts["rows"], int(self.facts["bytes"]) / 1e6, took, len(found), size / 1e6, copied))
        self.report.ratio("export_copy", copied / took, 0.5)
        self.report.value("export_resident", watch.most, 96, "MiB")

    def export_made(self, token):
        began = time.time()
        made = json.loads(self.demo.call("POST", "/api/v1/exports", token, {"kind": "evaluation"}))
        for _ in range(3000):
            self.facts = json.loads(self.demo.call("GET", "/api/v1/exports/" + made["id"], token))
            if self.facts["state"] in ("ready", "failed"):
                break
            time.sleep(0.1)
        if self.facts["state"] != "ready":
            raise SystemExit("bench: the export did not become ready: %s" % self.facts)
        self.facts["took"] = time.time() - began

    def copy(self, asked):
        """Seconds that COPY of the same statements takes, one after the other, to a file; and its bytes."""
        text = ["set jit = off; set timezone = 'UTC'; set datestyle = 'ISO,YMD'; set work_mem = '64MB';",
                "begin isolation level repeatable read read only;"]
        for sql, values in asked:
            text.append("copy (%s) to stdout;" % re.sub(r"\$(\d+)(?!\d)", lambda m, v=values: v[int(m.group(1))], sql))
        out = os.path.join(self.work, "copy.out")
        began = time.time()
        with open(out, "wb") as f:
            subprocess.run(self.demo.psql("phoenix_worker"), input="\n".join(text + ["commit;"]).encode(), stdout=f,
                           check=True)
        took = time.time() - began
        size = os.path.getsize(out)
        os.unlink(out)
        return took, size

    # ---- too much ----

    def overload(self):
        if not self.wanted("overload"):
            return
        host, port = self.demo.host.split(":")
        paths = os.path.join(self.work, "overload.paths")
        with open(paths, "w", encoding="ascii") as f:
            f.writelines("/api/v1/participants/%s/status\n" % ref for _, ref in self.officers)

        def load(rate, seconds, connections):
            done = subprocess.run([os.path.join(self.o.build, "tests", "bench", "bench_load"), host, port, str(rate),
                                   str(seconds), str(connections), paths, "Authorization: Bearer " + self.officers[0][0]],
                                  stdout=subprocess.PIPE, check=True)
            text = done.stdout.decode().strip()
            return {k: float(v) for k, v in re.findall(r"(\w+) ([\d.]+)", text)}

        load(0, 1, 16)
        rounds = []
        for _ in range(self.o.rounds):
            peak = load(0, 4, 16)
            rate = peak["ok"] / peak["seconds"]
            rounds.append((rate, load(2 * rate, 4, 1000), load(5 * rate, 4, 1000)))
        for i, times in ((1, 2), (2, 5)):
            good = [r[i]["ok"] / r[i]["seconds"] / r[0] for r in rounds]
            p99 = statistics.median(r[i]["p99"] for r in rounds)
            last = rounds[-1][i]
            note("overload_%dx: peak %.0f/s; asked %.0f, answered %.0f, refused %.0f (p99 %.1f ms), unsent %.0f, "
                 "other %.0f; goodput %s" % (times, rounds[-1][0], last["asked"], last["ok"], last["refused"],
                                             last["refused_p99"], last["unsent"], last["other"], spread(good)))
            self.report.ratio("overload_%dx_goodput" % times, statistics.median(good), 0.9)
            self.report.value("overload_%dx_p99" % times, p99, 250, "ms")
            self.report.value("overload_%dx_other" % times, sum(r[i]["other"] + r[i]["unsent"] for r in rounds), 0,
                              "requests")

    # ---- afterwards ----

    def tidy(self):
        """Takes out what the run wrote: pgbench's notes are sealed for other rows and open nowhere."""
        refs = ",".join(ref for _, ref in self.people)
        mine = ("(select c.site_id, c.id from app.contact c where c.received_at >= '%s' and c.participant_id in"
                " (select e.participant_id from app.engagement e where e.ref = any ('{%s}')))" %
                (self.began, refs))
        self.demo.sql("set session_replication_role = replica;" +
                      "".join("delete from app.%s where (site_id, contact_id) in %s;" % (t, mine)
                              for t in ("contact_note", "contact_summary", "contact_detail")) +
                      "delete from app.contact where (site_id, id) in %s;" % mine +
                      "delete from access.idempotency where created_at >= '%s';" % self.began +
                      "select count(app.engagement_store(app.engagement_fold(e, 'infinity'))) from app.engagement e"
                      " where e.ref = any ('{%s}')" % refs)

    def all(self):
        try:
            for part in (self.search, self.case, self.status, self.contact, self.flat, self.overload, self.export):
                part()
        finally:
            self.tidy()


class Moments:
    """Every time of the last minutes, as the statement log writes it."""

    def __contains__(self, text):
        found = text and re.match(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$", text)
        if not found:
            return False
        then = time.strptime(" ".join(found.groups()), "%Y-%m-%d %H:%M:%S")
        return abs(time.mktime(time.gmtime()) - time.mktime(then)) < 600


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--people", type=int, default=int(os.environ.get("BENCH_PEOPLE", "20000")))
    p.add_argument("--contacts", type=int, default=1000000)
    p.add_argument("--seconds", type=int, default=5)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--only")
    began = time.time()
    bench = Bench(p.parse_args())
    try:
        bench.all()
    finally:
        bench.demo.stop()
    note("the whole run took %.0f s" % (time.time() - began))
    if bench.report.short:
        print("bench: fell short: " + ", ".join(bench.report.short))
    return 1 if bench.report.short else 0


if __name__ == "__main__":
    sys.exit(main())
