#!/usr/bin/python3
"""Where the instructions of each main request go, and those of ingesting: HTTP, SQLite, JSON, and our layers.

    hotspots.py --guillemet build/release/guillemet [--only list --only article] [--top 15] [--json FILE]

As instructions.py counts them: callgrind, one thread, no cache but for the last two kinds. What libc does (memcpy, malloc,
printf) belongs to who called it. With --top, the functions themselves: what they cost alone and with all they call.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import callgrind
import instructions
import loopback
import synthetic

# (group, part of the object's name, beginning of the file's): the first that fits; None: the callers' share.
GROUPS = [("libmicrohttpd", "libmicrohttpd", ""), ("SQLite", "libsqlite3", ""), ("http/", "guillemet", "server/http/"),
          ("JSON", "guillemet", "server/base/jsonw"), ("JSON", "guillemet", "server/base/buf"), ("JSON", "libjansson", ""),
          ("store/", "guillemet", "server/store/"), ("api/", "guillemet", "server/api/"), ("analyse/", "guillemet", "server/analyse/"),
          ("ingest/", "guillemet", "server/ingest/"), ("text/", "guillemet", "server/text/"), ("text/", "libutf8proc", ""),
          ("text/", "libmd", ""), ("base/", "guillemet", "server/base/"), (None, "libc.so", ""), (None, "libm.so", ""), (None, "ld-linux", "")]
REQUEST_COLUMNS = ["libmicrohttpd", "http/", "SQLite", "store/", "JSON", "api/", "text/", "base/", "other"]
INGEST_COLUMNS = ["ingest/", "analyse/", "text/", "SQLite", "store/", "JSON", "base/", "other"]


def group_of(function):
    obj, file, _ = function
    obj, file = pathlib.Path(obj).name, file.removeprefix("./")
    return next((group for group, o, f in GROUPS if o in obj and file.startswith(f)), "other")


def split(profile):
    """Instructions by group; libc's are shared out to its callers by what their calls cost."""
    callers = collections.defaultdict(collections.Counter)
    for caller, calls in profile.calls.items():
        for callee, cost in calls.items():
            if caller != callee:
                callers[callee][caller] += cost
    shares = {}

    def share(function):
        if function not in shares:
            group = group_of(function)
            if group is not None:
                shares[function] = {group: 1.0}
            else:
                shares[function] = {"other": 1.0}  # while its callers are looked at: they may call each other
                found, whole = collections.Counter(), sum(callers[function].values())
                for caller, cost in callers[function].items():
                    for group, part in share(caller).items():
                        found[group] += part * cost / whole
                if whole:
                    shares[function] = dict(found)
        return shares[function]

    total = collections.Counter()
    for function, own in profile.own.items():
        for group, part in share(function).items():
            total[group] += own * part
    return total


def top(profile, per, count):
    """Lines: the functions that cost most alone, and with what they call."""
    whole = profile.total()
    named = lambda f: f"{f[2]} ({f[1].removeprefix('./') if 'guillemet' in f[0] else pathlib.Path(f[0]).name.split('.')[0]})"
    lines = []
    for what, costs in (("alone", profile.own), ("with what they call", {f: n for f, n in profile.inclusive().items() if "guillemet" in f[0]})):
        lines.append(f"  {what}:")
        for function, cost in sorted(costs.items(), key=lambda pair: -pair[1])[:count]:
            lines.append(f"  {cost / per:12,.0f} {cost / whole:6.1%}  {named(function)}")
    return lines


def row(columns, name, parts, per):
    return f"{name:18} {sum(parts.values()) / per:12,.0f} " + " ".join(f"{parts[c] / sum(parts.values()):14.1%}" for c in columns)


def head(columns, what):
    return f"{what:18} {'instructions':>12} " + " ".join(f"{c:>14}" for c in columns)


def stages(profile, name):
    """Lines: what the cost of a function is made of, that is what it calls; one that only hands on is looked through."""
    function = next((f for f in profile.calls if f[2] == name), None)
    if function is None:
        return [f"  {name}: never called"]
    calls = profile.calls[function]
    whole = sum(calls.values()) + profile.own[function]
    foremost, cost = calls.most_common(1)[0]
    if cost > 0.95 * whole and foremost in profile.calls:
        return stages(profile, foremost[2])
    return [f"  {name}:", *(f"  {cost / whole:20.1%}  {callee[2]}" for callee, cost in calls.most_common() if cost > whole / 200)]


def ingesting(binary, folder, articles):
    """The profile of an ingest by one worker, start-up included."""
    source = folder / "ingest.ndjson"
    synthetic.write(source, articles)
    for old in folder.glob("ingest.out*"):
        old.unlink()
    callgrind.run([str(binary), "ingest", "--quiet", "--workers", "1", "--db", str(folder / "ingest.db"), str(source)], folder / "ingest.out")
    return callgrind.Profile(folder / "ingest.out")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guillemet", default=str(loopback.ROOT / "build" / "release" / "guillemet"))
    parser.add_argument("--only", action="append", help="this kind of request (or ingest); may be given again")
    parser.add_argument("--top", type=int, default=0, help="also this many functions of each")
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument("--smoke", action="store_true", help="few requests on a small archive: whether this program works")
    options = parser.parse_args()
    binary = pathlib.Path(options.guillemet).resolve()
    if not loopback.program("valgrind"):
        sys.exit("valgrind is not installed: make profile installs it")
    found = {}

    def keep(kind, part, per):
        profile = callgrind.Profile(part)
        parts = split(profile)
        found[kind] = {group: round(n / per) for group, n in parts.items()}
        print(row(REQUEST_COLUMNS, kind, parts, per), flush=True)
        print("\n".join(top(profile, per, options.top)) + "\n" if options.top else "", end="")

    with tempfile.TemporaryDirectory(prefix="guillemet-hotspots-") as folder:
        folder = pathlib.Path(folder)
        if options.only != ["ingest"]:
            print(head(REQUEST_COLUMNS, "one request"))
            instructions.measure(binary, folder, only=options.only, keep=keep, **(instructions.SMOKE if options.smoke else {}))
        if not options.only or "ingest" in options.only:
            articles = 30 if options.smoke else 200
            profile = ingesting(binary, folder, articles)
            parts = split(profile)
            found["ingest"] = {group: round(n / articles) for group, n in parts.items()}
            print("\n" + head(INGEST_COLUMNS, "one article"))
            print(row(INGEST_COLUMNS, "ingest", parts, articles))
            for name in ("analyse_document", "put_run"):
                print("\n".join(stages(profile, name)))
            print("\n".join(top(profile, articles, options.top or 15)))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
