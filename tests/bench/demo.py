# SPDX-License-Identifier: MIT
"""The demonstration that is measured: made once, copied for each run so that it stays as it was made."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def start(build, directory, people, contacts, log):
    """The demonstration's process, once it is ready."""
    env = dict(os.environ, PHOENIX_BUILD=os.path.abspath(build))
    command = [os.path.join(ROOT, "packaging", "demo"), "--keep", "--dir", directory, "--port", "0",
               "--people", str(people), "--contacts", str(contacts)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log)
    for line in process.stdout:
        if line.startswith(b"phoenix ready"):
            return process
    raise SystemExit("bench: the demonstration did not start: see " + log.name)


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def data_set(build, people, contacts):
    """The folder of a demonstration with so many; loads it if there is none. Gives the seconds it took."""
    directory = os.path.join(os.path.abspath(build), "bench-%d-%d" % (people, contacts))
    began = time.monotonic()
    if not os.path.exists(os.path.join(directory, "demo", "made")):
        with open(os.path.join(build, "bench-demo.log"), "wb") as log:
            stop(start(build, directory, people, contacts, log))
    return directory, time.monotonic() - began


class Demo:
    """A running copy of a data set."""

    def __init__(self, build, people, contacts):
        self.build = os.path.abspath(build)
        self.people, self.contacts = people, contacts
        made, self.took = data_set(build, people, contacts)
        self.dir = os.path.join(self.build, "bench-run")
        shutil.rmtree(self.dir, ignore_errors=True)
        subprocess.run(["cp", "-a", made, self.dir], check=True)
        os.sync()  # or writing it out goes on beside what is measured
        self.log = open(os.path.join(self.build, "bench-demo.log"), "wb")
        self.process = start(build, self.dir, people, contacts, self.log)
        with open(os.path.join(self.dir, "demo.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.host = urllib.parse.urlsplit(self.facts["url"]).netloc
        self.postgres, self.tokens = self.facts["postgres"], {}

    def stop(self):
        stop(self.process)
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- the database ----

    def psql(self, text, user="postgres", **more):
        p = self.postgres
        return subprocess.run(["psql", "-h", p["host"], "-p", str(p["port"]), "-U", user, "-d",
                               p["dbname"], "-qAtX", "-v", "ON_ERROR_STOP=1"], input=text.encode(),
                              stdout=subprocess.PIPE, check=True, **more).stdout.decode().strip()

    def statement_log(self):
        return os.path.join(self.postgres["host"], "log")

    # ---- the server ----

    def server_log(self):
        return os.path.join(self.dir, "demo", "log", "phoenixd.log")

    def resident(self, field="VmRSS", pid=None):
        """MiB."""
        with open("/proc/%d/status" % (pid or self.facts["pid"]), encoding="ascii") as f:
            return int(re.search(field + r":\s+(\d+)", f.read()).group(1)) / 1024

    def forget_peak(self):
        with open("/proc/%d/clear_refs" % self.facts["pid"], "w", encoding="ascii") as f:
            f.write("5")

    def accounts(self, role):
        return [a for a in self.facts["accounts"] if a["role"] == role]

    def call(self, method, path, token=None, body=None):
        return self.call_text(method, path, token, None if body is None else json.dumps(body))

    def call_text(self, method, path, token, body):
        headers = {}
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = "application/json"
            if token and method == "POST":
                headers["Idempotency-Key"] = str(uuid.uuid4())
        c = http.client.HTTPConnection(self.host, timeout=60)
        c.request(method, path, body, headers)
        r = c.getresponse()
        text = r.read()
        c.close()
        if r.status >= 400:
            raise SystemExit("bench: %s %s answered %d %s" % (method, path, r.status, text[:300]))
        return text

    def sign_in(self, role):
        """Tokens of everybody with an account of that role; they sign in once."""
        if role in self.tokens:
            return self.tokens[role]
        tokens = self.tokens[role] = []
        for a in self.accounts(role):
            answer = self.call("POST", "/api/v1/sessions", None,
                               {"username": a["username"], "password": a["password"]})
            tokens.append(json.loads(answer)["token"])
        return tokens

    def people_of(self, token, most):
        """References of people whom the token's owner may find."""
        items = json.loads(self.call("GET", "/api/v1/participants?limit=%d" % most, token))["items"]
        return [i["ref"] for i in items]
