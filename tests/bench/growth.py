#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each path costs as the number of people grows: a table in Markdown.

Every path is asked over HTTP on one connection, one request at a time, about people chosen at random, each
asked about once before anything is measured; the table gives the median and the 99th percentile in
milliseconds. The data sets are made once and kept; the one of 20,000 people is the benchmark's own.

  growth.py BUILD [--people 200,20000,200000] [--requests N] [--data FOLDER] [--only WORD]
"""
import argparse
import http.client
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BENCHMARK = 20000  # from so many people on, a set has 50 contacts a person
DEEP = 100         # the measured page of a list is this many pages of 200 down, or as far as the list goes


class Demo:
    """A demonstration of that many people, kept in a folder."""

    def __init__(self, build, folder, people):
        contacts = 50 * people if people >= BENCHMARK else 0
        os.makedirs(folder, exist_ok=True)
        self.made = os.path.join(os.path.abspath(folder), "bench-%d-%d" % (people, contacts))
        self.dir = self.made
        self.log = open(os.path.join(folder, "growth-demo.log"), "wb")
        self.command = ["--keep", "--port", "0", "--people", str(people), "--contacts", str(contacts)]
        self.env = dict(os.environ, PHOENIX_BUILD=os.path.abspath(build))
        self.process = self.start()
        if people <= BENCHMARK:  # small enough to copy: what others measure stays as it was made
            self.stop()
            self.dir = os.path.join(os.path.abspath(folder), "growth-run")
            shutil.rmtree(self.dir, ignore_errors=True)
            subprocess.run(["cp", "-a", self.made, self.dir], check=True)
            self.process = self.start()
        with open(os.path.join(self.dir, "demo.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.host = urllib.parse.urlsplit(self.facts["url"]).netloc

    def start(self):
        process = subprocess.Popen([os.path.join(ROOT, "packaging", "demo"), "--dir", self.dir, *self.command],
                                   stdout=subprocess.PIPE, stderr=self.log, env=self.env)
        if not any(line.startswith(b"phoenix ready") for line in process.stdout):
            raise SystemExit("growth: the demonstration did not start: see " + self.log.name)
        return process

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        if self.dir != self.made:
            shutil.rmtree(self.dir, ignore_errors=True)

    def tool(self, *command):
        p = self.facts["postgres"]
        where = ["-h", p["host"], "-p", str(p["port"]), "-U", "postgres", "-d", p["dbname"]]
        return subprocess.run([command[0], *where, *command[1:]], check=True, stdout=subprocess.PIPE).stdout.decode()

    def sql(self, text):
        return self.tool("psql", "-qAtX", "-c", text)


class Client:
    """One account on one connection."""

    def __init__(self, demo, username):
        self.connection, self.used = http.client.HTTPConnection(demo.host, timeout=60), 0
        account = next(a for a in demo.facts["accounts"] if a["username"] == username)
        body = {k: account[k] for k in ("username", "password")}
        self.token = None
        self.token = json.loads(self.ask("/api/v1/sessions", body)[0])["token"]

    def ask(self, path, body=None):
        """The answer and how long it took, in milliseconds."""
        headers = {}
        if self.token and path.startswith("/api/"):
            headers["Authorization"] = "Bearer " + self.token
        elif self.token:
            headers["Cookie"] = "phoenix=" + self.token
        if body is not None:
            headers["Content-Type"] = "application/json"
        if body is not None and self.token:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if time.monotonic() - self.used > 5:  # the server closes what is idle
            self.connection.close()
        began = time.perf_counter()
        self.connection.request("GET" if body is None else "POST", path,
                                None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        self.used = time.monotonic()
        if answer.status >= 400:
            raise SystemExit("growth: %s answered %d %s" % (path, answer.status, text[:300]))
        return text, took

    def deep(self, path):
        """The address of a page far down a list."""
        after = None
        for _ in range(DEEP):
            page = path + ("&" if "?" in path else "?") + "limit=200" + ("&after=" + after if after else "")
            further = json.loads(self.ask(page)[0]).get("next")
            if not further:
                break
            after = further
        return path + ("?after=" + after if after else "")


def contact():
    now = time.time()
    return {"happened_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 60)),
            "direction": "outbound", "mode": "phone", "outcome": "spoke", "minutes": 20,
            "purposes": ["support_session"], "note": "Talked about the flat and about college. " * 5,
            "next_contact_due": time.strftime("%Y-%m-%d", time.gmtime(now + 7 * 86400))}


class Paths:
    """The table's rows: a name, and a list of (client, address, body) to ask."""

    def __init__(self, demo, requests):
        self.demo, self.n = demo, requests
        self.random = random.Random(1)
        self.clients = {}

    def search_ready(self):
        """The name index of a large service takes a while after the start."""
        client = self.client("manager1.leicester")
        for _ in range(600):
            try:
                return client.ask("/participants?q=nobody")
            except SystemExit:
                client.connection.close()
                time.sleep(0.5)
        raise SystemExit("growth: the name index does not come")

    def client(self, username):
        if username not in self.clients:
            self.clients[username] = Client(self.demo, username)
        return self.clients[username]

    def people(self, where="true"):
        refs = self.demo.sql("select ref from app.participant p where site_id = 'leicester' and " + where +
                             " order by ref").split()
        return self.random.sample(refs, min(self.n, len(refs)))

    def about(self, username, path, where="true", body=None):
        client = self.client(username)
        return [(client, path % ref, body and body()) for ref in self.people(where)]

    def same(self, username, path, times):
        return [(self.client(username), path, None)] * times

    def all(self):
        own = "p.worker_id = (select id from access.\"user\" where username = '%s')"
        logs = []
        for i in range(1, 5):
            name = "navigator%d.leicester" % i
            logs += self.about(name, "/api/v1/participants/%s/contacts", own % name, contact)
        self.random.shuffle(logs)
        manager, lead, police = "manager1.leicester", "team_lead1.leicester", "police1.leicester"
        # Enough for every connection of the server to have made up its mind about plans.
        many = max(100, self.n // 2)
        api = "/api/v1/"
        names = self.demo_names()
        yield "log a contact", logs[:self.n]
        yield "case, JSON", self.about(manager, api + "participants/%s")
        yield "case, page", self.about(manager, "/participants/%s")
        yield "status card", self.about(police, api + "participants/%s/status")
        yield "contacts of a person", self.about(manager, "/participants/%s/contacts")
        yield "home, navigator", self.same("navigator1.leicester", "/", many)
        yield "home, provider", self.same("provider1.leicester", "/", many)
        yield "home, police", self.same(police, "/", many)
        yield "home, team lead", self.same(lead, "/", many)
        yield "home, manager", self.same(manager, "/", many)
        yield "people, manager", self.same(manager, "/participants", many)
        yield "people, police", self.same(police, "/participants", many)
        yield "people, far down", self.same(manager, self.client(manager).deep(api + "participants"), many)
        yield "people, disengaged", self.same(manager, "/participants?status=disengaged", many)
        yield "search by name", [(self.client(manager), "/participants?q=" + n, None) for n in names]
        for what in ("referrals", "escalations"):
            deep = self.client(manager).deep(api + what)
            yield what + ", manager", self.same(manager, "/" + what, many)
            yield what + ", far down", self.same(manager, deep, many)
        yield "referrals, provider", self.same("provider1.leicester", "/referrals", many)
        yield "reports, manager, page", self.same(manager, "/reports", many)
        yield "reports, manager, JSON", self.same(manager, api + "reports", many)
        yield "reports, team lead", self.same(lead, "/reports", many)
        yield "caseloads, manager", self.same(manager, "/caseloads", many)
        yield "caseloads, team lead", self.same(lead, "/caseloads", many)
        yield "audit log", self.same("auditor", "/audit", many)
        yield "exports", self.same("evaluator", "/exports", many)

    def demo_names(self):
        """Names of people, as somebody would type them."""
        client, names = self.client("manager1.leicester"), []
        for ref in self.people()[:60]:
            person = json.loads(client.ask("/api/v1/participants/" + ref)[0])
            name = person.get("name")
            if name:
                names.append(urllib.parse.quote(name))
        if not names:
            raise SystemExit("growth: nobody has a name")
        return names


def measure(asks):
    for client, path, body in dict.fromkeys((c, p, None) for c, p, b in asks if b is None):
        client.ask(path, body)
    times = sorted(client.ask(path, body)[1] for client, path, body in asks)
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]


def measure_set(o, people):
    demo = Demo(o.build, o.data or o.build, people)
    try:
        # What a service that has run for a day looks like: statistics and visibility map are up to date.
        demo.tool("vacuumdb", "--analyze", "-q")
        paths, found = Paths(demo, o.requests), {}
        paths.search_ready()
        for path, asks in paths.all():
            if not o.only or o.only in path:
                found[path] = measure(asks)
                print("# %d people, %s: %.1f ms, p99 %.1f ms" % ((people, path) + found[path]),
                      file=sys.stderr, flush=True)
        return found
    finally:
        demo.stop()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--people", default="200,20000,200000")
    p.add_argument("--requests", type=int, default=200)
    p.add_argument("--data")
    p.add_argument("--only")
    o = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no demonstration behind
    sizes = [int(n) for n in o.people.split(",")]
    found = [measure_set(o, n) for n in sizes]
    print("| path | " + " | ".join("{:,} people".format(n) for n in sizes) + " |")
    print("|---|" + "---:|" * len(sizes))
    for path in found[0]:
        print("| " + path + " | " + " | ".join("%.1f (%.1f)" % f[path] for f in found) + " |")


if __name__ == "__main__":
    main()
