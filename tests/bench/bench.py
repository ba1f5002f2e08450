#!/usr/bin/python3
"""CPU time per request of the four main GETs, beside nginx serving static files of the same sizes.

Fills an archive with synthetic articles (synthetic.py), serves it twice, as it comes and with --cache-size 0 ("cold": each
reply is made anew), and the same replies as files by nginx, all on the loopback. wrk asks them in turn, and the user +
system time of the servers is read from /proc. Medians of interleaved rounds, because the machine is seldom ours alone:
trust the ratio more than the figure. Targets are printed beside the figures and don't fail anything.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import synthetic

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {
    "list": "GET /articles (a page of 20)",
    "article": "GET /articles/{id}",
    "entity": "GET /entities/{id}",
    "quotes": "GET /entities/{id}/quotes (20)",
}

# CPU time as a multiple of nginx's.
CACHED_TARGET = 1.4
COLD_TARGETS = {"list": 3.0, "article": 1.6, "entity": 1.6, "quotes": 4.0}
RSS_TARGET_MIB = 64 + 16  # and the cache's own 16 MiB


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_open(port, process, what):
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"bench: {what} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"bench: {what} does not listen")


def family(pid):
    """A process and its children: nginx works in children."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid):
    ticks = 0
    for one in family(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime
    return ticks / TICKS


def get(base, target):
    with urllib.request.urlopen(base + target, timeout=30) as reply:
        return reply.read()


def targets(base):
    """Up to 50 different requests of each kind, so that no server answers one thing from its hand."""
    found = {kind: [] for kind in KINDS}
    cursor = "/articles?limit=20"
    ids = []
    while cursor and len(found["list"]) < 20:
        page = json.loads(get(base, cursor))
        found["list"].append(cursor)
        ids += [item["id"] for item in page["items"]]
        following = page["next_cursor"]
        cursor = following and "/articles?" + urllib.parse.urlencode({"limit": 20, "cursor": following})
    found["article"] = [f"/articles/{i}" for i in ids[:50]]
    entities = json.loads(get(base, "/entities?limit=50"))["items"]
    found["entity"] = [f"/entities/{e['id']}" for e in entities]
    found["quotes"] = [f"/entities/{e['id']}/quotes?limit=20" for e in entities if e["quotes_by"] > 0]
    return found


def wrk(base, script, paths, seconds):
    """Requests answered within `seconds`; anything but 2xx stops the benchmark."""
    listed = ",".join(json.dumps(p) for p in paths)
    script.write_text(f"local paths = {{{listed}}}\nlocal n = 0\n"
                      "function request()\n  n = n % #paths + 1\n  return wrk.format('GET', paths[n])\nend\n")
    said = subprocess.run(["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), base], check=True,
                          capture_output=True, text=True, timeout=seconds + 30).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"bench: {base} failed some requests:\n{said}")
    return int(re.search(r"(\d+) requests in", said).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guillemet", default=str(ROOT / "build" / "guillemet"))
    parser.add_argument("--articles", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=1, help="of each measurement")
    parser.add_argument("--json", help="also write the result to this file")
    options = parser.parse_args()
    for tool in ("wrk", "nginx"):
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin"):
            sys.exit(f"bench: {tool} is missing; make bench installs it")

    work = pathlib.Path(tempfile.mkdtemp(prefix="guillemet-bench-"))
    processes = []
    try:
        result = measure(options, work, processes)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(work)

    print(f"{'µs of CPU per request (× nginx)':34} {'bytes':>7} {'nginx':>7} {'cached':>15} {'target':>7} {'cold':>15} {'target':>7}")
    for kind, row in result["requests"].items():
        print(f"{KINDS[kind]:34} {row['bytes']:7} {row['nginx_us']:7.1f} {row['cached_us']:7.1f} ({row['cached_ratio']:5.2f}) "
              f"{CACHED_TARGET:7.1f} {row['cold_us']:7.1f} ({row['cold_ratio']:5.2f}) {COLD_TARGETS[kind]:7.1f}")
    print(f"memory of its own (RssAnon) after all this: {result['rss_mib']:.0f} MiB, target {RSS_TARGET_MIB} MiB")
    print(f"user + system, medians of {options.rounds} rounds; {options.articles} articles, ingested in {result['ingest_s']:.0f} s "
          f"({result['ingest_cpu_us'] / 1000:.1f} ms of CPU each); database {result['database_ratio']:.1f} × the text")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=2) + "\n")
        print(f"written to {options.json}")


