#!/usr/bin/python3
"""CPU time of `guillemet analyse` over odd texts of 4 KB, 40 KB and 400 KB, and of one 2 MB paragraph: in proportion?

usage: linear.py BINARY

The last column is the time of the longest over ten times that of the middle one, start-up taken off both: 1 is linear, 10
quadratic. More than 2 is marked, and the command fails."""
import json
import resource
import subprocess
import sys

from shapes import SHAPES

MOST = 2.0
LEAST_S = 0.005  # below this a ratio says nothing


def cpu_seconds(binary, text, lang="fr"):
    line = json.dumps({"text": text, "lang": lang}) + "\n"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([binary, "analyse", "--ndjson", "-"], input=line.encode(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def steady(binary, text):
    return min(cpu_seconds(binary, text) for _ in range(3))


def main():
    binary, bad = sys.argv[1], 0
    start = steady(binary, "a")
    print(f"start-up {1000 * start:.0f} ms; milliseconds above it:\n{'':22}{'4 KB':>8}{'40 KB':>8}{'400 KB':>8}  growth")
    for shape, make in SHAPES.items():
        times = [max(steady(binary, make(n)) - start, 0) for n in (1, 10, 100)]
        growth = times[2] / max(10 * times[1], 10 * LEAST_S)
        bad += growth > MOST
        print(f"{shape:22}" + "".join(f"{1000 * t:8.0f}" for t in times) + f"{growth:8.2f}{'  !' if growth > MOST else ''}")
    paragraph = SHAPES["one paragraph"](640)
    seconds = cpu_seconds(binary, paragraph) - start
    print(f"one paragraph of {len(paragraph.encode()) / 1e6:.1f} MB: {seconds:.2f} s, "
          f"{len(paragraph.split()) / seconds:,.0f} words a second")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
