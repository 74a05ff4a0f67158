#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Searches the database's files, write-ahead log and logs included, for the names of the people in it
and for notes: none is there to be read."""
import os
import sys

from support import Checks, Client, Demo, contact, new_key, now_iso

NAMES = 100
NOTES = 20
# A surname alone is looked for when it is too long to turn up by chance.
SURNAME_LEAST = 6


def files_below(folder):
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def staff_words(demo):
    """Accounts are not sealed: their names may be people's too."""
    return set(demo.sql("select string_agg(distinct display_name, ' ') from access.\"user\"").split())


def people(demo):
    """Names as people who may see them see them, by reference."""
    found = {}
    for role in ("manager", "team_lead", "navigator"):
        for account in (a for a in demo.json()["accounts"] if a["role"] == role):
            for p in Client(demo.port).sign_in(account).all_items("/api/v1/participants"):
                if p.get("name"):
                    found[p["ref"]] = p["name"]
    return found


def add_notes(demo, check):
    client = Client(demo.port).sign_in(demo.account("navigator"))
    refs = [p["ref"] for p in client.all_items("/api/v1/participants")]
    notes = [f"Wandering albatross {n} said quixotic things" for n in range(NOTES)]
    for n, note in enumerate(notes):
        answer = client.post(f"/api/v1/participants/{refs[n % len(refs)]}/contacts",
                             dict(contact(note, now_iso()), summary=f"Summary of zephyr {n} here"),
                             new_key())
        check(answer.status == 201, f"a note is saved: {answer.status}")
    old = [item["note"] for ref in refs[:20]
           for item in client.all_items(f"/api/v1/participants/{ref}/contacts") if item.get("note")]
    check(set(notes) <= set(old), "notes come back as they were written")
    return sorted(set(notes + old + [f"Summary of zephyr {n} here" for n in range(NOTES)]))


def main():
    check = Checks()
    with Demo(sys.argv[1], people=150) as demo:
        names = people(demo)
        check(len(names) >= NAMES, f"{len(names)} names are known")
        words = set(add_notes(demo, check))
        staff = staff_words(demo)
        for name in names.values():
            words.add(name)
            words.update(part for part in name.split() if len(part) >= SURNAME_LEAST
                         and part not in staff and part.isalpha())
        demo.sql("checkpoint")
        conf = os.path.dirname(demo.json()["config"])
        paths = [*files_below(demo.json()["data_dir"]), *files_below(demo.json()["postgres"]["host"]),
                 *files_below(os.path.join(conf, "../log"))]
        found, control = {}, 0
        username = demo.account("navigator")["username"].encode()
        for path in dict.fromkeys(paths):
            with open(path, "rb") as f:
                data = f.read()
            control += username in data
            for word in words:
                if word.encode() in data:
                    found.setdefault(word, path)
        check(control > 0, "the search finds what is not sealed: a user name")
        check(not found, f"{len(found)} of {len(words)} are readable, for example in "
              f"{sorted(set(found.values()))[:3]}")
        print(f"looked for {len(words)} names and notes in {len(set(paths))} files")
    check.end()


main()
