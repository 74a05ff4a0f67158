# SPDX-License-Identifier: MIT
"""More requests than can be answered, sent by flood.c at their own pace whatever the answers."""
import os
import statistics
import subprocess

CONNECTIONS = 800
SECONDS = 5


class Flood:
    """One run: requests of each kind a second, and microseconds."""

    def __init__(self, text, processor):
        self.processor = processor / (SECONDS + 1)
        words = text.split()
        told = {words[i]: words[i + 1:i + 6] for i, w in enumerate(words) if w in ("ok", "refused")}
        self.ok, self.ok_p99 = int(told["ok"][0]) / SECONDS, int(told["ok"][4]) / 1000
        self.refused = int(told["refused"][0]) / SECONDS
        self.refused_p50, self.refused_p99 = (int(told["refused"][i]) / 1000 for i in (2, 4))
        self.other, self.waiting = int(words[words.index("other") + 1]), int(words[-1])


def flood(paths, file, rate, connections):
    demo = paths.demo
    tool = os.path.join(demo.build, "tests", "bench", "flood")
    process = subprocess.Popen([tool, demo.host.rpartition(":")[2], "%.0f" % rate, str(SECONDS),
                                str(connections), file], stdout=subprocess.PIPE)
    text = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("bench: flood failed")
    return Flood(text, used.ru_utime + used.ru_stime)


def requests(paths, path):
    name = paths.file(path.name + ".requests")
    with open(name, "wb") as f:
        for address, header, value in path.wrk_asks():
            f.write(b"GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n\0" %
                    tuple(x.encode() for x in (address, paths.demo.host, header, value)))
    return name


def measure(paths):
    figures, file = paths.figures, requests(paths, paths.case)
    os.sync()  # or what was written before is still on its way to the disk
    flood(paths, file, 0, 8)
    runs = {2: [], 5: []}
    for _ in range(paths.o.overloads):
        peak = flood(paths, file, 0, 8)
        for times, told in runs.items():
            told.append((flood(paths, file, times * peak.ok, CONNECTIONS), peak))
    for times, told in runs.items():
        over, name = [o for o, _ in told], "overload_%dx" % times
        peak = statistics.median(p.ok for _, p in told)
        figures.note("%s: peak %.0f/s; answered %.0f/s, refused %.0f/s in p50 %.1f ms, p99 %.1f ms;"
                     " the sender used %.2f processors" % (
                         name, peak, *(statistics.median(v) for v in zip(*(
                             (o.ok, o.refused, o.refused_p50, o.refused_p99, o.processor) for o in over)))))
        figures.ratio_of(name + "_goodput", [o.ok / p.ok for o, p in told], 0.9)
        figures.value(name + "_p99", statistics.median(o.ok_p99 for o in over), 250, "ms")
        figures.value(name + "_refusal_p99", statistics.median(o.refused_p99 for o in over), 100, "ms")
        figures.value(name + "_neither", sum(o.other for o in over), 0, "requests")
