#!/usr/bin/python3
"""CPU time per request of the four main GETs, beside nginx serving static files of the same sizes.

Builds an archive from the sample articles (paragraphs dealt anew under many ids), starts guillemet and nginx on the
loopback, lets wrk ask both in turn, and reads user + system time of the servers from /proc. Medians of interleaved
rounds, because the machine is seldom ours alone: trust the ratio more than the figure.
"""
import argparse
import json
import os
import pathlib
import random
import re
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

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {
    "list": "GET /articles (a page of 20)",
    "article": "GET /articles/{id}",
    "entity": "GET /entities/{id}",
    "quotes": "GET /entities/{id}/quotes (20)",
}


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


def write_archive(folder, count):
    """Articles of real shape and size: a sample's title, paragraphs of several samples in the same language."""
    deal = random.Random(1)
    pools = {}
    for path in sorted((ROOT / "tests" / "samples").glob("*.txt")):
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        pools.setdefault(path.name[:2], []).append(lines)
    folder.mkdir()
    for n in range(count):
        lang = "fr" if n % 3 else "en"
        base = deal.choice(pools[lang])
        body = base[2:-1]
        other = deal.choice(pools[lang])[2:-1]
        body = body[:6] + deal.sample(other, min(4, len(other)))
        text = "\n\n".join([f"{base[0]} ({n})", base[1], *body])
        document = {"external_id": f"bench-{n}", "source": f"Journal {n % 7}", "lang": lang,
                    "published_at": f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}T08:00:00Z", "text": text}
        (folder / f"{n:05d}.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


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
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
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

    print(f"{'request':34} {'bytes':>7} {'guillemet':>12} {'nginx':>12} {'ratio':>7}")
    for kind, row in result["requests"].items():
        print(f"{KINDS[kind]:34} {row['bytes']:7} {row['guillemet_us']:9.1f} µs {row['nginx_us']:9.1f} µs {row['ratio']:7.2f}")
    print(f"CPU time per request, user + system, medians of {options.rounds} rounds; {options.articles} articles")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=2) + "\n")
        print(f"written to {options.json}")


def start(processes, port, what, *command, log):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    processes.append(process)
    wait_open(port, process, what)
    return process


def measure(options, work, processes):
    write_archive(work / "articles", options.articles)
    db = work / "bench.db"
    with open(work / "log", "wb") as log:
        subprocess.run([options.guillemet, "migrate", "up", "--db", str(db)], check=True, stdout=log)
        began = time.monotonic()
        subprocess.run([options.guillemet, "ingest", "--db", str(db), str(work / "articles")], check=True, stdout=log)
        print(f"ingested {options.articles} articles in {time.monotonic() - began:.1f} s", flush=True)

        port = free_port()
        ours = start(processes, port, "guillemet", options.guillemet, "serve", "--db", str(db), "--listen",
                     f"127.0.0.1:{port}", "--log-level", "warn", log=log)
        base = f"http://127.0.0.1:{port}"
        asked = targets(base)

        static = work / "static"
        static.mkdir()
        files, sizes = {}, {}
        for kind, paths in asked.items():
            if not paths:
                sys.exit(f"bench: the archive has nothing to ask for {KINDS[kind]}")
            files[kind], lengths = [], []
            for n, path in enumerate(paths):
                body = get(base, path)
                (static / f"{kind}{n}.json").write_bytes(body)
                files[kind].append(f"/{kind}{n}.json")
                lengths.append(len(body))
            sizes[kind] = round(statistics.mean(lengths))

        nginx_port = free_port()
        owner = "user root;\n" if os.getuid() == 0 else ""
        (work / "nginx.conf").write_text(
            f"{owner}worker_processes 2;\npid {work}/nginx.pid;\nerror_log {work}/nginx.log;\n"
            "events { worker_connections 512; }\n"
            f"http {{ access_log off; sendfile on; keepalive_requests 10000000; types {{ application/json json; }}\n"
            f"  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;\n"
            f"  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;\n"
            f"  server {{ listen 127.0.0.1:{nginx_port}; root {static}; }} }}\n")
        nginx = start(processes, nginx_port, "nginx", shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"),
                      "-p", str(work), "-c", str(work / "nginx.conf"), "-g", "daemon off;", log=log)
        nginx_base = f"http://127.0.0.1:{nginx_port}"

        script = work / "paths.lua"
        taken = {kind: {"guillemet": [], "nginx": []} for kind in KINDS}
        for kind in KINDS:  # warm both
            wrk(base, script, asked[kind], 1)
        for number in range(options.rounds):
            for kind in KINDS:
                for name, process, where, paths in (("guillemet", ours, base, asked[kind]),
                                                    ("nginx", nginx, nginx_base, files[kind])):
                    before = cpu_seconds(process.pid)
                    requests = wrk(where, script, paths, options.seconds)
                    taken[kind][name].append((cpu_seconds(process.pid) - before) / requests * 1e6)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)

    rows = {}
    for kind in KINDS:
        mine, theirs = (statistics.median(taken[kind][name]) for name in ("guillemet", "nginx"))
        rows[kind] = {"bytes": sizes[kind], "guillemet_us": round(mine, 2), "nginx_us": round(theirs, 2),
                      "ratio": round(mine / theirs, 3), "rounds": taken[kind]}
    return {"articles": options.articles, "rounds": options.rounds, "seconds": options.seconds, "requests": rows}


if __name__ == "__main__":
    main()
