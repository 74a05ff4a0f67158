# SPDX-License-Identifier: MIT
"""What the server holds: after everybody's name was opened, and 100,000 requests later."""
import json
import urllib.parse

from load import lua

FLAT = 100000


def open_everybody(paths):
    """Lists all people of each site with their names, so that each data key has been in hand once."""
    for token in paths.demo.sign_in("manager"):
        after = ""
        while after is not None:
            page = json.loads(paths.demo.call("GET", "/api/v1/participants?limit=200" + after, token))
            after = page["next"] and "&after=" + urllib.parse.quote(page["next"])


class Flat:
    """Resident memory from a server that has done everything once to 100,000 requests later."""

    def __init__(self, paths):
        open_everybody(paths)
        paths.warm()
        paths.warm()
        self.paths, self.sent = paths, paths.sent
        self.before = paths.demo.resident()
        paths.figures.note("resident at most while people signed in: %.1f MiB (a password's hash takes 64 of them"
                           " for a moment)" % paths.demo.resident("VmHWM"))
        paths.demo.forget_peak()

    def end(self):
        paths, figures = self.paths, self.paths.figures
        mixed = paths.file("mixed.lua")
        lua(mixed, paths.case.wrk_asks() + 8 * paths.status.wrk_asks())
        while paths.sent - self.sent < FLAT:
            paths.wrk(mixed, 5)
        after = paths.demo.resident()
        figures.note("resident %.1f MiB, and %.1f MiB after %d requests more" %
                     (self.before, after, paths.sent - self.sent))
        figures.value("resident_growth", max(0, after - self.before), 1, "MiB")
