#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Malformed and smuggling requests in raw bytes against the real server: 400 and closed, or at least
never two answers out of one request, and the server lives."""
import re
import socket
import sys

from support import Checks, Client, Demo

SMUGGLED = b"GET /health/ping HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
GET = b"GET /help HTTP/1.1\r\nHost: a\r\n"

# (what, bytes): each 400, and the connection closed
REFUSED = [
    ("conflicting lengths", POST + b"Content-Length: 3\r\nContent-Length: 0\r\n\r\na=b" + SMUGGLED),
    ("a length twice", POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b" + SMUGGLED),
    ("a list of lengths", POST + b"Content-Length: 3, 3\r\n\r\na=b" + SMUGGLED),
    ("a length with a sign", POST + b"Content-Length: +3\r\n\r\na=b" + SMUGGLED),
    ("a negative length", POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED),
    ("a hexadecimal length", POST + b"Content-Length: 0x3\r\n\r\na=b" + SMUGGLED),
    ("a length past 64 bits", POST + b"Content-Length: 18446744073709551619\r\n\r\na=b" + SMUGGLED),
    ("length and chunks", POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
     + SMUGGLED),
    ("chunks", POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + SMUGGLED),
    ("bad chunks", POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\na=b\r\n0\r\n\r\n" + SMUGGLED),
    ("chunks, then nothing", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + SMUGGLED),
    ("an unknown coding", POST + b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + SMUGGLED),
    ("a coding after a tab", POST + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    ("a coding with a space before its colon", POST + b"Transfer-Encoding : chunked\r\n\r\n" + SMUGGLED),
    ("a folded coding", POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    ("a coding twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"
     + SMUGGLED),
    ("two Hosts", GET + b"Host: b\r\n\r\n" + SMUGGLED),
    ("the same Host twice", GET + b"Host: a\r\n\r\n" + SMUGGLED),
    ("no Host", b"GET /help HTTP/1.1\r\n\r\n" + SMUGGLED),
    ("an empty Host", b"GET /help HTTP/1.1\r\nHost:\r\n\r\n" + SMUGGLED),
    ("a folded line", GET + b"X: a\r\n b\r\n\r\n" + SMUGGLED),
    ("a folded first line", b"GET /help HTTP/1.1\r\n Host: a\r\n\r\n" + SMUGGLED),
    ("NUL in a value", GET + b"X: a\0b\r\n\r\n" + SMUGGLED),
    ("NUL in a name", GET + b"X\0Y: a\r\n\r\n" + SMUGGLED),
    ("NUL in the target", b"GET /he\0lp HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("an escaped NUL", b"GET /help%00 HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("a carriage return alone", GET + b"X: a\rHost: b\r\n\r\n" + SMUGGLED),
    ("a line feed alone", b"GET /help HTTP/1.1\nHost: a\n\n" + SMUGGLED),
    ("a control byte", GET + b"X: a\x01\r\n\r\n" + SMUGGLED),
    ("a space before a colon", GET + b"X : a\r\n\r\n" + SMUGGLED),
    ("a header without a colon", GET + b"nonsense\r\n\r\n" + SMUGGLED),
    ("a whole URL for a target", b"GET http://a/help HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("an unknown method", b"BREW /help HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("another version", b"GET /help HTTP/3.0\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("dot segments", b"GET /assets/../help HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("escaped dot segments", b"GET /assets/%2e%2e/help HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
    ("garbage", b"\x80\x81\x82\r\n\r\n" + SMUGGLED),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" + SMUGGLED),
]


def talk(port, data):
    """Everything that comes back until the server closes; whether it did within the time."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
        s.settimeout(5)
        try:
            s.sendall(data)
            while True:
                more = s.recv(65536)
                if not more:
                    return got, True
                got += more
        except ConnectionError:
            return got, True
        except socket.timeout:
            return got, False


def statuses(got):
    return [int(s) for s in re.findall(rb"HTTP/1\.[01] (\d{3}) ", got)]


def refused(check, port):
    for what, data in REFUSED:
        got, closed = talk(port, data)
        found = statuses(got)
        check(found == [400], f"{what}: answered {found}")
        check(closed, f"{what}: the connection is closed")


def limits(check, demo):
    too_long = b"GET /help?" + b"a" * 20000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    found = statuses(talk(demo.port, too_long)[0])
    check(len(found) <= 1 and all(400 <= s < 500 for s in found), f"an endless target: {found}")
    many = GET + b"".join(b"X-%d: y\r\n" % n for n in range(4000)) + b"\r\n"
    found = statuses(talk(demo.port, many)[0])
    check(len(found) <= 1 and all(400 <= s < 500 for s in found), f"endless headers: {found}")
    big = POST + b"Content-Length: 99999999\r\n\r\na=b"
    found = statuses(talk(demo.port, big)[0])
    check(found == [413], f"an oversized body: {found}")
    client = Client(demo.port).sign_in(demo.account("navigator"))
    ref = client.get("/api/v1/participants").json()["items"][0]["ref"]
    head = (f"POST /api/v1/participants/{ref}/contacts HTTP/1.1\r\nHost: a\r\n"
            f"Authorization: Bearer {client.token}\r\nConnection: close\r\n")
    for type_ in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
        found = statuses(talk(demo.port, f"{head}Content-Type: {type_}\r\nContent-Length: 2\r\n\r\n{{}}"
                              .encode())[0])
        check(found == [415], f"a body of type {type_}: {found}")
    half = f"{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{".encode()
    with socket.create_connection(("127.0.0.1", demo.port), timeout=5) as s:
        s.sendall(half)  # and gone
    check(demo.is_ready(), "half a request and gone does no harm")


def pipelined(check, port):
    """Two whole requests in one packet are two, which shows that the probes would be seen."""
    found = statuses(talk(port, SMUGGLED + SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))[0])
    check(found in ([200, 200], [200]), f"two requests: {found}")
    found = statuses(talk(port, SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))[0])
    check(found == [200], f"one request: {found}")


def main():
    check = Checks()
    with Demo(sys.argv[1]) as demo:
        pid = demo.pid()
        pipelined(check, demo.port)
        refused(check, demo.port)
        limits(check, demo)
        check(demo.pid() == pid and demo.is_ready(), "the server lives")
    check.end()


main()
