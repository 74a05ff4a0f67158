# SPDX-License-Identifier: MIT
"""The lines that are printed, and which of them fall short."""
import statistics


class Figures:
    def __init__(self):
        self.short = []

    def note(self, text):
        print("# " + text, flush=True)

    def ratio_of(self, name, ratios, floor):
        """The median of the rounds' ratios against a floor."""
        r = statistics.median(ratios)
        self.note("%s %.2f to %.2f in %d rounds" % (name, min(ratios), max(ratios), len(ratios)))
        print("bench %s ratio %.2f floor %.2f" % (name, r, floor), flush=True)
        if r < floor:
            self.short.append(name)

    def ratio_within(self, name, ratios, limit):
        """The median of the rounds' ratios against a limit."""
        r = statistics.median(ratios)
        self.note("%s %.2f to %.2f in %d rounds" % (name, min(ratios), max(ratios), len(ratios)))
        print("bench %s ratio %.2f limit %.1f" % (name, r, limit), flush=True)
        if not r <= limit:
            self.short.append(name)

    def value(self, name, value, limit, unit):
        print("value %s %.2f limit %g %s" % (name, value, limit, unit), flush=True)
        if not value <= limit:
            self.short.append(name)


def share(ours, theirs):
    """Round by round: neighbours in time share whatever else the machine does."""
    return [a.rate / b.rate for a, b in zip(ours, theirs)]
