#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""PostgreSQL stops: every page and call says 503 with Retry-After within a second, in plain words, and
the server lives. It comes back: so does everything, within two seconds and by itself."""
import sys

from support import Checks, Client, Demo, contact, new_key, now_iso, wait_until

ANSWER_SECONDS = 1.0
RETURN_SECONDS = 2.0


def look_while_down(check, client, ref):
    pages = ["/", "/participants", f"/participants/{ref}", f"/participants/{ref}/status",
             f"/participants/{ref}/contacts/new", "/referrals", "/escalations", "/account"]
    calls = ["/api/v1/me", "/api/v1/participants", f"/api/v1/participants/{ref}",
             f"/api/v1/participants/{ref}/status", f"/api/v1/participants/{ref}/contacts",
             "/api/v1/referrals", "/api/v1/escalations", "/health/ready"]
    for path in pages + calls:
        answer = client.get(path, {"Accept": "text/html"} if path in pages else None, quiet=True)
        check(answer.status == 503, f"{path} answers {answer.status} without a database")
        check(answer.headers.get("Retry-After"), f"{path} says when to come again")
        check(answer.seconds < ANSWER_SECONDS, f"{path} took {answer.seconds:.2f} s to say so")
        if path in pages:
            check(answer.headers.get("Content-Type", "").startswith("text/html")
                  and b"<h1" in answer.body, f"{path} is a page")
        for leak in (b"PostgreSQL", b"libpq", b"socket", b"FATAL"):
            check(leak not in answer.body, f"{path} does not speak of {leak.decode()}")
    answer = client.post(f"/api/v1/participants/{ref}/contacts", contact("down", now_iso()), new_key())
    check(answer.status == 503, f"a contact is answered {answer.status}")
    answer = Client(client.port).post("/api/v1/sessions", {"username": "x", "password": "y"})
    check(answer.status == 503, f"a sign-in is answered {answer.status}")
    check(client.get("/health/ping").status == 200, "the process says that it lives")
    check(client.get("/help").status == 200, "a page that needs no database is there")


def main():
    check = Checks()
    with Demo(sys.argv[1]) as demo:
        client = Client(demo.port).sign_in(demo.account("navigator"))
        ref = client.get("/api/v1/participants").json()["items"][0]["ref"]
        pid = demo.pid()
        for round_ in range(2):
            check(client.get("/api/v1/me").status == 200, "all is well before")
            demo.cluster("stop")
            look_while_down(check, client, ref)
            demo.cluster("start")
            took = wait_until(lambda: demo.is_ready() and client.get("/api/v1/me").status == 200, 20)
            check(took is not None and took < RETURN_SECONDS, f"back {took} s after its return")
        check(demo.pid() == pid, "the server was the same all the time")
        answer = client.post(f"/api/v1/participants/{ref}/contacts", contact("up", now_iso()), new_key())
        check(answer.status == 201, f"a contact is answered {answer.status} afterwards")
    check.end()


main()
