#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills phoenixd ten times and PostgreSQL ten times, with SIGKILL, under a stream of contacts whose
clients send each again with its key until it is answered: none is lost and none is there twice."""
import os
import signal
import sys
import threading
import time

from support import Checks, Client, Demo, contact, new_key, now_iso, wait_until

KILLS = 10
WRITERS = 6
GIVE_UP_SECONDS = 60


class Writer(threading.Thread):
    def __init__(self, port, token, refs, name):
        super().__init__(name=name)
        self.client = Client(port, token, timeout=15)
        self.refs, self.stop = refs, threading.Event()
        self.saved = {}  # note -> id
        self.retries, self.wrong = 0, []

    def run(self):
        n = 0
        while not self.stop.is_set():
            n += 1
            self.send(self.refs[n % len(self.refs)], f"{self.name}-{n}")

    def send(self, ref, note):
        body, key, begin = contact(note, now_iso()), new_key(), time.monotonic()
        while time.monotonic() - begin < GIVE_UP_SECONDS:
            answer = self.client.post(f"/api/v1/participants/{ref}/contacts", body, key, quiet=True)
            if answer.status == 201:
                self.saved[note] = answer.json()["id"]
                return
            # No answer, not now, or the first is still in hand: the same again.
            if answer.status not in (0, 409, 503):
                self.wrong.append(f"{answer.status} {answer.body[:200]!r}")
                return
            self.retries += 1
            time.sleep(0.02)
        self.wrong.append(f"no answer for {GIVE_UP_SECONDS} s")


def kill_once(demo, check, what, writers):
    before = sum(len(w.saved) for w in writers)
    pid = demo.pid() if what == "phoenixd" else demo.postmaster()
    os.kill(pid, signal.SIGKILL)
    took = wait_until(lambda: (demo.pid() if what == "phoenixd" else 0) != pid and demo.is_ready()
                      and sum(len(w.saved) for w in writers) > before + WRITERS, 40, 0.02)
    check(took is not None, f"after a SIGKILL of {what} contacts are recorded again")
    return took


def main():
    check = Checks()
    with Demo(sys.argv[1], people=40) as demo:
        navigator = Client(demo.port).sign_in(demo.account("navigator"))
        refs = [p["ref"] for p in navigator.all_items("/api/v1/participants")][:12]
        check(len(refs) > 3, "the navigator has participants")
        before = int(demo.sql("select count(*) from app.contact"))
        writers = [Writer(demo.port, navigator.token, refs, f"w{i}") for i in range(WRITERS)]
        for w in writers:
            w.start()
        wait_until(lambda: all(w.saved for w in writers), 20)
        longest = {}
        for i in range(KILLS):
            for what in ("phoenixd", "postgres"):
                took = kill_once(demo, check, what, writers)
                longest[what] = max(longest.get(what, 0), took or 99)
                time.sleep(0.1 * (i % 4))  # not always at the same moment
        for w in writers:
            w.stop.set()
        for w in writers:
            w.join()
            check(not w.wrong, f"{w.name}: {w.wrong[:3]}")
        judge(demo, check, navigator, refs, writers, before)
        print(f"{sum(len(w.saved) for w in writers)} contacts, {sum(w.retries for w in writers)} sent "
              f"again; longest return: phoenixd {longest['phoenixd']:.1f} s, "
              f"PostgreSQL {longest['postgres']:.1f} s")
    check.end()


def judge(demo, check, navigator, refs, writers, before):
    saved = {note: found for w in writers for note, found in w.saved.items()}
    after = int(demo.sql("select count(*) from app.contact"))
    check(len(set(saved.values())) == len(saved), "each key has a contact of its own")
    check(after - before == len(saved),
          f"{len(saved)} keys were answered 201 and {after - before} contacts are there")
    stored = {}
    for ref in refs:
        for item in navigator.all_items(f"/api/v1/participants/{ref}/contacts"):
            stored.setdefault(item.get("note"), []).append(item["id"])
    check(all(stored.get(note) == [found] for note, found in saved.items()),
          "every contact that was answered is there once, with its note and id")


main()
