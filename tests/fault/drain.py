#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIGTERM under load: requests that the server has in hand are answered, then it ends by itself."""
import os
import signal
import sys
import threading
import time

from support import Checks, Client, Demo, living, wait_until

SIGN_INS = 8


def main():
    check = Checks()
    with Demo(sys.argv[1]) as demo:
        accounts = demo.json()["accounts"][:SIGN_INS]
        answers = {}

        def sign_in(account):  # slow on purpose: the password's hash
            client = Client(demo.port)
            answers[account["username"]] = client.post(
                "/api/v1/sessions", {k: account[k] for k in ("username", "password")}, quiet=True)

        pid = demo.pid()
        threads = [threading.Thread(target=sign_in, args=[a]) for a in accounts]
        for t in threads:
            t.start()
        time.sleep(0.08)
        waiting = len(accounts) - len(answers)
        os.kill(pid, signal.SIGTERM)
        for t in threads:
            t.join()
        check(waiting >= 2, f"only {waiting} requests were in hand: nothing was tried")
        for name, answer in answers.items():
            check(answer.status == 201, f"{name} was answered {answer.status} while it drained")
        check(wait_until(lambda: not living(pid), 25) is not None, "it ends")
        check(wait_until(demo.is_ready, 15) is not None, "the demonstration starts it again")
        check(any("status 0" in line for line in demo.said), "it ended with success")
        # What was answered was kept: the sessions work on the next server.
        for name, answer in answers.items():
            if answer.status == 201:
                me = Client(demo.port, answer.json()["token"]).get("/api/v1/me")
                check(me.status == 200, f"the session of {name} is there afterwards")
    check.end()


main()
