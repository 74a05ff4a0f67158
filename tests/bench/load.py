# SPDX-License-Identifier: MIT
"""Those who send: wrk for HTTP, pgbench for the same SQL."""
import os
import re
import statistics
import subprocess
import time

from processors import Processors

CLIENTS = 8
WARM = 2  # seconds of planning that are not counted against pgbench
MARGIN = 0.3  # seconds before the end at which processor time is read: a process must be there to be asked


class Ran:
    """Requests or transactions a second, and processor time a second: database, server, sender."""

    def __init__(self, rate, used):
        self.rate, self.used = rate, used

    def micros(self):
        """Processor time of one request."""
        return [u / self.rate * 1e6 for u in self.used]


def watched(demo, process, warm, seconds):
    """Waits until shortly before the end; gives processor time a second after the warm-up."""
    looking = Processors(demo)
    time.sleep(warm + MARGIN)
    if process.poll() is not None:
        return [0, 0, 0]  # it failed; the caller says so
    looking.start(process.pid)
    began = time.monotonic()
    time.sleep(seconds - 2 * MARGIN)
    used = looking.used(process.pid) if process.poll() is None else [0, 0, 0]
    return [u / (time.monotonic() - began) for u in used]


def pgbench_start(demo, script, constants, run, *more, user="phoenix_app", options=""):
    """run: a number that no other run of the script has."""
    p = demo.postgres
    tool = os.path.join(subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, check=True)
                        .stdout.decode().strip(), "pgbench")
    command = [tool, "-n", "-M", "prepared", "-j", "1", "-h", p["host"], "-p", str(p["port"]), "-U", user,
               "-f", script, "-D", "n=%d" % (run * 10000000), *more]
    for name, value in constants.items():
        command += ["-D", "%s=%s" % (name, value)]
    # The connection as the program opens it (lib/db/connection.c).
    env = dict(os.environ, PGOPTIONS="-c jit=off -c DateStyle=ISO,YMD -c TimeZone=UTC -c bytea_output=hex"
               " -c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s " + options)
    return subprocess.Popen(command + [p["dbname"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def pgbench(demo, script, constants, seconds, run):
    process = pgbench_start(demo, script, constants, run, "-c", str(CLIENTS), "-T", str(seconds + WARM), "-P", "1")
    used = watched(demo, process, WARM, seconds)
    errors = process.communicate()[1]
    rates = [float(r) for r in re.findall(rb"progress: [\d.]+ s, ([\d.]+) tps", errors)]
    if process.returncode or len(rates) <= WARM or b"aborted" in errors:
        raise SystemExit("bench: pgbench failed: " + errors.decode()[-2000:])
    return Ran(statistics.mean(rates[WARM:]), used)


# Whole requests are made beforehand, so that the sender costs little of the processors that all share.
LUA = r"""
local asks = {%(asks)s}
local requests, body = {}, %(body)s
local wide = "00000000-0000-4000-8000-000000000000"
init = function()
  math.randomseed(os.time())
  for i, ask in ipairs(asks) do
    local headers = {[ask[2]] = ask[3]}
    if body then
      headers["Content-Type"] = "application/json"
      headers["Idempotency-Key"] = wide
    end
    local whole = wrk.format(body and "POST" or "GET", ask[1], headers, body)
    if body then
      local a, b = whole:find(wide, 1, true)
      local c, d = whole:find("@@@@@@@@@@@@@@@@@@@@", 1, true)
      requests[i] = {whole:sub(1, a - 1), whole:sub(b + 1, c - 1), whole:sub(d + 1)}
    else
      requests[i] = whole
    end
  end
end
local key, random, clock = "%%08x-%%04x-4%%03x-8%%03x-%%012x", math.random, os.time
local second, now, n = 0, "", 0
request = function()
  local one = requests[random(#requests)]
  if not body then return one end
  if clock() ~= second then
    second = clock()
    now = os.date("!%%Y-%%m-%%dT%%H:%%M:%%SZ", second)
  end
  n = n + 1
  return one[1] .. key:format(random(0, 0x7fffffff), random(0, 0xffff), random(0, 0xfff),
                              random(0, 0xfff), n) .. one[2] .. now .. one[3]
end
"""


def lua(path, asks, body=None):
    """asks: [(path, header, value)], of which one is taken at random. In body, twenty @ are the time."""
    quoted = ",".join("{%s}" % ",".join('"%s"' % x for x in ask) for ask in asks)
    with open(path, "w", encoding="utf-8") as f:
        f.write(LUA % {"asks": quoted, "body": "[[%s]]" % body if body else "nil"})


class Sent(Ran):
    """What wrk reports: requests a second, how many, and milliseconds."""

    def __init__(self, text, used, strict):
        if strict and ("Non-2xx" in text or "Socket errors" in text):
            raise SystemExit("bench: wrk met refusals:\n" + text)
        super().__init__(float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), used)
        self.requests = int(re.search(r"(\d+) requests in", text).group(1))
        self.p50, self.p99 = (self.percentile(text, p) for p in (50, 99))

    @staticmethod
    def percentile(text, p):
        amount, unit = re.search(r"%d%%\s+([\d.]+)(us|ms|s)" % p, text).groups()
        return float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(demo, script, seconds, clients=CLIENTS, strict=True):
    """strict: a refusal ends the run."""
    process = subprocess.Popen(["wrk", "-t", "1", "-c", str(clients), "-d", "%ds" % seconds, "--latency", "-s",
                                script, demo.facts["url"]], stdout=subprocess.PIPE)
    used = watched(demo, process, 0, seconds)
    text = process.communicate()[0].decode()
    if process.returncode:
        raise SystemExit("bench: wrk failed:\n" + text)
    return Sent(text, used, strict)
