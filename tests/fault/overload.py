#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""More than the server can take: a full queue says 503 at once, what was accepted is answered well,
and other work goes on beside it."""
import os
import signal
import sys
import threading
import time

from support import Checks, Client, Demo, wait_until

AT_ONCE = 60
REFUSAL_SECONDS = 1.0  # nine of ten
WAIT_SECONDS = 8.0  # people may wait for a sign-in; whoever waited in vain hears of it by then


def set_limits(demo):
    with open(demo.json()["config"], "a") as f:
        f.write("queue = 6\nworkers = 2\nslow_workers = 1\n")
    pid = demo.pid()
    os.kill(pid, signal.SIGTERM)
    return wait_until(lambda: demo.pid() != pid and demo.is_ready(), 30)


def main():
    check = Checks()
    with Demo(sys.argv[1]) as demo:
        client = Client(demo.port).sign_in(demo.account("manager"))
        check(set_limits(demo) is not None, "it starts with narrow limits")
        accounts, answers, beside = demo.json()["accounts"], [], []
        gate = threading.Barrier(AT_ONCE + 1)

        def sign_in(n):
            account = accounts[n % len(accounts)]
            gate.wait()
            answers.append(Client(demo.port).post(
                "/api/v1/sessions", {k: account[k] for k in ("username", "password")}, quiet=True))

        threads = [threading.Thread(target=sign_in, args=[n]) for n in range(AT_ONCE)]
        for t in threads:
            t.start()
        gate.wait()
        while any(t.is_alive() for t in threads):
            beside.append(client.get("/api/v1/me"))
            time.sleep(0.02)
        for t in threads:
            t.join()
        refused = [a for a in answers if a.status == 503]
        accepted = [a for a in answers if a.status == 201]
        check(len(refused) + len(accepted) == AT_ONCE,
              f"other answers: {sorted(a.status for a in answers if a.status not in (201, 503))}")
        check(len(refused) >= AT_ONCE // 4, f"{len(refused)} were refused")
        check(len(accepted) >= 3, f"{len(accepted)} were accepted")
        took = sorted(a.seconds for a in refused) or [99]
        usual, slowest = took[len(took) * 9 // 10 - 1], took[-1]
        check(usual < REFUSAL_SECONDS, f"nine of ten refusals took up to {usual:.2f} s")
        check(slowest < WAIT_SECONDS, f"the slowest refusal took {slowest:.2f} s")
        check(all(a.headers.get("Retry-After") for a in refused), "refusals say when to come again")
        check(beside and all(a.status == 200 for a in beside), "other work went on beside it")
        check(client.get("/health/ready").status == 200, "and all is well afterwards")
        print(f"{len(accepted)} accepted, {len(refused)} refused, nine of ten within {usual:.3f} s")
    check.end()


main()
