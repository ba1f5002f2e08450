#!/usr/bin/python3
"""Instructions per request of the main GETs, compared with those that are committed (instructions.json): ±5 %, a search ±20 %.

    instructions.py --guillemet build/release/guillemet            check; exit 1 when a count has moved, 77 when it can't be told
    instructions.py --guillemet build/release/guillemet --update   write instructions.json anew

Timings depend on the machine and what else it does; instructions don't. An archive of synthetic articles is made with the
binary under test and served under callgrind by one thread; each kind of request is asked n times and 2 n times, and the
difference over n is what one costs: start-up, idle ticks and the marks drop out. Counts depend on compiler and libraries, so
the baseline names those it was taken with; with others nothing is compared, and that is said. The kernel's part isn't
counted: `make bench` measures that as time.

An improvement fails as well as a regression: the new count is the one that must be held from then on.
"""
import argparse
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import archives
import asked
import callgrind
import loopback
import synthetic

BASELINE = loopback.ROOT / "tests" / "bench" / "instructions.json"
TOLERANCE = 0.05
# What reads FTS5 counts up to 15 % more on a machine that is busy with other work: FTS5 then reads its own state anew within a statement.
WIDER = {"search": 0.2}
ARTICLES = 400
SMOKE = {"articles": 120, "times": 4, "forms": 2}
PACKAGES = {"libc6": "glibc", "libmicrohttpd12": "libmicrohttpd", "libsqlite3-0": "SQLite", "valgrind": "valgrind"}
# Kept replies, asked from the server as it comes: of the list, and with its ETag.
# They cost so little that an idle tick would show.
KEPT_TIMES = 8
KEPT = ("list_kept", "list_not_modified")


def taken_with(binary):
    """What counts depend on, beside the code: architecture, compiler (as the binary names it), upstream versions of libraries."""
    comment = subprocess.run(["readelf", "-p", ".comment", str(binary)], capture_output=True, text=True, check=True).stdout
    compilers = sorted({f"{name} {version}" for name, version in re.findall(r"(GCC|clang)\b.*?\b(\d+\.\d+\.\d+)$", comment, re.MULTILINE)})
    found = {"machine": platform.machine(), "compiler": ", ".join(compilers) or "unknown"}
    for package, name in PACKAGES.items():
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True).stdout
        found[name] = re.sub(r"^\d+:|-[^-]*$", "", version) or "unknown"
    return found


def requests_of(binary, db, folder, forms):
    """Asked natively: under valgrind it would take long."""
    processes = []
    options = argparse.Namespace(guillemet=str(binary))
    try:
        with open(folder / "serve.log", "wb") as log:
            _, base = loopback.start_guillemet(options, db, processes, log)
            return asked.main_requests(base, forms)
    finally:
        loopback.stop(processes)


def count(server, addresses, times, headers=None, status=200, tries=1):
    """(instructions per request, the part of 2 × times requests). Of several tries the least: what ticks meanwhile adds to them."""
    def ask(n):
        """n more, and what they cost."""
        for i in range(n):
            server.ask(addresses[i % len(addresses)], headers, status)
        return server.mark()

    ask(2 * len(addresses))  # statements are prepared, pages are in memory
    once = min((ask(times) for _ in range(tries)), key=callgrind.total)
    twice = min((ask(2 * times) for _ in range(tries)), key=callgrind.total)
    return (callgrind.total(twice) - callgrind.total(once)) / times, twice


def measure(binary, folder, articles=ARTICLES, times=40, forms=10, only=None, keep=None):
    """{kind: instructions per request}; `keep(kind, part, requests)` sees each part."""
    folder.mkdir(exist_ok=True)
    db = folder / "archive.db"
    # One worker, so that the rows are in the same order each time.
    archives.make(argparse.Namespace(guillemet=str(binary)), db, articles, "--workers", "1", form=synthetic.articles)
    kinds = requests_of(binary, db, folder, forms)
    counts = {}
    with callgrind.Server(binary, db, folder / "cold", "--cache-size", "0") as server:
        for kind, addresses in kinds.items():
            if not only or kind in only:
                counts[kind], part = count(server, addresses, times)
                if keep:
                    keep(kind, part, 2 * times)
    if only and not set(only) & set(KEPT):
        return {kind: round(n) for kind, n in counts.items()}
    with callgrind.Server(binary, db, folder / "kept") as server:
        one = kinds["list"][:1]
        etag = server.ask(one[0])[0].getheader("ETag")
        for kind in KEPT:
            if not only or kind in only:
                headers = {"If-None-Match": etag} if kind == "list_not_modified" else {}
                counts[kind], part = count(server, one, KEPT_TIMES * times, headers, 304 if headers else 200, tries=3)
                if keep:
                    keep(kind, part, 2 * KEPT_TIMES * times)
    return {kind: round(n) for kind, n in counts.items()}


def compare(counts, baseline):
    """Lines of a table, and whether all is as it was."""
    lines, same = [f"{'instructions per request':26} {'baseline':>10} {'now':>10} {'change':>8}"], True
    for kind in sorted(counts.keys() | baseline.keys(), key=lambda k: list(counts | baseline).index(k)):
        was, now = baseline.get(kind), counts.get(kind)
        if was is None or now is None:
            lines.append(f"{kind:26} {was or '-':>10} {now or '-':>10}  only in one of them: make bench-instructions-update")
            same = False
            continue
        change = now / was - 1
        moved = abs(change) > WIDER.get(kind, TOLERANCE)
        same = same and not moved
        lines.append(f"{kind:26} {was:10,} {now:10,} {change:+8.1%}{'  moved' if moved else ''}")
    return lines, same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guillemet", default=str(loopback.ROOT / "build" / "release" / "guillemet"))
    parser.add_argument("--update", action="store_true", help="write the baseline anew")
    parser.add_argument("--baseline", type=pathlib.Path, default=BASELINE)
    parser.add_argument("--smoke", action="store_true", help="few requests on a small archive: whether this program works")
    options = parser.parse_args()
    binary = pathlib.Path(options.guillemet).resolve()
    if not loopback.program("valgrind"):
        print("valgrind is not installed: make bench-instructions installs it")
        return 77
    environment = taken_with(binary)
    baseline = json.loads(options.baseline.read_text()) if options.baseline.exists() else None
    if not options.update:
        if not baseline:
            print(f"{options.baseline} is missing: make bench-instructions-update writes it")
            return 1
        if baseline["taken_with"] != environment:
            print(f"the baseline was taken with {baseline['taken_with']}\nthis is                     {environment}\n"
                  "nothing is compared: counts of other compilers and libraries differ")
            return 77
    with tempfile.TemporaryDirectory(prefix="guillemet-instructions-") as folder:
        counts = measure(binary, pathlib.Path(folder), **(SMOKE if options.smoke else {}))
    lines, same = compare(counts, baseline["requests"] if baseline else {})
    print("\n".join(lines))
    if options.update:
        options.baseline.write_text(json.dumps({"taken_with": environment, "requests": counts}, indent=2) + "\n")
        print(f"written to {options.baseline}")
        return 0
    if not same:
        print(f"more than {TOLERANCE:.0%} (search: {WIDER['search']:.0%}) from the baseline. If that is meant: make bench-instructions-update, and commit instructions.json")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
