#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The demonstration keeps what it promises: demo.json, files for its owner alone, a clear word about a
busy port or folder, a second start that goes on with the same data, nothing left at the end."""
import collections
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree

from support import ROOT, Checks, Client, Demo, living

FIELDS = {"url", "accounts", "postgres", "pid", "data_dir", "config", "phoenix"}
ROLES = ("navigator", "team_lead", "manager", "police", "probation", "youth_justice", "provider",
         "evaluator", "trial_manager", "administrator", "auditor")


def again(demo, *options):
    return subprocess.run([os.path.join(ROOT, "packaging/demo"), *options], text=True, timeout=60,
                          env=dict(os.environ, PHOENIX_BUILD=demo.build), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def look(check, demo):
    json = demo.json()
    check(set(json) == FIELDS, f"demo.json has {sorted(json)}")
    check(json["url"] == f"http://127.0.0.1:{demo.port}", json["url"])
    check(demo.said[-1].strip() == "phoenix ready " + json["url"], f"last line {demo.said[-1]!r}")
    roles = collections.Counter(a["role"] for a in json["accounts"])
    for role in ROLES:
        least = 2 if role in ("navigator", "provider", "police") else 1
        check(roles[role] >= least, f"{roles[role]} accounts for {role}")
    check(all(set(a) == {"role", "username", "password"} for a in json["accounts"]), "accounts' fields")
    sites = set()
    for role in roles:
        answer = Client(demo.port).sign_in(demo.account(role)).get("/api/v1/me")
        check(answer.status == 200, f"{role} signs in")
    for nth in range(roles["navigator"]):
        user = Client(demo.port).sign_in(demo.account("navigator", nth)).get("/api/v1/me").json()
        sites.add(user.get("site") or user.get("user", {}).get("site"))
    check(len(sites) == 2, f"navigators are at {sites}")
    for path in (os.path.join(demo.dir, "demo.json"),
                 os.path.join(os.path.dirname(json["config"]), "../keys/phoenix.keys")):
        check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, f"{path} is its owner's alone")
    check(stat.S_IMODE(os.stat(json["data_dir"]).st_mode) == 0o700, "and so are the data")
    check(os.path.exists(os.path.join(json["data_dir"], "PG_VERSION")), "data_dir is PostgreSQL's")
    check(demo.sql("show listen_addresses") == "", "PostgreSQL listens on no network")
    check(demo.sql("select current_setting('fsync') || current_setting('synchronous_commit')") == "onon",
          "PostgreSQL keeps what it has confirmed")
    doctor = subprocess.run([json["phoenix"], "--config", json["config"], "doctor"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    check(doctor.returncode == 0, doctor.stdout)
    schema = subprocess.run([json["phoenix"], "--config", json["config"], "schema"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    block = re.search(r"^app\.contact_note\n((?:  .*\n)+)", schema.stdout, re.M)
    check(schema.returncode == 0 and block and "-> app.contact" in block.group(1) and
          re.search(r"^    note +sealed$", block.group(1), re.M), schema.stdout[:2000])
    drawn = subprocess.run([json["phoenix"], "--config", json["config"], "schema", "--svg"],
                           stdout=subprocess.PIPE, text=True).stdout
    tables = xml.etree.ElementTree.fromstring(drawn).findall("{*}g")
    check(len(tables) == len(re.findall(r"^\w+\.\w+$", schema.stdout, re.M)),
          "the drawing has a box for every table of the text")
    if os.getuid() == 0:
        for pid in (json["pid"], demo.postmaster()):
            check(os.stat(f"/proc/{pid}").st_uid != 0, "what root starts does not run as root")


def main():
    check = Checks()
    with Demo(sys.argv[1], keep=True, fresh=True) as demo:
        look(check, demo)
        first = demo.json()
        people = demo.sql("select count(*) from app.participant")
        busy = again(demo, "--port", str(demo.port), "--dir", demo.dir + "2")
        check(busy.returncode != 0 and f"port {demo.port} is in use" in busy.stdout, busy.stdout)
        running = again(demo, "--port", "0", "--dir", demo.dir)
        check(running.returncode != 0 and "running in" in running.stdout, running.stdout)
        wrong = again(demo, "--people", "many")
        check(wrong.returncode != 0 and "--people takes a number" in wrong.stdout, wrong.stdout)
        postmaster = demo.postmaster()
        check(demo.stop() == 0, "it stops with success")
        check(not living(first["pid"]) and not living(postmaster), "nothing runs afterwards")
        demo.keep = False
        demo.start()
        check(demo.json()["accounts"] == first["accounts"], "a second start keeps the accounts")
        check(demo.sql("select count(*) from app.participant") == people, "and the data")
        check(demo.start_seconds < 15, f"and takes {demo.start_seconds:.1f} s")
        Client(demo.port).sign_in(demo.account("navigator"))
        demo.stop()
        check(not os.path.exists(demo.dir), "without --keep nothing is left")
        os.mkdir(demo.dir)
        with open(os.path.join(demo.dir, "pg"), "w") as f:
            f.write("mine")
        foreign = again(demo, "--port", "0", "--dir", demo.dir)
        check(foreign.returncode != 0 and sorted(os.listdir(demo.dir)) == ["pg"],
              f"somebody's folder is left alone: {foreign.stdout} {os.listdir(demo.dir)}")
    check.end()


main()
