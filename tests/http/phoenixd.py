# SPDX-License-Identifier: MIT
"""The server program from outside: options, refusals, and a life without a database.

phoenixd.py PHOENIXD PHOENIX PROGRAMME_CONF HAS_SYSTEMD
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PHOENIXD, PHOENIX, PROGRAMME, HAS_SYSTEMD = sys.argv[1:5]


class Options(unittest.TestCase):
    def run_with(self, *args):
        done = subprocess.run([PHOENIXD, *args], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout, done.stderr

    def test_help_and_version(self):
        code, out, _ = self.run_with("--help")
        self.assertEqual(code, 0)
        self.assertIn("--check-config", out)
        code, out, _ = self.run_with("--version")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^phoenixd \d+\.\d+")

    def test_usage(self):
        self.assertEqual(self.run_with("--nonsense")[0], 2)
        code, _, err = self.run_with("start")
        self.assertEqual(code, 2)
        self.assertIn("start", err)

    def test_missing_configuration(self):
        code, _, err = self.run_with("--config", "/nonexistent/phoenix.conf")
        self.assertEqual(code, 78)
        self.assertIn("/nonexistent/phoenix.conf", err)


class Server(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="phoenixd-")
        self.addCleanup(self.dir.cleanup)
        self.config = os.path.join(self.dir.name, "phoenix.conf")
        self.keys = os.path.join(self.dir.name, "phoenix.keys")
        self.write()

    def write(self, more="", port="0"):
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(f'port = {port}\ndatabase = "host={self.dir.name} dbname=none connect_timeout=1"\n'
                    f'keyring = "{self.keys}"\nprogramme = "{PROGRAMME}"\n'
                    f'data_dir = "{self.dir.name}"\n{more}')

    def make_keys(self):
        subprocess.run([PHOENIX, "--config", self.config, "key", "new"], check=True,
                       capture_output=True, timeout=20)

    def check_config(self):
        done = subprocess.run([PHOENIXD, "--config", self.config, "--check-config"],
                              capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def test_refuses_without_its_key_and_says_which(self):
        code, said = self.check_config()
        self.assertEqual(code, 78)
        self.assertIn(self.keys, said)
        self.make_keys()
        self.assertEqual(self.check_config()[0], 0)
        os.chmod(self.keys, 0o644)
        code, said = self.check_config()
        self.assertEqual(code, 78)
        self.assertIn(self.keys, said)
        os.chmod(self.keys, 0o600)
        with open(self.keys, "w", encoding="utf-8") as f:
            f.write("not a keyring\n")
        code, said = self.check_config()
        self.assertEqual(code, 78)
        self.assertIn(self.keys, said)

    def test_refuses_a_wrong_option(self):
        self.make_keys()
        for line, word in (("workrs = 3\n", "workrs"), ("log_level = \"loud\"\n", "log_level"),
                           ("timezone = \"Mars/Olympus\"\n", "timezone")):
            self.write(line)
            code, said = self.check_config()
            self.assertEqual(code, 78)
            self.assertIn(word, said)

    def start(self, env=None):
        server = subprocess.Popen([PHOENIXD, "--config", self.config], stderr=subprocess.PIPE,
                                  text=True, env={**os.environ, **(env or {})})
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, 20)
        self.addCleanup(server.kill)
        for line in server.stderr:
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                return server, found.group(1)
        self.fail("it did not start")
        return None

    def status(self, url):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.headers
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.headers

    def test_lives_without_a_database(self):
        self.make_keys()
        server, url = self.start()
        self.assertEqual(self.status(url + "/health/ping")[0], 200)
        began = time.monotonic()
        code, headers = self.status(url + "/health/ready")
        self.assertEqual(code, 503)
        self.assertIn("Retry-After", headers)
        self.assertLess(time.monotonic() - began, 3)
        server.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        self.assertEqual(self.status(url + "/health/ping")[0], 200)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(10), 0)

    def test_two_cannot_have_one_port(self):
        self.make_keys()
        _, url = self.start()
        self.write(port=url.rsplit(":", 1)[1])
        second = subprocess.run([PHOENIXD, "--config", self.config], capture_output=True, text=True,
                                timeout=20)
        self.assertEqual(second.returncode, 78)
        self.assertIn("cannot listen", second.stderr)

    @unittest.skipUnless(HAS_SYSTEMD == "yes", "built without libsystemd")
    def test_tells_systemd(self):
        self.make_keys()
        path = os.path.join(self.dir.name, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(path)
            told.settimeout(10)
            server, _ = self.start({"NOTIFY_SOCKET": path})
            self.assertEqual(told.recv(100), b"READY=1")
            server.send_signal(signal.SIGINT)
            self.assertEqual(told.recv(100), b"STOPPING=1")
            self.assertEqual(server.wait(10), 0)


unittest.main(argv=sys.argv[:1])
