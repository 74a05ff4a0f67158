# SPDX-License-Identifier: MIT
"""Processor time by who uses it: tells what a rate cannot when other programs share the machine."""
import os

TICK = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """(parent, own seconds, seconds of its children that have ended)."""
    with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK, (int(fields[13]) + int(fields[14])) / TICK


class Processors:
    """Seconds used since the last look: by the database, by the server, by those who send."""

    def __init__(self, demo):
        self.demo = demo
        with open(os.path.join(demo.facts["data_dir"], "postmaster.pid"), encoding="ascii") as f:
            self.postmaster = int(f.readline())
        self.last = self.now()

    def now(self, sender=None):
        backends = stat(self.postmaster)[1] + stat(self.postmaster)[2]
        for pid in os.listdir("/proc"):
            try:
                parent, own, _ = stat(pid) if pid.isdigit() else (0, 0, 0)
            except OSError:
                continue  # it has ended in the meantime
            if parent == self.postmaster:
                backends += own
        sent = stat(sender)[1] if sender else 0
        return backends, stat(self.demo.facts["pid"])[1], sent

    def start(self, sender):
        self.last = self.now(sender)

    def used(self, sender):
        return [b - a for a, b in zip(self.last, self.now(sender))]
