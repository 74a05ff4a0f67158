# SPDX-License-Identifier: MIT
"""The SQL that a request sends, taken from PostgreSQL's own statement log, as a script for pgbench.

One script for all the people of a path: what differs from person to person is picked from constant arrays
by one random number, so that every statement is prepared once a connection and executed many times, as the
program does it.
"""
import os
import re
import subprocess
import time

EXECUTE = re.compile(r"LOG:  execute ([^:]*): (.*)", re.S)
PARAMETERS = re.compile(r"DETAIL:  parameters: (.*)", re.S)
ENTRY = re.compile(r"\n(?=\d{4}-\d\d-\d\d \d\d:)")
LITERAL = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def pid_of(entry):
    found = re.search(r"\[(\d+)\]", entry[:80])
    return found and found.group(1)


def entries_of(demo, ask, wait):
    with open(demo.statement_log(), "rb") as f:
        f.seek(0, 2)
        ask()
        time.sleep(wait)
        return ENTRY.split(f.read().decode("utf-8", "replace"))


def captured(demo, ask, names=None, wait=0.05):
    """[(name, sql with $n, {n: literal})] of the connection that began a request; with `names`, the statements of
    these names on any connection."""
    entries = entries_of(demo, ask, wait)
    ours = next((pid_of(e) for e in entries if "access.begin" in e and EXECUTE.search(e)), None)
    out, last = [], {}
    for entry in entries:
        pid = pid_of(entry)
        if pid != ours and not names:
            continue
        execute, values = EXECUTE.search(entry), PARAMETERS.search(entry)
        if execute:
            last[pid] = (execute.group(1), execute.group(2).strip().rstrip(";"), {})
            out.append(last[pid])
        elif values and pid in last:
            last[pid][2].update({int(n): v for n, v in LITERAL.findall(values.group(1))})
    return [s for s in out if not names or s[0] in names]


class Recording:
    """While it lasts, PostgreSQL logs every statement with its parameters."""

    def __init__(self, demo):
        self.demo = demo

    def __enter__(self):
        self.set("set", " = 'all'", " = -1")

    def __exit__(self, *_):
        self.set("reset", "", "")

    def set(self, verb, statements, lengths):
        self.demo.sql("alter system %s log_statement%s" % (verb, statements))
        self.demo.sql("alter system %s log_parameter_max_length%s" % (verb, lengths))
        self.demo.sql("select pg_reload_conf()")
        time.sleep(0.4)


def parameter_types(demo, sql):
    text = "prepare x as %s; select array_to_string(parameter_types, ';') from pg_prepared_statements" % sql
    done = subprocess.run(demo.psql(), input=text.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip().split(";")


def unquoted(literal):
    return None if literal == "NULL" else literal[1:-1].replace("''", "'")


def quoted(text):
    """A literal in which pgbench takes no colon for a variable."""
    if text is None:
        return "NULL"
    plain = text.replace("'", "''")
    if ":" not in plain and "\\" not in plain:
        return "'%s'" % plain
    return "E'%s'" % plain.replace("\\", "\\\\").replace(":", "\\x3a")


def made_text(text, ids):
    """The text with ids of the request's own making made anew at each run: an expression, or None."""
    parts, found = [], False
    at = 0
    for m in UUID.finditer(text):
        if m.group(0) not in ids:
            continue
        found = True
        parts.append(quoted(text[at:m.start()]))
        # In order of time, as the program makes them.
        parts.append("('01a207db-%04d-7' || substr(:n::text, 1, 3) || '-8' || substr(:n::text, 4, 3) || '-' ||"
                     " substr(:n::text, 7, 12))" % ids.index(m.group(0)))
        at = m.end()
    return "(%s)" % " || ".join(parts + [quoted(text[at:])]) if found else None


def value(kind, texts, ids, now):
    """The expression that takes the place of a parameter. texts: one for each person."""
    made = texts[0] is not None and made_text(texts[0], ids[0])
    if made:
        return "%s::%s" % (made, kind)
    if now and texts[0] in now:
        return "now()"
    # The database never looks into what is sealed: one person's will do for all.
    if all(t == texts[0] for t in texts) or kind == "bytea" and texts[0] and len(texts[0]) > 100:
        return "%s::%s" % (quoted(texts[0]), kind)
    return "((array[%s]::%s[])[:p::int])" % (",".join(quoted(t) for t in texts), kind)


def script(demo, found, ids, now, pipelined):
    """found: what captured() gave for each person; ids: for each person the ids that the request made."""
    lines = ["\\set p random(1, %d)" % len(found), "\\set n random(100000000000000000, 999999999999999999)",
             "\\startpipeline" if pipelined else "begin;"]
    for i, (_, sql, _) in enumerate(found[0]):
        if any(f[i][1] != sql for f in found):
            raise SystemExit("bench: two people's requests sent different statements")
        kinds = parameter_types(demo, sql)
        values = {n: value(kinds[n - 1], [unquoted(f[i][2][n]) for f in found], ids, now) for n in found[0][i][2]}
        text = re.sub(r"\$(\d+)(?!\d)", lambda m, v=values: v[int(m.group(1))], sql)
        lines.append(text.replace("\n", " ") + ";")
    return "\n".join(lines + ["\\endpipeline" if pipelined else "commit;"]) + "\n"


def pgbench(demo, path, seconds, warm, clients):
    """Transactions a second; the first `warm` seconds, in which plans are made, are not counted."""
    p = demo.facts["postgres"]
    tool = os.path.join(subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, check=True)
                        .stdout.decode().strip(), "pgbench")
    command = [tool, "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds + warm), "-P", "1",
               "-f", path, "-h", p["host"], "-p", str(p["port"]), "-U", "phoenix_app", p["dbname"]]
    env = dict(os.environ, PGOPTIONS="-c jit=off")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    rates = [float(r) for r in re.findall(rb"progress: [\d.]+ s, ([\d.]+) tps", done.stderr)]
    if len(rates) <= warm or b"aborted" in done.stderr:
        raise SystemExit("bench: pgbench failed: " + done.stderr.decode()[-800:])
    return sum(rates[warm:]) / len(rates[warm:])
