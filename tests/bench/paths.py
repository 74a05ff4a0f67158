# SPDX-License-Identifier: MIT
"""The common paths: HTTP and the same SQL by pgbench, in turns on the same people."""
import os
import statistics
import time

from figures import share
from load import lua, pgbench, wrk
from statements import Script, recorded

PEOPLE_USED = 240
CLOCK = "@" * 20

BODY = ('{"happened_at":"%s","direction":"outbound","mode":"phone","outcome":"spoke","minutes":20,'
        '"purposes":["support_session"],"note":"' + "Talked about the flat and about college. " * 5 +
        '","next_contact_due":"%s"}')


class Path:
    """One path. asks: [(token, reference)], over which both sides go."""

    def __init__(self, name, address, asks, body=None, html=False):
        self.name, self.asks, self.body, self.html = name, asks, body, html
        self.address = address  # with %s for the reference
        self.pages = []  # other files of wrk that take turns with it

    def wrk_asks(self, address=None, header="Authorization", value="Bearer %s"):
        return [((address or self.address) % ref, header, value % token) for token, ref in self.asks]


class Paths:
    def __init__(self, demo, figures, options):
        self.demo, self.figures, self.o = demo, figures, options
        self.work = os.path.join(demo.build, "bench-work")
        os.makedirs(self.work, exist_ok=True)
        self.sent = 0  # requests by wrk
        self.runs = 0  # of pgbench
        self.peak = {}
        self.found = {}
        due = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400))
        self.body = BODY % (CLOCK, due)
        self.navigators, self.police = demo.sign_in("navigator"), demo.sign_in("police")
        each = PEOPLE_USED // len(self.navigators)
        self.own = [(token, ref) for token in self.navigators for ref in demo.people_of(token, each)]
        # The police of a site see everybody of the site: those of its navigators.
        half = len(self.own) // 2
        self.seen = [(self.police[i % 2 + (0 if i < half else 2)], ref)
                     for i, (_, ref) in enumerate(self.own)]
        self.case = Path("case_json", "/api/v1/participants/%s", self.own)
        self.status = Path("status_card", "/api/v1/participants/%s/status", self.seen)
        self.log = Path("contact_log", "/api/v1/participants/%s/contacts", self.own, self.body)

    def file(self, name):
        return os.path.join(self.work, name)

    def lua(self, path):
        name = self.file(path.name + ".lua")
        lua(name, path.wrk_asks(), path.body)
        return name

    def lua_html(self):
        name = self.file("case_html.lua")
        lua(name, self.case.wrk_asks("/participants/%s", "Cookie", "phoenix=%s"))
        return name

    def ask(self, path, token, ref):
        body = None
        if path.body:
            body = path.body.replace(CLOCK, self.recorded_at)
        return self.demo.call_text("POST" if body else "GET", path.address % ref, token, body)

    def recorded(self, path):
        """What the server sends for each of the path's requests."""
        if path.name not in self.found:
            # (A while ago, so that contacts recorded from now on come later in time as well.)
            self.recorded_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 120))
            asks = [lambda t=t, r=r: self.ask(path, t, r) for t, r in path.asks]
            for ask in asks:
                ask()  # caches warm on both sides
            self.found[path.name] = recorded(self.demo, asks)
        return self.found[path.name]

    def script(self, path):
        """pgbench's scripts of it: (constants, {pipelined: file})."""
        found = self.recorded(path)
        script = Script(self.demo, found, {("contact_insert", 3): "now()"})
        files = {piped: self.file("%s-%s.sql" % (path.name, "piped" if piped else "plain"))
                 for piped in (False, True)}
        for piped, name in files.items():
            script.write(name, piped)
        self.figures.note("%s: %d statements, %s" % (path.name, len(found[0]),
                                                     " ".join(s[0] for s in found[0])))
        return script.constants, files

    def wrk(self, script, seconds=None, clients=8):
        done = wrk(self.demo, script, seconds or self.o.seconds, clients)
        self.sent += done.requests
        return done

    def pgbench(self, script, piped):
        constants, files = script
        self.runs += 1
        return pgbench(self.demo, files[piped], constants, self.o.seconds, self.runs)

    def warm(self):
        # A server that has just been started connects and prepares first, and refuses what waits too long.
        for name in [self.lua(p) for p in (self.case, self.status, self.log)] + [self.lua_html()]:
            self.sent += wrk(self.demo, name, 2, strict=False).requests

    def compare(self, path, floors):
        """floors: {"statements": F, "pipelined": F}, and "html" for the page beside the JSON."""
        script, web = self.script(path), self.lua(path)
        html = self.lua_html() if "html" in floors else None
        ours, pages, theirs = [], [], {False: [], True: []}
        for _ in range(self.o.rounds):
            ours.append(self.wrk(web))
            if html:
                pages.append(self.wrk(html))
            for piped in (False, True):
                if ("pipelined" if piped else "statements") in floors:
                    theirs[piped].append(self.pgbench(script, piped))
        self.peak[path.name] = statistics.median(s.rate for s in ours)
        self.tell(path.name + " HTTP", ours)
        self.tell(path.name + " HTML", pages)
        self.tell(path.name + " pgbench", theirs[False])
        self.tell(path.name + " pgbench pipelined", theirs[True])
        for piped, ran in theirs.items():
            kind = "pipelined" if piped else "statements"
            if ran:
                self.figures.ratio_of("%s_%s" % (path.name, kind), share(ours, ran), floors[kind])
        self.figures.value(path.name + "_p99", statistics.median(s.p99 for s in ours), 50, "ms")
        if pages:
            self.figures.ratio_of("case_html", share(pages, ours), floors["html"])
            self.figures.value("case_html_p99", statistics.median(s.p99 for s in pages), 50, "ms")

    def tell(self, name, ran):
        if ran:
            micros = [statistics.median(m) for m in zip(*(r.micros() for r in ran))]
            self.figures.note("%s: %.0f/s; processor time of one: database %.0f, server %.0f, sender %.0f us" %
                              (name, statistics.median(r.rate for r in ran), *micros))

    def all(self):
        if self.o.wants("case"):
            self.compare(self.case, {"statements": 0.8, "pipelined": 0.6, "html": 0.7})
        if self.o.wants("status"):
            self.compare(self.status, {"pipelined": 0.8})
        if self.o.wants("log"):
            self.compare(self.log, {"statements": 1.0, "pipelined": 0.7})
            self.take_out()

    def take_out(self):
        """pgbench's contacts: their notes are sealed for other rows and open nowhere."""
        parts = ("contact_note", "contact_summary", "contact_detail", "contact")
        gone = "".join("delete from app.%s where %s in (select id from mine);" %
                       (t, "id" if t == "contact" else "contact_id") for t in parts)
        self.demo.psql("set session_replication_role = replica;"
                       "create temporary table mine as select c.id from app.contact c"
                       " where c.id::text like '________-____-7000-8%%' and c.received_at > now() - interval '1 hour'"
                       ";%s vacuum analyze app.contact, app.contact_note, app.engagement;" % gone)
