#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What HTTP, roles, sealing and audit cost beside the database.

Each path is asked over HTTP with wrk, and the very SQL that it sent is run by pgbench on the same
database in the same run: taken from PostgreSQL's own statement log, so nothing is typed twice. The two
take turns; medians are compared. Prints `bench NAME ratio R floor F` and `value V limit L UNIT` lines and
ends non-zero if any falls short. The data set is made once and kept in the build folder.

  run.py BUILD [--people N] [--seconds S] [--rounds R] [--only NAME]
"""
import argparse
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CLIENTS = 8
PEOPLE_USED = 8  # each side goes round the same people: few, since pgbench plans a script for each
WARM = 3  # seconds of planning that are not counted against pgbench


class Demo:
    """The demonstration, kept in the build folder, with as many people as asked for."""

    def __init__(self, build, people):
        self.dir = os.path.join(build, "bench-%d" % people)
        self.log = open(os.path.join(build, "bench-demo.log"), "wb")
        env = dict(os.environ, PHOENIX_BUILD=os.path.abspath(build))
        command = [os.path.join(ROOT, "packaging", "demo"), "--keep", "--dir", self.dir, "--port",
                   "0", "--people", str(people)]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=self.log)
        for line in self.process.stdout:
            if line.startswith(b"phoenix ready"):
                break
        else:
            raise SystemExit("bench: the demonstration did not start: see " + self.log.name)
        with open(os.path.join(self.dir, "demo.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.host = urllib.parse.urlsplit(self.facts["url"]).netloc

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def account(self, role):
        return next(a for a in self.facts["accounts"] if a["role"] == role)

    def resident(self, field="VmRSS"):
        with open("/proc/%d/status" % self.facts["pid"], encoding="ascii") as f:
            return int(re.search(field + r":\s+(\d+)", f.read()).group(1)) / 1024

    def superuser(self):
        p = self.facts["postgres"]
        return ["-h", p["host"], "-p", str(p["port"]), "-U", "postgres"], p["dbname"]

    def sql(self, text, dbname=None):
        where, name = self.superuser()
        return subprocess.run(["psql", *where, "-d", dbname or name, "-qAtX", "-c", text], check=True,
                              stdout=subprocess.PIPE).stdout.decode()

    def statement_log(self):
        return os.path.join(self.facts["postgres"]["host"], "log")

    def call(self, method, path, token=None, body=None):
        headers = {}
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = "application/json"
            if token and method == "POST":
                headers["Idempotency-Key"] = str(uuid.uuid4())
        c = http.client.HTTPConnection(self.host, timeout=30)
        c.request(method, path, None if body is None else json.dumps(body), headers)
        r = c.getresponse()
        text = r.read()
        c.close()
        if r.status >= 400:
            raise SystemExit("bench: %s %s answered %d %s" % (method, path, r.status, text[:300]))
        return text

    def sign_in(self, role):
        a = self.account(role)
        answer = self.call("POST", "/api/v1/sessions", None,
                           {"username": a["username"], "password": a["password"]})
        return json.loads(answer)["token"]


# ---- the SQL of a request, from the statement log ----

EXECUTE = re.compile(r"LOG:  execute [^:]*: (.*)", re.S)
PARAMETERS = re.compile(r"DETAIL:  parameters: (.*)", re.S)
ENTRY = re.compile(r"\n(?=\d{4}-\d\d-\d\d \d\d:)")


def parameters(text):
    """{$1: literal}: as the log quotes them."""
    return {m.group(1): m.group(2) for m in
            re.finditer(r"\$(\d+) = (NULL|'(?:[^']|'')*')", text)}


def pid_of(entry):
    found = re.search(r"\[(\d+)\]", entry[:80])
    return found and found.group(1)


def captured(demo, ask):
    """The statements that one request executes, with its values in place."""
    with open(demo.statement_log(), "rb") as f:
        f.seek(0, 2)
        ask()
        time.sleep(0.15)
        text = f.read().decode("utf-8", "replace")
    statements = []
    entries = ENTRY.split(text)
    # Other connections (jobs, the name index) are in the same log: ours is the one that began a request.
    ours = next((pid_of(e) for e in entries if "access.begin" in e and EXECUTE.search(e)), None)
    for entry in entries:
        if pid_of(entry) != ours:
            continue
        execute, values = EXECUTE.search(entry), PARAMETERS.search(entry)
        if execute:
            statements.append(execute.group(1).strip().rstrip(";"))
        elif values and statements:
            given = parameters(values.group(1))
            statements[-1] = re.sub(r"\$(\d+)(?!\d)", lambda m: given.get(m.group(1), m.group(0)),
                                    statements[-1])
    return statements


def recorded(demo, asks):
    demo.sql("alter system set log_statement = 'all'")
    demo.sql("alter system set log_parameter_max_length = -1")
    demo.sql("select pg_reload_conf()")
    time.sleep(0.4)
    try:
        return [captured(demo, ask) for ask in asks]
    finally:
        demo.sql("alter system reset log_statement")
        demo.sql("alter system reset log_parameter_max_length")
        demo.sql("select pg_reload_conf()")
        time.sleep(0.4)


def quoted(text):
    """The literals of a statement so that pgbench takes no colon in them for a variable."""
    def literal(m):
        inner = m.group(0)
        if ":" not in inner:
            return inner
        return "E" + inner.replace("\\", "\\\\").replace(":", "\\x3a")
    return re.sub(r"'(?:[^']|'')*'", literal, text)


# Ids that a request makes are made by pgbench too, or a key would be used twice.
def fresh_ids(statements, ids):
    out = []
    for s in statements:
        for i, known in enumerate(ids):
            made = "01a207db-%04d-7000-8000-' || lpad(:n::text, 12, '0') || '" % i
            s = s.replace("'%s'::uuid" % known, "('%s')::uuid" % made)
            s = s.replace("'%s'" % known, "('%s')::uuid" % made if "access.claim" in s else "('%s')" % made)
            s = s.replace(known, made)
        out.append(s)
    return out


def pgbench_script(path, statements, pipelined):
    # Not prepared with parameters but as constants in simple text is what -M prepared makes of them:
    # each statement is parsed once a connection and executed many times, as the program does it.
    lines = ["\\set n random(1, 999999999999)"]
    lines.append("\\startpipeline" if pipelined else "begin;")
    lines += [s.replace("\n", " ") + ";" for s in statements]
    lines.append("\\endpipeline" if pipelined else "commit;")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def pgbench(demo, scripts, seconds):
    p = demo.facts["postgres"]
    tool = os.path.join(subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, check=True)
                        .stdout.decode().strip(), "pgbench")
    command = [tool, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(seconds + WARM), "-P", "1",
               "-h", p["host"], "-p", str(p["port"]), "-U", "phoenix_app"]
    for s in scripts:
        command += ["-f", s]
    env = dict(os.environ, PGOPTIONS="-c jit=off")
    done = subprocess.run(command + [p["dbname"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    rates = [float(r) for r in re.findall(rb"progress: [\d.]+ s, ([\d.]+) tps", done.stderr)]
    if len(rates) <= WARM or b"aborted" in done.stderr:
        raise SystemExit("bench: pgbench failed: " + done.stderr.decode()[-800:])
    return statistics.mean(rates[WARM:])


LUA = """
local refs = {%(refs)s}
local n = 0
%(prepare)s
request = function()
  n = n + 1
  local ref = refs[n %% #refs + 1]
  %(request)s
end
"""


def wrk(demo, script, seconds):
    done = subprocess.run(["wrk", "-t", "1", "-c", str(CLIENTS), "-d", "%ds" % seconds, "--latency",
                           "-s", script, demo.facts["url"]], stdout=subprocess.PIPE, check=True)
    text = done.stdout.decode()
    if "Non-2xx" in text:
        raise SystemExit("bench: wrk met refusals:\n" + text)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return rate, float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def write_lua(path, refs, prepare, request):
    with open(path, "w", encoding="utf-8") as f:
        f.write(LUA % {"refs": ",".join('"%s"' % r for r in refs), "prepare": prepare, "request": request})


# ---- the paths ----

class Run:
    def __init__(self, options):
        self.o = options
        self.short = []
        self.demo = Demo(options.build, options.people)
        self.work = os.path.join(options.build, "bench-work")
        os.makedirs(self.work, exist_ok=True)
        self.navigator = self.demo.sign_in("navigator")
        self.police = self.demo.sign_in("police")
        items = json.loads(self.demo.call("GET", "/api/v1/participants?limit=%d" % PEOPLE_USED,
                                          self.navigator))["items"]
        self.refs = [i["ref"] for i in items]

    def line(self, name, ratio, floor):
        print("bench %s ratio %.2f floor %.2f" % (name, ratio, floor), flush=True)
        if floor and ratio < floor:
            self.short.append(name)

    def value(self, name, value, limit, unit):
        print("value %s %.2f limit %g %s" % (name, value, limit, unit), flush=True)
        if value > limit:
            self.short.append(name)

    def contact_body(self):
        return {"happened_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60)),
                "direction": "outbound", "mode": "phone", "outcome": "spoke", "minutes": 20,
                "purposes": ["support_session"], "note": "Talked about the flat and about college. " * 5,
                "next_contact_due": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400))}

    def path(self, name, token, ask, prepare, request, floors, make_fresh=None):
        """Compares one path with the SQL it sends. floors: (statement by statement, pipelined)."""
        if self.o.only and self.o.only != name:
            return
        for ref in self.refs:
            ask(ref)  # caches warm on both sides
        found = recorded(self.demo, [lambda r=r: ask(r) for r in self.refs])
        scripts = {False: [], True: []}
        for i, statements in enumerate(found):
            ids = make_fresh(statements) if make_fresh else []
            statements = fresh_ids([quoted(t) for t in statements], ids)
            for pipelined in (False, True):
                path = os.path.join(self.work, "%s-%d-%s.sql" % (name, i, "p" if pipelined else "s"))
                pgbench_script(path, statements, pipelined)
                scripts[pipelined].append(path)
        lua = os.path.join(self.work, name + ".lua")
        write_lua(lua, self.refs, prepare, request)
        web, plain, piped, tails = [], [], [], []
        for _ in range(self.o.rounds):
            rate, p99 = wrk(self.demo, lua, self.o.seconds)
            web.append(rate)
            tails.append(p99)
            plain.append(pgbench(self.demo, scripts[False], self.o.seconds))
            piped.append(pgbench(self.demo, scripts[True], self.o.seconds))
        w, s, p = (statistics.median(x) for x in (web, plain, piped))
        print("# %s: HTTP %.0f/s, pgbench %.0f/s, pgbench pipelined %.0f/s, %d statements" %
              (name, w, s, p, len(found[0])))
        self.line(name + "_statements", w / s, floors[0])
        self.line(name + "_pipelined", w / p, floors[1])
        self.value(name + "_p99", statistics.median(tails), 50, "ms")
        return w

    def all(self):
        self.tidy()
        auth = 'wrk.headers["Authorization"] = "Bearer %s"\n'
        log = auth % self.navigator + 'wrk.headers["Content-Type"] = "application/json"\n' + \
            "local body = [[%s]]\n" % json.dumps(self.contact_body()) + \
            'math.randomseed(os.time())\n'
        key = ('local key = string.format("%%08x-%%04x-4%%03x-8%%03x-%%012x", math.random(0, 0x7fffffff), '
               "math.random(0, 0xffff), math.random(0, 0xfff), math.random(0, 0xfff), n)\n").replace("%%", "%")
        get = '  return wrk.format("GET", "%s", wrk.headers)'
        json_rate = self.path("case_json", self.navigator,
                              lambda ref: self.demo.call("GET", "/api/v1/participants/" + ref, self.navigator),
                              auth % self.navigator, get % '/api/v1/participants/" .. ref .. "', (0.8, 0.6))
        if json_rate and not self.o.only:
            lua = os.path.join(self.work, "case_html.lua")
            cookie = 'wrk.headers["Cookie"] = "phoenix=%s"\n' % self.navigator
            write_lua(lua, self.refs, cookie, get % '/participants/" .. ref .. "')
            html, _ = wrk(self.demo, lua, self.o.seconds)
            self.line("case_html", html / json_rate, 0.7)
        self.path("status_card", self.police,
                  lambda ref: self.demo.call("GET", "/api/v1/participants/%s/status" % ref, self.police),
                  auth % self.police, get % '/api/v1/participants/" .. ref .. "/status', (0, 0.8))
        self.path("contact_log", self.navigator,
                  lambda ref: self.demo.call("POST", "/api/v1/participants/%s/contacts" % ref,
                                             self.navigator, self.contact_body()), log,
                  key + '  return wrk.format("POST", "/api/v1/participants/" .. ref .. "/contacts", '
                  '{["Authorization"] = wrk.headers["Authorization"], ["Content-Type"] = "application/json", '
                  '["Idempotency-Key"] = key}, body)', (1.0, 0.7),
                  lambda statements: self.made_ids(statements))
        self.value("resident", self.demo.resident(), 64, "MiB")

    def tidy(self):
        """Takes out what pgbench wrote: its notes are sealed for other rows and open nowhere."""
        mine = "like '01a207db-000_-7000-8000-%'"
        where, name = self.demo.superuser()
        subprocess.run(["psql", *where, "-d", name, "-qX", "-v", "ON_ERROR_STOP=1", "-c",
                        "set session_replication_role = replica;"
                        "delete from app.contact_note where contact_id::text " + mine + ";"
                        "delete from app.contact_summary where contact_id::text " + mine + ";"
                        "delete from app.contact_detail where contact_id::text " + mine + ";"
                        "delete from app.contact where id::text " + mine + ";"
                        "delete from access.idempotency where key::text " + mine + ";"
                        "select count(app.engagement_store(app.engagement_fold(e, 'infinity'))) from app.engagement e"
                        " where e.ref in (" + ",".join("'%s'" % r for r in self.refs) + ")"],
                       check=True, stdout=subprocess.DEVNULL)

    def made_ids(self, statements):
        """The new contact's id and the idempotency key: the uuids of the claim."""
        claim = next((s for s in statements if "access.claim" in s), "")
        ids = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", claim)
        return list(dict.fromkeys(ids))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--people", type=int, default=int(os.environ.get("BENCH_PEOPLE", "20000")))
    p.add_argument("--seconds", type=int, default=6)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--only")
    run = Run(p.parse_args())
    try:
        run.all()
        run.tidy()
    finally:
        run.demo.stop()
    if run.short:
        print("bench: fell short: " + ", ".join(run.short))
    return 1 if run.short else 0


if __name__ == "__main__":
    sys.exit(main())
