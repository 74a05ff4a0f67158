#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Spreadsheets that are none, or too large, or cut short: each is told with its place, stores nothing
and takes no more than 64 MiB; an import killed with SIGKILL leaves nothing half done and can be run
again."""
import csv
import os
import random
import signal
import subprocess
import sys
import time

from support import ROOT, Checks, Demo

MOST_MIB = 64
PEOPLE = 40
KILLED_ROWS = 12000
MAPPING = os.path.join(ROOT, "config/import/team-spreadsheet.conf")
HEADING = "Ref,Date,Time,How,Outcome,Length,By,Notes,Next due\r\n"
PERSON = ("Ref,Surname,First name(s),Known as,D.O.B,Gender,Ethnicity,Address,Postcode,Mobile,CRN,PNC ID,"
          "Navigator,Supervised by,Start,Notes\r\n")


def row(n, note="a note"):
    return (f"T{n % PEOPLE:03d},{1 + n % 28:02d}/{1 + n // 28 % 10:02d}/2025,{8 + n % 10:02d}:{n % 60:02d},"
            f"phone,spoke,{n % 90},Tom B,{note} {n},\r\n")


def people():
    return PERSON + "".join(f"T{n:03d},Surname{n},Given,,01/02/1999,m,B2,,,,,,Tom B,none,01/07/2023,\r\n"
                            for n in range(PEOPLE))


class Importer:
    def __init__(self, demo):
        self.demo, self.folder = demo, os.path.join(demo.folder, "in")
        os.mkdir(self.folder)
        self.most = 0.0

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            for part in [content] if isinstance(content, (bytes, str)) else content:
                f.write(part if isinstance(part, bytes) else part.encode())
        return path

    def start(self, kind, path, *options, mapping=MAPPING):
        json = self.demo.json()
        return subprocess.Popen(
            [json["phoenix"], "--config", json["config"], "import", kind, path, "--mapping", mapping,
             *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace")

    def run(self, kind, path, *options, mapping=MAPPING):
        """(exit code, what it said, peak MiB: at least what this program has itself)"""
        process = self.start(kind, path, *options, mapping=mapping)
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        mib = used.ru_maxrss / 1024
        self.most = max(self.most, mib)
        return process.returncode, said, mib

    def stored(self):
        return self.demo.sql("select (select count(*) from app.contact) || ' ' || (select count(*) from "
                             "app.participant) || ' ' || (select count(*) from access.\"user\") || ' ' || "
                             "(select count(*) from audit.event where action = 'import_done')")


BAD = [
    # name, content, words
    ("empty.csv", b"", "row 1, column 1: the file is empty"),
    ("photo.csv", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(1).randbytes(3000000),
     "row 1, column 1: this is not a CSV file"),
    ("line.csv", (HEADING, row(1)[:40], *[b"x" * 1_000_000] * 200), "row 2, column 7: the row is longer"),
    ("commas.csv", (HEADING, *[b"," * 1_000_000] * 200), "row 2, column 512: there are more than 512 columns"),
    ("missing.csv", HEADING.replace("Outcome,", "") + row(1),
     'row 1, column 5: the heading "Outcome" is missing'),
    ("twice.csv", HEADING.replace("Next due", "Next due,BY") + row(1),
     'row 1, column 10: the heading "BY" is there twice'),
    ("mixed.csv", (HEADING, row(1, "caf\u00e9"), row(2, "caf\u00e9").encode("cp1252"), row(3)),
     "row 3, column 8: the file mixes UTF-8 with another encoding"),
    ("cr.csv", (HEADING + row(1)).replace("\r\n", "\r"), "row 1, column 9: lines end with CR alone"),
    ("quote.csv", HEADING + row(1) + row(2, '"never closed') + "".join(map(row, range(200))),
     "row 3, column 8: the quote that opens here is not closed"),
    ("quotes.csv", HEADING + row(1) + row(2, '"never closed') + "".join(map(row, range(30000))),
     "row 3, column 8: the row is longer than 1 MiB (a quote that is not closed?)"),
    ("nul.csv", HEADING + "".join(map(row, range(50))) + row(50, "a\0"),
     "row 52, column 8: there is a control character"),
    ("utf16.csv", (HEADING + row(1)).encode("utf-16"), "row 1, column 1: this is UTF-16 text"),
]
BAD_MAPPINGS = [
    ("field.conf", "field = outcome", "field = shoe", '"shoe" is not a field of contacts'),
    ("code.conf", "code phone ", "code pigeon ", "pigeon is not a code of mode"),
    ("option.conf", "default_time", "default_hour", "no such option 'default_hour'"),
]


def bad_files(check, importer):
    before = importer.stored()
    for name, content, words in BAD:
        path = importer.file(name, content)
        code, said, mib = importer.run("contacts", path, "--accept-valid")
        check(code not in (0, 3) and f"{path}, {words}" in said, f"{name}: exit {code}: {said[:300]!r}")
        check(mib <= MOST_MIB, f"{name}: {mib:.0f} MiB used")
        os.unlink(path)
    with open(MAPPING, encoding="utf-8") as f:
        text = f.read()
    path = importer.file("good.csv", HEADING + row(1))
    for name, old, new, words in BAD_MAPPINGS:
        mapping = importer.file(name, text.replace(old, new, 1))
        line = text[:text.index(old)].count("\n") + 1
        code, said, mib = importer.run("contacts", path, "--accept-valid", mapping=mapping)
        check(code not in (0, 3) and f"{mapping}, line {line}: {words}" in said,
              f"{name}: exit {code}: {said[:300]!r}")
        check(mib <= MOST_MIB, f"{name}: {mib:.0f} MiB used")
    check(importer.stored() == before, "a file or mapping that cannot be read stores nothing")


def a_million_rows(check, importer):
    def parts():
        yield HEADING
        for n in range(0, 1_000_000, 1000):
            yield "".join(map(row, range(n, n + 1000)))
    path = importer.file("million.csv", parts())
    code, said, mib = importer.run("contacts", path, "--dry-run")
    check(code == 0 and "1000000 rows: 1000000 ok" in said, f"a million rows: exit {code}: {said[:300]!r}")
    check(mib <= MOST_MIB, f"a million rows: {mib:.0f} MiB used")
    os.unlink(path)


def killed(check, importer):
    report = os.path.join(importer.folder, "report.csv")
    path = importer.file("killed.csv", HEADING + "".join(map(row, range(KILLED_ROWS))))
    before = importer.stored()
    begin = time.monotonic()
    code, _, _ = importer.run("contacts", path, "--dry-run")
    dry = time.monotonic() - begin
    storing = 0
    for n in range(6):
        process = importer.start("contacts", path, "--report", report)
        time.sleep(dry + 0.25 * n)
        storing += importer.demo.sql("select count(*) from pg_stat_activity where usename = "
                                     "'phoenix_owner' and backend_xid is not null") != "0"
        process.send_signal(signal.SIGKILL)
        process.wait()
        check(process.returncode == -signal.SIGKILL, f"it was killed: {process.returncode}")
        check(importer.stored() == before, f"killed {n}: nothing half done")
    check(storing > 0, "some were killed while they stored")
    for added, present in ((KILLED_ROWS, 0), (0, KILLED_ROWS)):
        code, said, _ = importer.run("contacts", path, "--report", report)
        check(code == 0 and f"Added {added}; {present} were here already" in said, f"again: {said!r}")
    with open(report, newline="", encoding="utf-8") as f:
        check(len(list(csv.reader(f))) == KILLED_ROWS + 1, "every row has its line in the report")
    check(importer.demo.sql("select sum(contacts) from app.contact_week") ==
          importer.demo.sql("select count(*) from app.contact where superseded_by is null"),
          "what is counted is what is there")


def main():
    check = Checks()
    with Demo(sys.argv[1], people=20) as demo:
        importer = Importer(demo)
        bad_files(check, importer)
        code, said, _ = importer.run("participants", importer.file("people.csv", people()))
        check(code == 0 and f"Added {PEOPLE};" in said, f"people: exit {code}: {said!r}")
        a_million_rows(check, importer)
        killed(check, importer)
        print(f"at most {importer.most:.0f} MiB used")
    check.end()


main()
