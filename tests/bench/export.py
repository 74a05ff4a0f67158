# SPDX-License-Identifier: MIT
"""The export of everything: its memory, and its speed beside COPY ... TO of the same rows.

The rows are those that the export itself asks for: its statements, taken from PostgreSQL's log, are run
again as COPY (...) TO STDOUT, one after the other and into a file.
"""
import json
import os
import re
import statistics
import subprocess
import time

from statements import ENTRY, EXECUTE, PARAMETERS, parameters, types_of

ROUNDS = 3
TABLES = re.compile(r"export_(people|participants|contacts|referrals|escalations|actions|history)$")


def export(demo, output):
    """Seconds and MiB at most of `phoenix export`."""
    command = [demo.facts["phoenix"], "--config", demo.facts["config"], "export", "--output", output]
    if os.geteuid() == 0:  # as the server runs: whose files and keys they are
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] + command
    began = time.monotonic()
    process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    if process.returncode:
        raise SystemExit("bench: phoenix export failed")
    os.unlink(output)
    return took, used.ru_maxrss / 1024


def copies(demo, output):
    """[(table, COPY statement)] of what an export reads."""
    demo.psql("alter system set log_statement = 'all'; alter system set log_parameter_max_length = -1;"
              "select pg_reload_conf()")
    time.sleep(0.5)
    with open(demo.statement_log(), "rb") as f:
        f.seek(0, 2)
        export(demo, output)
        text = f.read().decode("utf-8", "replace")
    demo.psql("alter system reset log_statement; alter system reset log_parameter_max_length;"
              "select pg_reload_conf()")
    return list(made_of(demo, text))


def made_of(demo, text):
    open_, kinds = {}, {}  # by connection: the statement whose parameters come next; by name: their types
    for entry in ENTRY.split(text):
        pid = re.search(r"\[(\d+)\]", entry[:80])
        execute, values = EXECUTE.search(entry), PARAMETERS.search(entry)
        if not pid:
            continue
        if execute:
            open_[pid.group(1)] = (execute.group(1), execute.group(2).strip().rstrip(";"))
        elif values and TABLES.match(open_.get(pid.group(1), ("", ""))[0]):
            name, sql = open_.pop(pid.group(1))
            kinds[name] = kinds.get(name) or types_of(demo, sql)
            given = parameters(values.group(1))
            yield name, "copy (%s) to stdout;" % filled(sql, given, kinds[name])


def filled(sql, given, kinds):
    def one(m):
        n = int(m.group(1)) - 1
        if given[n] is None:
            return "null::" + kinds[n]
        return "'%s'::%s" % (given[n].replace("'", "''"), kinds[n])
    return re.sub(r"\$(\d+)(?!\d)", one, sql)


def copy(demo, statements, into):
    """Seconds of all of them in one session, set as the export sets its own."""
    script = "set plan_cache_mode = force_custom_plan;\nset work_mem = '64MB';\nset jit = off;\n"
    p = demo.postgres
    with open(into, "wb") as out:
        began = time.monotonic()
        subprocess.run(["psql", "-h", p["host"], "-p", str(p["port"]), "-U", "phoenix_worker", "-d",
                        p["dbname"], "-qAtX", "-v", "ON_ERROR_STOP=1"], stdout=out, check=True,
                       input=(script + "\n".join(statements) + "\n").encode())
        return time.monotonic() - began


def by_server(demo, figures):
    """The same made by the server's own job worker; its peak resident memory while it does."""
    token = demo.sign_in("evaluator")[0]
    demo.forget_peak()
    made = json.loads(demo.call("POST", "/api/v1/exports", token, {"kind": "evaluation", "reason": "Figures"}))
    state, began = "requested", time.monotonic()
    while state in ("requested", "running"):
        time.sleep(0.2)
        state = json.loads(demo.call("GET", "/api/v1/exports/" + made["id"], token))["state"]
        if time.monotonic() - began > 300:
            break
    if state != "ready":
        raise SystemExit("bench: the server's export is " + state)
    figures.note("the server's own export: ready after %.1f s" % (time.monotonic() - began))
    figures.value("export_server_resident", demo.resident("VmHWM"), 96, "MiB")


def measure(demo, figures):
    output, into = os.path.join(demo.dir, "demo", "files", "bench.zip"), os.path.join(demo.dir, "copied")
    statements = copies(demo, output)
    contacts = [c for t, c in statements if t == "export_contacts"]
    ours, all_, some = [], [], []
    for _ in range(ROUNDS):
        ours.append(export(demo, output))
        all_.append(copy(demo, [c for _, c in statements], into))
        some.append(copy(demo, contacts, into))
    took = [t for t, _ in ours]
    figures.note("export %.1f s; COPY of its %d statements %.1f s, of contacts alone %.1f s (%.2f of which)" %
                 (statistics.median(took), len(statements), statistics.median(all_), statistics.median(some),
                  statistics.median(c / t for c, t in zip(some, took))))
    figures.ratio_of("export_copy", [c / t for c, t in zip(all_, took)], 0.5)
    figures.value("export_resident", max(m for _, m in ours), 96, "MiB")
    by_server(demo, figures)
