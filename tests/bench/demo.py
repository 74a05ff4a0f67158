# SPDX-License-Identifier: MIT
"""The demonstration as the benchmarks use it: kept in the build folder, with as many people as asked for."""
import http.client
import json
import os
import re
import signal
import subprocess
import urllib.parse
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Demo:
    """A server and its database, with `people` people and `contacts` contacts (0: a plausible number)."""

    def __init__(self, build, people, contacts=0, folder=None):
        self.dir = os.path.join(folder or build, "bench-%d" % people)
        self.log = open(os.path.join(folder or build, "bench-demo.log"), "wb")
        env = dict(os.environ, PHOENIX_BUILD=os.path.abspath(build))
        command = [os.path.join(ROOT, "packaging", "demo"), "--keep", "--dir", self.dir, "--port", "0",
                   "--people", str(people), "--contacts", str(contacts)]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=self.log)
        if not any(line.startswith(b"phoenix ready") for line in self.process.stdout):
            raise SystemExit("bench: the demonstration did not start: see " + self.log.name)
        with open(os.path.join(self.dir, "demo.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.host = urllib.parse.urlsplit(self.facts["url"]).netloc

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def accounts(self, role):
        return [a for a in self.facts["accounts"] if a["role"] == role]

    def memory(self, field="VmRSS"):
        """MiB of the server, of /proc/PID/status."""
        with open("/proc/%d/status" % self.facts["pid"], encoding="ascii") as f:
            return int(re.search(field + r":\s+(\d+)", f.read()).group(1)) / 1024

    def reset_peak(self):
        """VmHWM counts from now on."""
        with open("/proc/%d/clear_refs" % self.facts["pid"], "w", encoding="ascii") as f:
            f.write("5")

    def psql(self, user="postgres"):
        p = self.facts["postgres"]
        return ["psql", "-h", p["host"], "-p", str(p["port"]), "-U", user, "-d", p["dbname"], "-qAtX",
                "-v", "ON_ERROR_STOP=1"]

    def sql(self, text):
        return subprocess.run(self.psql() + ["-c", text], check=True, stdout=subprocess.PIPE).stdout.decode()

    def statement_log(self):
        return os.path.join(self.facts["postgres"]["host"], "log")

    def call(self, method, path, token=None, body=None):
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            if token and method == "POST":
                headers["Idempotency-Key"] = str(uuid.uuid4())
        c = http.client.HTTPConnection(self.host, timeout=60)
        c.request(method, path, None if body is None else json.dumps(body), headers)
        r = c.getresponse()
        text = r.read()
        c.close()
        if r.status >= 400:
            raise SystemExit("bench: %s %s answered %d %s" % (method, path, r.status, text[:300]))
        return text

    def sign_in(self, role, which=0):
        a = self.accounts(role)[which]
        answer = self.call("POST", "/api/v1/sessions", None,
                           {"username": a["username"], "password": a["password"]})
        return json.loads(answer)["token"]
