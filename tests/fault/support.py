# SPDX-License-Identifier: MIT
"""What the fault tests share: a demonstration of their own, a client, and counted checks.

Each test is a program: test.py BUILD_FOLDER. It starts packaging/demo with the programs of that folder
in a short folder below /tmp, and its last line is "N passed, N failed".
"""
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLUSTER = os.path.join(ROOT, "tests/support/cluster.sh")
START_SECONDS = 180
USUAL_PEOPLE = 40  # of these a demonstration is kept prepared


class Checks:
    """Counted checks: one line for each that fails, and one for all at the end."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, good, words):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"not ok: {words}", flush=True)
        return good

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def stop_when_asked():
    """SIGTERM ends a test as an exception does: what it started is stopped, and its folder removed."""
    def end(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(143)

    signal.signal(signal.SIGTERM, end)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(holds, seconds, step=0.05):
    """The seconds it took until holds() was true, or None."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if holds():
            return time.monotonic() - begin
        time.sleep(step)
    return None


def living(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Demo:
    """A running packaging/demo. Leave it with stop(), which `with` does.

    With PHOENIX_TEST_PREPARED (packaging/check) one with the usual number of people goes on with a copy of one that
    was made there once, unless it is to be `fresh`: the same settings, without loading the people again."""

    def __init__(self, build, people=USUAL_PEOPLE, keep=False, folder=None, fresh=False):
        stop_when_asked()
        self.build = os.path.abspath(build)
        self.folder = folder or tempfile.mkdtemp(prefix="pxf")
        self.dir = os.path.join(self.folder, "d")
        self.keep = keep
        os.chmod(self.folder, 0o711)
        self.port = free_port()
        self.said = []
        self.options = ["--port", str(self.port), "--people", str(people), "--dir", self.dir]
        prepared = os.environ.get("PHOENIX_TEST_PREPARED")
        if prepared and not fresh and people == USUAL_PEOPLE and not os.path.exists(self.dir):
            self.copy(os.path.join(prepared, "demo"), people)
        self.start()

    def copy(self, kept, people):
        """Begins where a demonstration of so many people was stopped before."""
        with open(kept + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.exists(kept):
                with Demo(self.build, people, keep=True, fresh=True) as first:
                    first.stop()
                    subprocess.run(["cp", "-a", first.dir, kept + ".part"], check=True)
                os.rename(kept + ".part", kept)
        subprocess.run(["cp", "-a", "--reflink=auto", kept, self.dir], check=True)

    def start(self):
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "packaging/demo"), *self.options, *(["--keep"] if self.keep else [])],
            env=dict(os.environ, PHOENIX_BUILD=self.build), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._listen, args=[self.process.stdout], daemon=True).start()
        begin = time.monotonic()
        while not self.ready.wait(0.1):
            if self.process.poll() is not None or time.monotonic() - begin > START_SECONDS:
                self.stop()
                raise RuntimeError("the demonstration did not start:\n" + "".join(self.said))
        self.start_seconds = time.monotonic() - begin

    def _listen(self, stream):
        for line in stream:
            self.said.append(line)
            if line.startswith("phoenix ready "):
                self.ready.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def json(self):
        with open(os.path.join(self.dir, "demo.json")) as f:
            return json.load(f)

    def pid(self):
        return self.json()["pid"]

    def log(self):
        conf = self.json()["config"]
        with open(os.path.join(os.path.dirname(conf), "../log/phoenixd.log"), errors="replace") as f:
            return f.read()

    def account(self, role, nth=0):
        return [a for a in self.json()["accounts"] if a["role"] == role][nth]

    def is_ready(self):
        return Client(self.port, timeout=5).get("/health/ready", quiet=True).status == 200

    # --- PostgreSQL ---

    def postmaster(self):
        with open(os.path.join(self.json()["data_dir"], "postmaster.pid")) as f:
            return int(f.readline())

    def cluster(self, command):
        subprocess.run([CLUSTER, command, self.json()["postgres"]["host"]], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def sql(self, text):
        pg = self.json()["postgres"]
        return subprocess.run(
            ["psql", "-XAtq", "-h", pg["host"], "-p", str(pg["port"]), "-U", "postgres", pg["dbname"],
             "-c", text], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True).stdout.strip()

    # --- running the programs by hand ---

    def as_user(self, *command):
        """Runs a program as the user that the server runs as, from a folder that it can stand in."""
        if os.getuid() == 0:
            command = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command)
        return subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60)

    def program(self, name):
        """A built program where the server's user can run it."""
        path = os.path.join(self.build, "cmd", name, name)
        copy = os.path.join(self.folder, name)
        if not os.path.exists(copy):
            shutil.copy(path, copy)
            os.chmod(copy, 0o755)
        return copy


class Answer:
    def __init__(self, status, headers, body, seconds):
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds

    def json(self):
        return json.loads(self.body)


class Client:
    """One connection at a time, opened anew when it was lost. Not for several threads."""

    def __init__(self, port, token=None, timeout=30):
        self.port, self.token, self.timeout = port, token, timeout
        self.connection = None

    def request(self, method, path, body=None, headers=None, quiet=False):
        """quiet: a lost connection is an answer with status 0."""
        all_headers = {"Accept": "application/json", **(headers or {})}
        if self.token:
            all_headers["Authorization"] = "Bearer " + self.token
        if body is not None:
            all_headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        begin = time.monotonic()
        reused = self.connection is not None
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                             timeout=self.timeout)
            self.connection.request(method, path, body, all_headers)
            response = self.connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(),
                            time.monotonic() - begin)
            if response.will_close:
                self.close()
            return answer
        except (OSError, http.client.HTTPException):
            self.close()
            if reused and method == "GET":  # closed meanwhile, as any server may
                return self.request(method, path, body, headers, quiet)
            if quiet:
                return Answer(0, {}, b"", time.monotonic() - begin)
            raise

    def get(self, path, headers=None, quiet=False):
        return self.request("GET", path, None, headers, quiet)

    def post(self, path, body, headers=None, quiet=False):
        return self.request("POST", path, body, headers, quiet)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def sign_in(self, account):
        answer = self.post("/api/v1/sessions", {"username": account["username"],
                                                "password": account["password"]})
        if answer.status != 201:
            raise RuntimeError(f"signing in as {account['username']} answers {answer.status}")
        self.token = answer.json()["token"]
        return self

    def all_items(self, path):
        """Every item of a list, page by page."""
        items, cursor = [], ""
        while cursor is not None:
            answer = self.get(f"{path}{'&' if '?' in path else '?'}limit=200"
                              + (f"&cursor={cursor}" if cursor else ""))
            if answer.status != 200:
                raise RuntimeError(f"{path} answers {answer.status}")
            page = answer.json()
            items += page["items"]
            cursor = page["next"]
        return items


def contact(note, happened_at):
    return {"happened_at": happened_at, "direction": "outbound", "mode": "phone", "outcome": "spoke",
            "minutes": 10, "purposes": ["welfare_check"], "note": note}


def now_iso(seconds_ago=60):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


def new_key():
    return {"Idempotency-Key": str(uuid.uuid4())}
