#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Evaluation exports where something goes on, or goes wrong: the same cut-off gives the same bytes
after further work, in any time zone, asked for by anybody; nothing in them says who anybody is; a disk
that fills leaves a plain reason and no part of a file; what has expired is gone."""
import hashlib
import io
import os
import re
import subprocess
import sys
import time
import zipfile

from support import Checks, Client, Demo, contact, new_key, now_iso, wait_until

REASON = "Interim report"
PLAIN = "The disk of the server is full"


class Exporter:
    def __init__(self, demo):
        self.demo, self.folder = demo, os.path.join(demo.folder, "out")
        os.mkdir(self.folder)

    def command(self, output, *options, env=None, before=()):
        json = self.demo.json()
        return subprocess.run(
            [*before, json["phoenix"], "--config", json["config"], "export", "--output", output, *options],
            env=dict(os.environ, **(env or {})), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120)

    def bytes_of(self, check, as_of, *options, env=None):
        path = os.path.join(self.folder, "x.zip")
        done = self.command(path, "--as-of", as_of, *options, env=env)
        if not check(done.returncode == 0, f"the command makes an export: {done.stdout!r}"):
            return b""
        with open(path, "rb") as f:
            made = f.read()
        check(hashlib.sha256(made).hexdigest() in done.stdout, "the command tells the SHA-256")
        os.unlink(path)
        return made


def ask(client, **body):
    answer = client.post("/api/v1/exports", {"kind": "evaluation", **body}, new_key())
    at = answer.headers["Location"]
    wait_until(lambda: client.get(at).json()["state"] not in ("requested", "running"), 60)
    return at, client.get(at).json()


def unzip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as z:
        return {name: z.read(name) for name in z.namelist()}


def must(check, answer, what):
    check(answer.status in (200, 201), f"{what}: {answer.status} {answer.body[:300]!r}")
    return answer


def work_goes_on(demo, check):
    """Everything that may be done to what an earlier cut-off has."""
    navigator = Client(demo.port).sign_in(demo.account("navigator"))
    manager = Client(demo.port).sign_in(demo.account("manager"))
    refs = [p["ref"] for p in navigator.all_items("/api/v1/participants?status=engaged")][:4]
    check(len(refs) >= 2, "the navigator has participants who are engaged")
    one = f"/api/v1/participants/{refs[0]}"
    must(check, navigator.post(f"{one}/contacts", contact("", now_iso()), new_key()), "a contact")
    must(check, navigator.post(f"{one}/contacts", contact("", now_iso(86400 * 20)), new_key()),
         "a contact recorded late")
    old = navigator.all_items(f"{one}/contacts")[-1]
    must(check, navigator.post(f"{one}/contacts/{old['id']}/corrections",
                               dict(contact("", old["happened_at"]), reason="Wrong minutes"),
                               new_key()), "a correction")
    record = navigator.get(one)
    must(check, navigator.request("PATCH", one, {"family_name": "Renamed", "date_of_birth": "1999-01-02",
                                                 "sex": "male"},
                                  {"If-Match": record.headers["ETag"]}), "a person is renamed")
    other = demo.sql("select id from access.\"user\" where username = "
                     f"'{demo.account('navigator', 1)['username']}'")
    must(check, manager.post(f"/api/v1/participants/{refs[1]}/assignment", {"worker": other}),
         "a person is reassigned")
    for to in ("under_review", "approved"):
        for e in manager.all_items("/api/v1/escalations")[:3]:
            manager.post(f"/api/v1/escalations/{e['id']}/transitions",
                         {"to": to, "reason": "because", "re_offered_on": "2026-01-05"})
    for account in (a for a in demo.json()["accounts"] if a["role"] == "provider"):
        provider = Client(demo.port).sign_in(account)
        for r in provider.all_items("/api/v1/referrals"):
            for to in ("accepted", "started"):
                provider.post(f"/api/v1/referrals/{r['id']}/transitions", {"to": to})
            provider.post(f"/api/v1/referrals/{r['id']}/sessions",
                          {"held_on": now_iso()[:10], "result": "happened", "minutes": 5}, new_key())
    demo.sql("""update access."user" set display_name = 'Somebody ' || username where role <> 'evaluator'""")


def same_bytes(demo, check, exporter):
    as_of = demo.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
    first = exporter.bytes_of(check, as_of, "--reason", REASON)
    count = "select count(*) from app.past where until > '%s'" % as_of
    work_goes_on(demo, check)
    for kind in ("participant", "referral", "escalation"):
        check(demo.sql(f"{count} and kind = '{kind}'") != "0", f"a {kind} was changed")
    check(demo.sql("select count(*) from app.person_past where until > '%s'" % as_of) != "0",
          "a person's details were changed")
    check(exporter.bytes_of(check, as_of, "--reason", REASON) == first, "the same bytes after further work")
    odd = {"TZ": "America/New_York", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}
    check(exporter.bytes_of(check, as_of, "--reason", REASON, env=odd) == first,
          "the same bytes in another time zone and locale")
    now = exporter.bytes_of(check, now_iso(0), "--reason", REASON)
    check(unzip(now)["contacts.csv"] != unzip(first)["contacts.csv"], "a later cut-off has the work")
    evaluator = Client(demo.port).sign_in(demo.account("evaluator"))
    at, made = ask(evaluator, as_of=as_of, reason="Another reason")
    check(made["state"] == "ready", f"the job makes it: {made}")
    other = evaluator.get(f"{at}/file").body
    check(hashlib.sha256(other).hexdigest() == made["sha256"], "the interface tells the SHA-256")
    a, b = unzip(first), unzip(other)
    check(list(a) == list(b) and [n for n in a if a[n] != b[n]] == ["manifest.json"],
          "for another person and reason only the manifest differs")
    _, again = ask(evaluator, as_of=as_of, reason="Another reason")
    check(again["sha256"] == made["sha256"], "asked for again by the same person: the same bytes")
    return evaluator, at, other


def tells_nobody(demo, check, content):
    """No name, reference, account or id of the database is in any file but the manifest's own."""
    ids = set(demo.sql("select string_agg(x, ' ') from (select id::text as x from app.participant union "
                       "select id::text from app.contact union select id::text from app.referral union "
                       "select id::text from access.\"user\" union select id::text from access.agency union "
                       "select ref from app.participant union "
                       "select username from access.\"user\" union "
                       "select display_name from access.\"user\") x").split())
    names = set()
    for account in (a for a in demo.json()["accounts"] if a["role"] in ("manager", "navigator")):
        people = Client(demo.port).sign_in(account).all_items("/api/v1/participants")
        names |= {p["name"].split()[-1] for p in people if p.get("name")}
    check(len(ids) > 500 and len(names) > 10, f"{len(ids)} ids and {len(names)} surnames are known")
    for name, raw in unzip(content).items():
        cells = set(re.split(r'[^\w.@-]+', raw.decode("utf-8-sig")))
        found = (ids | names) & cells if name.endswith(".csv") and name != "codebook.csv" else set()
        check(not found, f"{name} tells of {sorted(found)[:3]}")
        check(not re.search(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", raw), f"{name} has an id")


def disclosed(demo, check, evaluator, at):
    export = at.rsplit("/", 1)[1]
    row = demo.sql("select u.username, e.role, e.operation from audit.event e join access.\"user\" u on "
                   f"u.id = e.user_id where e.action = 'export_downloaded' and e.object_id = '{export}'")
    name = demo.account("evaluator")["username"]
    check(row == f"{name}|evaluator|disclosure", f"a download is a disclosure to its recipient: {row}")
    row = demo.sql("select distinct operation, detail like '%recipient=_%' || '%reason=" + REASON + "%' from "
                   "audit.event where action = 'export_downloaded' and user_id is null")
    check(row == "disclosure|t", f"and so is one by command: {row}")
    # Managers have their own site's, and of it alone.
    manager = Client(demo.port).sign_in(demo.account("manager"))
    check(manager.get(f"{at}/file").status == 404, "a manager has no other site's")
    mine, made = ask(manager)
    text = unzip(manager.get(f"{mine}/file").body)["participants.csv"].decode("utf-8-sig")
    sites = {line.split(",")[1] for line in text.split("\r\n")[1:-1]}
    check(sites == {made["site"]}, f"a manager's export is of {sites}")


def disk_fills(demo, check, exporter):
    """On a small file system where this program may mount one; for the command else by a limit."""
    small = os.path.join(exporter.folder, "small")
    os.mkdir(small)
    mounted = False
    for kib in (16, 64, 112, 160):  # full at one step or another
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", small],
                                 stderr=subprocess.DEVNULL).returncode == 0
        limit = () if mounted else ("prlimit", f"--fsize={kib * 128}")
        try:
            done = exporter.command(os.path.join(small, "x.zip"), before=limit)
            check(done.returncode > 0 and PLAIN in done.stdout, f"{kib} KiB: it says why: {done.stdout!r}")
            check(os.listdir(small) == [], f"{kib} KiB: nothing is left: {os.listdir(small)}")
        finally:
            if mounted:
                subprocess.run(["umount", small], check=True)
    if not mounted:
        print("no file system may be mounted here: the server's disk is not filled")
        return
    server_disk_fills(demo, check)


def server_disk_fills(demo, check):
    folder = os.path.join(demo.dir, "demo/files/exports")
    owner = os.stat(folder)
    manager = Client(demo.port).sign_in(demo.account("manager"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=96k,uid={owner.st_uid},gid={owner.st_gid},mode=700",
                    "tmpfs", folder], check=True)
    try:
        at, made = ask(manager)
        check(made["state"] == "failed" and (made["error"] or "").startswith(PLAIN), f"the job says why: {made}")
        check(os.listdir(folder) == [], f"the job leaves nothing: {os.listdir(folder)}")
        gone = manager.get(f"{at}/file")
        check(gone.status == 410, f"there is no file of it: {gone.status}")
    finally:
        subprocess.run(["umount", folder], check=True)
    check(ask(manager)[1]["state"] == "ready", "with room again the next is made")


def expires(demo, check, evaluator, at):
    folder = os.path.join(demo.dir, "demo/files/exports")
    name = at.rsplit("/", 1)[1] + ".zip"
    check(name in os.listdir(folder), "the file is there until it expires")
    demo.sql(f"set session authorization phoenix_owner; update app.export set expires_at = now() where id = "
             f"'{at.rsplit('/', 1)[1]}'")
    check(evaluator.get(f"{at}/file").status == 410, "an expired export answers 410 at once")
    took = wait_until(lambda: name not in os.listdir(folder), 10)
    check(took is not None, "and its file is removed")
    check(evaluator.get(at).json()["state"] == "expired", "and its state says so")


def main():
    check = Checks()
    with Demo(sys.argv[1], people=60) as demo:
        exporter = Exporter(demo)
        evaluator, at, content = same_bytes(demo, check, exporter)
        tells_nobody(demo, check, content)
        disclosed(demo, check, evaluator, at)
        disk_fills(demo, check, exporter)
        expires(demo, check, evaluator, at)
    check.end()


main()
