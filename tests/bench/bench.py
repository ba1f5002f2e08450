#!/usr/bin/python3
"""guillemet beside what a user might take instead, on one machine, in one run, with the same data.

    bench.py [--guillemet build/release/guillemet]     measure: build/bench/result.json, result.md, result.svg
    bench.py --archive-only                            make the archives that it measures on, and stop
    bench.py --readme                                  write the last result into README.md, measure nothing

Contenders: guillemet as it comes ("kept": replies are sent again while the archive is unchanged) and with --cache-size 0
("cold": each is made anew); nginx with the same replies as files; libmicrohttpd with a constant body of that size
(peers/constant.c); Fastify with better-sqlite3 and FastAPI with uvicorn, two processes each, on a database of their own with the
same data, whose replies are compared with guillemet's before anything is measured. All on the loopback of a machine that
wrk shares. CPU time is user + system of the server's processes. Medians of interleaved rounds: trust ratios more than figures.

What can't be installed is left out, and that is said. Exit status: 0 when it was measured, whatever the figures; 1 when it
wasn't; with --strict 3 when a target is missed.
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import archives
import loopback
import measures
import peers
import report
from loopback import cpu_seconds, get, start_guillemet  # noqa: F401 (of this name in other benchmarks)

RESULT = archives.FOLDER / "result.json"


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guillemet", default=str(loopback.ROOT / "build" / "release" / "guillemet"))
    parser.add_argument("--small", type=int, default=10_000, help="articles of the smaller archive")
    parser.add_argument("--large", type=int, default=100_000, help="of the larger one, on which the contenders are measured")
    parser.add_argument("--long", action="store_true", help="growth up to 1,000,000 articles: hours the first time")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--json", type=pathlib.Path, default=RESULT, help="the figures; .md and .svg are written beside them")
    parser.add_argument("--archive-only", action="store_true")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="small archives, one short round: whether this program works")
    options = parser.parse_args(arguments)
    if options.smoke:
        options.small, options.large = min(options.small, 150), min(options.large, 400)
    options.guillemet = str(pathlib.Path(options.guillemet).resolve())
    return options


def sizes_of(options):
    return [options.small, options.large, *([1_000_000] if options.long else [])]


def peers_database(options, db):
    """Beside the archive, under its name and that of the program that exports it."""
    made_by = hashlib.sha256(pathlib.Path(options.guillemet).read_bytes() + pathlib.Path(peers.__file__).read_bytes()).hexdigest()
    path = db.with_name(f"{db.stem}-{made_by[:12]}.peers")
    if not path.exists():
        for old in archives.FOLDER.glob(f"archive-{options.large}-*.peers"):
            old.unlink()
        processes = []
        print("exporting it for the peers", file=sys.stderr, flush=True)
        with open(archives.FOLDER / "export.log", "wb") as log:
            try:
                peers.fill(loopback.start_guillemet(options, db, processes, log)[1], path)
            finally:
                loopback.stop(processes)
    return path


def install_peers(options):
    """{name: why} of those that can't be had here."""
    absent = {}
    for name, (install, _) in peers.PEERS.items():
        try:
            install(archives.FOLDER, not options.smoke)
        except (peers.Absent, OSError, subprocess.TimeoutExpired) as why:
            absent[name] = str(why)
            print(f"bench: {name} will be left out: {why}", file=sys.stderr, flush=True)
    return absent


def prepare(options):
    """({size: archive}, {size: how it was made}, the peers' database, {peer: why it is absent})."""
    absent = install_peers(options)
    made = {size: archives.kept(options, size) for size in sizes_of(options)}
    database = peers_database(options, made[options.large][0])
    return {size: db for size, (db, _) in made.items()}, {size: about for size, (_, about) in made.items()}, database, absent


def measure(options, work):
    dbs, about, database, absent = prepare(options)
    began, processes = time.monotonic(), []
    with open(archives.FOLDER / "servers.log", "wb") as log:
        setting = measures.Setting(options, work, log)
        result = {"when": time.strftime("%Y-%m-%d", time.gmtime()), "machine": measures.machine(), "articles": options.large, "smoke": options.smoke,
                  "rounds": setting.rounds, "archives": {str(size): a for size, a in about.items()}}
        large = dbs[options.large]
        try:
            result["contenders"] = measures.contenders(setting, large, database, absent, processes)
            loopback.stop(processes)
            result["growth"] = measures.growth(setting, dbs, processes)
            loopback.stop(processes)
            result["first_answer_ms"] = measures.first_answer_ms(setting, large)
            result["beside_ingest"] = measures.beside_ingest(setting, large, processes)
            loopback.stop(processes)
            result["ingest"] = measures.ingest_cost(setting, dbs[options.small])
            result["instructions"] = measures.where_it_goes(setting)
        finally:
            loopback.stop(processes)
    result["took_s"] = round(time.monotonic() - began)
    result["machine"]["load_after"] = measures.machine()["load"]
    return result


def main():
    options = options_of(sys.argv[1:])
    if options.readme:
        return report.into_readme(options.json)
    for tool in ("wrk", "nginx"):
        if not options.archive_only and not loopback.program(tool):
            sys.exit(f"bench: {tool} is missing; make deps-bench installs it")
    archives.FOLDER.mkdir(parents=True, exist_ok=True)
    if options.archive_only:
        prepare(options)
        return 0
    work = pathlib.Path(tempfile.mkdtemp(prefix="measured-", dir=archives.FOLDER))
    try:
        result = measure(options, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    result["targets"] = report.targets(result)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    options.json.with_suffix(".md").write_text(report.markdown(result))
    options.json.with_suffix(".svg").write_text(report.chart(result))
    print("\n" + report.markdown(result))
    print(f"written to {options.json}, and .md and .svg beside it; make bench-readme puts them into README.md")
    return 3 if options.strict and not all(t["met"] for t in result["targets"] if t["met"] is not None) else 0


if __name__ == "__main__":
    sys.exit(main())
