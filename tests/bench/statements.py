# SPDX-License-Identifier: MIT
"""The SQL of a request, taken from PostgreSQL's own statement log, and made into a script of pgbench.

One script for all people: what is the same in every request is a variable of pgbench, bound as the
program binds it; what differs is picked by :p from an array. So each statement is parsed once a connection
and planned as the program's prepared statement is, with parameters and not with constants to fold.
"""
import re
import time

EXECUTE = re.compile(r"LOG:  execute ([^:]*): (.*)", re.S)
PARAMETERS = re.compile(r"DETAIL:  parameters: (.*)", re.S)
ENTRY = re.compile(r"\n(?=\d{4}-\d\d-\d\d \d\d:)")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
LONG = 200  # characters of a sealed text

# Made anew by each transaction as the program makes them: a time-ordered id, and a client's random key.
FRESH_ID = ("lpad(to_hex((date_part('epoch', now()) * 1000)::bigint), 12, '0') || '70008'"
            " || lpad(:client_id::text, 3, '0') || lpad(to_hex(:n::bigint), 12, '0')")
FRESH_KEY = "lpad(to_hex(:r::bigint), 12, '0') || '40008000' || lpad(to_hex(:n::bigint), 12, '0')"


def parameters(text):
    """Values of $1, $2, ... as the log quotes them; None for NULL."""
    found = {}
    for m in re.finditer(r"\$(\d+) = (?:NULL|'((?:[^']|'')*)')", text):
        found[int(m.group(1))] = None if m.group(2) is None else m.group(2).replace("''", "'")
    return [found[i + 1] for i in range(len(found))]


def entry_pid(entry):
    found = re.search(r"\[(\d+)\]", entry[:80])
    return found and found.group(1)


def captured(demo, ask):
    """[(name, sql, values)] of one request."""
    with open(demo.statement_log(), "rb") as f:
        f.seek(0, 2)
        ask()
        time.sleep(0.02)
        entries = ENTRY.split(f.read().decode("utf-8", "replace"))
    # Other connections (jobs, the name index) are in the same log: ours is the one that began a request.
    ours = next((entry_pid(e) for e in entries if "access.begin" in e and EXECUTE.search(e)), None)
    statements = []
    for entry in entries:
        execute, values = EXECUTE.search(entry), PARAMETERS.search(entry)
        if entry_pid(entry) != ours:
            continue
        if execute:
            statements.append((execute.group(1), execute.group(2).strip().rstrip(";"), []))
        elif values and statements:
            statements[-1] = statements[-1][:2] + (parameters(values.group(1)),)
    return statements


def recorded(demo, asks):
    """What each of the requests sends. All must send the same statements."""
    demo.psql("alter system set log_statement = 'all'; alter system set log_parameter_max_length = -1;"
              "select pg_reload_conf()")
    time.sleep(0.5)
    try:
        found = [captured(demo, ask) for ask in asks]
    finally:
        demo.psql("alter system reset log_statement; alter system reset log_parameter_max_length;"
                  "select pg_reload_conf()")
        time.sleep(0.5)
    for one in found:
        if not one or [s[:2] for s in one] != [s[:2] for s in found[0]]:
            raise SystemExit("bench: two requests of a path sent different statements")
    return found


def types_of(demo, sql):
    """What PostgreSQL takes the statement's parameters for."""
    return demo.psql("prepare one as %s;\nselect unnest(parameter_types) from pg_prepared_statements;" % sql).split("\n")


def literal(text):
    """pgbench takes a colon in a literal for a variable, and a semicolon outside one for the end."""
    text = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return "E'" + text + "'"


def array(values, kind):
    quoted = ",".join('"%s"' % v.replace("\\", "\\\\").replace('"', '\\"') for v in values)
    return "(%s::%s[])[:p]" % (literal("{" + quoted + "}"), kind)


class Script:
    """A pgbench script of recorded requests."""

    def __init__(self, demo, found, instead=None):
        self.found, self.constants = found, {"none": "-"}
        self.instead = instead or {}  # {(statement, number): SQL} for what must move with time
        self.fresh = self.made_here()
        self.statements = [self.statement(demo, i) for i in range(len(found[0]))]

    def made_here(self):
        """Per request {uuid: the SQL that makes one}: the key of its claim, and the id of its row."""
        out = []
        for request in self.found:
            named = {name: values for name, _, values in request}
            ids = {}
            if "access_claim" in named:
                ids[named["access_claim"][0]] = FRESH_KEY
                ids[next(v for v in named["contact_insert"] if v and UUID.match(v))] = FRESH_ID
            out.append(ids)
        return out

    def constant(self, value):
        name = "v%d" % len(self.constants)
        self.constants[name] = value
        return ":" + name

    def value(self, name, number, values, kind):
        if (name, number) in self.instead:
            return "(%s)::%s" % (self.instead[name, number], kind)
        if None in values:
            if any(v is not None for v in values):
                raise SystemExit("bench: a parameter of %s is null only now and then" % name)
            return "nullif(:none::text, '-')::%s" % kind  # a NULL that no plan can see beforehand
        for i, sql in enumerate(self.fresh):
            for known, made in sql.items():
                if values[i] == known:
                    return "(%s)::%s" % (made, kind)
        filled = [v for v in values]
        made = None
        for i, sql in enumerate(self.fresh):
            for known, fresh in sql.items():
                if known in filled[i]:
                    filled[i], made = filled[i].replace(known, "@"), fresh
        if len(set(filled)) == 1 or (kind == "bytea" and len(filled[0]) > LONG):
            text = self.constant(filled[0])  # sealed words open nowhere here: anybody's will do
        else:
            text = array(filled, "text" if made else kind)
        return "replace(%s::text, '@', %s)::%s" % (text, made, kind) if made else text

    def statement(self, demo, i):
        name, sql, first = self.found[0][i]
        kinds = types_of(demo, sql) if first else []
        given = [self.value(name, n + 1, [request[i][2][n] for request in self.found], kinds[n])
                 for n in range(len(first))]
        # Outside literals a parameter is replaced; within them only colons are.
        parts = re.split(r"('(?:[^']|'')*')", sql)
        for k, part in enumerate(parts):
            if k % 2:
                parts[k] = literal(part[1:-1].replace("''", "'")) if ":" in part else part
            else:
                parts[k] = re.sub(r"\$(\d+)(?!\d)", lambda m: given[int(m.group(1)) - 1], part)
        return "".join(parts)

    def write(self, path, pipelined):
        lines = ["\\set p random(1, %d)" % len(self.found), "\\set n :n + 1",
                 "\\set r random(0, 281474976710655)"]
        lines.append("\\startpipeline" if pipelined else "begin;")
        lines += [s + ";" for s in self.statements]
        lines.append("\\endpipeline" if pipelined else "commit;")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