def start(processes, port, what, *command, log):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    processes.append(process)
    wait_open(port, process, what)
    return process


def ingest(options, work, db, log):
    source = work / "articles.ndjson"
    synthetic.write(source, options.articles)
    subprocess.run([options.guillemet, "migrate", "up", "--db", str(db)], check=True, stdout=log)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([options.guillemet, "ingest", "--db", str(db), str(source)], check=True, stdout=log)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = time.monotonic() - began
    print(f"ingested {options.articles} articles in {seconds:.1f} s", flush=True)
    text = sum(len(json.loads(line)["text"].encode()) for line in source.open(encoding="utf-8"))
    return {"ingest_s": round(seconds, 1), "ingest_cpu_us": round(cpu / options.articles * 1e6),
            "database_ratio": round(db.stat().st_size / text, 2)}


def start_nginx(work, processes, log):
    """Serves work/static; its process and base."""
    port = free_port()
    owner = "user root;\n" if os.getuid() == 0 else ""
    (work / "nginx.conf").write_text(
        f"{owner}worker_processes 2;\npid {work}/nginx.pid;\nerror_log {work}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 10000000; types {{ application/json json; }}\n"
        f"  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;\n"
        f"  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;\n"
        f"  server {{ listen 127.0.0.1:{port}; root {work}/static; }} }}\n")
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    process = start(processes, port, "nginx", program, "-p", str(work), "-c", str(work / "nginx.conf"), "-g", "daemon off;", log=log)
    return process, f"http://127.0.0.1:{port}"


def start_guillemet(options, db, processes, log, *more):
    port = free_port()
    process = start(processes, port, "guillemet", options.guillemet, "serve", "--db", str(db), "--listen", f"127.0.0.1:{port}",
                    "--log-level", "warn", *more, log=log)
    return process, f"http://127.0.0.1:{port}"


def save_replies(base, asked, static):
    """The replies as files for nginx: their paths and mean sizes by kind."""
    static.mkdir()
    files, sizes = {}, {}
    for kind, paths in asked.items():
        if not paths:
            sys.exit(f"bench: the archive has nothing to ask for {KINDS[kind]}")
        bodies = [get(base, path) for path in paths]
        for n, body in enumerate(bodies):
            (static / f"{kind}{n}.json").write_bytes(body)
        files[kind] = [f"/{kind}{n}.json" for n in range(len(bodies))]
        sizes[kind] = round(statistics.mean(map(len, bodies)))
    return files, sizes


def own_memory_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1)) / 1024


def measure(options, work, processes):
    db = work / "bench.db"
    with open(work / "log", "wb") as log:
        result = ingest(options, work, db, log)
        servers = {"cached": start_guillemet(options, db, processes, log),
                   "cold": start_guillemet(options, db, processes, log, "--cache-size", "0")}
        asked = targets(servers["cold"][1])
        files, sizes = save_replies(servers["cold"][1], asked, work / "static")
        servers["nginx"] = start_nginx(work, processes, log)
        taken = {kind: {name: [] for name in servers} for kind in KINDS}
        for number in range(options.rounds + 1):  # the first one warms up
            for kind in KINDS:
                for name, (process, base) in servers.items():
                    before = cpu_seconds(process.pid)
                    paths = files[kind] if name == "nginx" else asked[kind]
                    requests = wrk(base, work / "paths.lua", paths, options.seconds)
                    if number > 0:
                        taken[kind][name].append((cpu_seconds(process.pid) - before) / requests * 1e6)
            print(f"round {number} of {options.rounds}", file=sys.stderr, flush=True)
        result["rss_mib"] = round(own_memory_mib(servers["cached"][0].pid), 1)

    rows = {}
    for kind in KINDS:
        us = {name: statistics.median(taken[kind][name]) for name in servers}
        rows[kind] = {"bytes": sizes[kind], **{f"{name}_us": round(us[name], 2) for name in servers},
                      **{f"{name}_ratio": round(us[name] / us["nginx"], 3) for name in ("cached", "cold")},
                      "cached_target": CACHED_TARGET, "cold_target": COLD_TARGETS[kind], "rounds": taken[kind]}
    return {**result, "articles": options.articles, "rounds": options.rounds, "seconds": options.seconds, "requests": rows}


if __name__ == "__main__":
    main()
