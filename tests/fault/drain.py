#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIGTERM under load: requests that the server has in hand are answered, then it ends by itself."""
import http.client
import json
import os
import select
import signal
import sys

from support import Checks, Client, Demo, living, wait_until

SIGN_INS = 4  # two in the hands of workers, two waiting


def send_sign_in(port, account):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
    connection.request("POST", "/api/v1/sessions",
                       json.dumps({k: account[k] for k in ("username", "password")}),
                       {"Content-Type": "application/json"})
    return connection


def main():
    check = Checks()
    with Demo(sys.argv[1]) as demo:
        accounts = demo.json()["accounts"][:SIGN_INS]
        pid = demo.pid()
        # Slow on purpose, for the password's hash: when the first is answered the others wait.
        sent = {a["username"]: send_sign_in(demo.port, a) for a in accounts}
        select.select([c.sock for c in sent.values()], [], [], 30)
        os.kill(pid, signal.SIGTERM)
        waiting = len(sent) - len(select.select([c.sock for c in sent.values()], [], [], 0)[0])
        check(waiting >= 2, f"only {waiting} requests were in hand: nothing was tried")
        tokens = {}
        for name, connection in sent.items():
            try:
                response = connection.getresponse()
                status, body = response.status, response.read()
            except (OSError, http.client.HTTPException) as e:
                status, body = repr(e), b""
            if check(status == 201, f"{name} was answered {status} while it drained"):
                tokens[name] = json.loads(body)["token"]
        check(wait_until(lambda: not living(pid), 25) is not None, "it ends")
        check(wait_until(lambda: demo.pid() != pid and demo.is_ready(), 15) is not None,
              "the demonstration starts it again")
        check(any("status 0" in line for line in demo.said), "it ended with success")
        # What was answered was kept: the sessions work on the next server.
        for name, token in tokens.items():
            check(Client(demo.port, token).get("/api/v1/me").status == 200,
                  f"the session of {name} is there afterwards")
        print(f"{waiting} of {len(sent)} requests were in hand")
    check.end()


main()
