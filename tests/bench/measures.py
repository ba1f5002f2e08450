"""What bench.py measures, one function each: they take a Setting, and return plain figures."""
import json
import pathlib
import random
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.request

import archives
import asked
import callgrind
import hotspots
import instructions
import load
import loopback
import peers
import synthetic

KINDS = ("list", "article", "entity", "quotes")
PROFILED = {"list": "list", "article": "article", "entity": "entity", "entity_quotes": "quotes"}  # as instructions.py names them


class Setting:
    """Where things are, and how long to measure. `smoke` makes all of it short."""

    def __init__(self, options, work, log):
        self.guillemet, self.smoke = options.guillemet, options.smoke
        self.work, self.log, self.cache = work, log, archives.FOLDER
        self.rounds = options.rounds or (1 if options.smoke else 5)
        self.first = 1 if options.smoke else 0  # the round before it warms up
        self.seconds = 1
        self.script = work / "paths.lua"

    def weigh(self, server, paths, connections=64):
        process, base = server
        return load.weigh(process, base, self.script, paths, self.seconds, connections)


def middle(rows):
    """The median of each figure of several measurements."""
    return {key: round(statistics.median(row[key] for row in rows), 3) for key in rows[0]}


# ---- the contenders beside each other


def pages_of(base, path, count):
    return asked.pages(base, path, count, limit=20)[0]


def addresses(base, entities, article_ids, pages):
    """What one server is asked; cursors are its own."""
    return {"list": pages_of(base, "/articles", pages), "article": [f"/articles/{i}" for i in article_ids],
            "entity": [f"/entities/{i}" for i in entities], "quotes": [f"/entities/{i}/quotes?limit=20" for i in entities]}


def days(count):
    """Some of the days that the synthetic articles are of, in a fixed disorder."""
    every = [f"{2020 + n % 6}-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(84)]
    return random.Random(5).choices(every, k=count)


def spread(base, count):
    """Ids of articles from all over the archive, not only its newest."""
    found = {}
    for day in days(count):
        items = loopback.get_json(base, f"/articles?date={day}&limit=100")["items"]
        if items:
            found[items[len(found) % len(items)]["id"]] = None
    return list(found)


def speakers(base, count):
    """The best known that have said at least a page of things."""
    listed = loopback.get_json(base, "/entities?sort=articles&limit=500")["items"]
    return [e["id"] for e in listed if e["quotes_by"] >= 20][:count]


def check_same(name, mine, theirs, kinds):
    """Every address of every kind: the same JSON, but for where the next page is."""
    for kind in KINDS:
        for own, other in zip(kinds["guillemet"][kind], kinds[name][kind]):
            found = peers.difference(peers.settled(loopback.get(mine, own)), peers.settled(loopback.get(theirs, other)))
            if found:
                raise peers.Absent(f"{other} is not what guillemet answers: {found}")


def save_files(base, asked_for, static):
    """The replies as files for nginx: {kind: paths}, {kind: mean bytes}."""
    static.mkdir()
    files, sizes = {}, {}
    for kind, paths in asked_for.items():
        bodies = [loopback.get(base, path) for path in paths]
        for n, body in enumerate(bodies):
            (static / f"{kind}{n}.json").write_bytes(body)
        files[kind] = [f"/{kind}{n}.json" for n in range(len(bodies))]
        sizes[kind] = round(statistics.mean(map(len, bodies)))
    return files, sizes


def start_peers(setting, base, database, entities, ids, pages, absent, processes, kinds):
    """{name: {kind: server}} of those that can be had and answer alike; {name: why} of the others."""
    servers, absent = {}, dict(absent)
    for name, (_, start) in peers.PEERS.items():
        own = []
        if name in absent:
            continue
        try:
            server = start(setting.cache, database, own, setting.log)
            kinds[name] = addresses(server[1], entities, ids, pages)
            check_same(name, base, server[1], kinds)
            servers[name] = dict.fromkeys(KINDS, server)
            processes += own
        except (peers.Absent, OSError, SystemExit) as why:
            loopback.stop(own)
            absent[name] = str(why)
    return servers, absent


def analyse_both(base):
    """A text of each language, so that both are loaded before memory is looked at."""
    for document in synthetic.reports(3):
        request = urllib.request.Request(f"{base}/analyse?lang={document['lang']}", document["text"].encode(), {"Content-Type": "text/plain; charset=utf-8"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            reply.read()


def start_all(setting, db, database, absent, processes):
    """(servers by contender and kind, what each is asked, the replies' mean sizes, {contender: why it is absent})."""
    entities_wanted, pages = (5, 3) if setting.smoke else (50, 20)
    servers = {"kept": dict.fromkeys(KINDS, loopback.start_guillemet(setting, db, processes, setting.log)),
               "cold": dict.fromkeys(KINDS, loopback.start_guillemet(setting, db, processes, setting.log, "--cache-size", "0"))}
    base = servers["cold"]["list"][1]
    entities, ids = speakers(base, entities_wanted), spread(base, entities_wanted)
    if not entities or not ids:
        raise SystemExit("bench: the archive is too small: nobody in it has said twenty things")
    kinds = {"guillemet": addresses(base, entities, ids, pages)}
    kinds["kept"] = kinds["cold"] = kinds["guillemet"]
    files, sizes = save_files(base, kinds["guillemet"], setting.work / "static")
    kinds["nginx"], kinds["constant"] = files, dict.fromkeys(KINDS, ["/"])
    try:
        servers["nginx"] = dict.fromkeys(KINDS, peers.start_nginx(setting.work, processes, setting.log))
        servers["constant"] = {kind: peers.start_constant(setting.cache, sizes[kind], processes, setting.log) for kind in KINDS}
    except peers.Absent as why:
        absent = {**absent, "constant" if "nginx" in servers else "nginx": str(why)}
    more, absent = start_peers(setting, base, database, entities, ids, pages, absent, processes, kinds)
    for name, why in absent.items():
        print(f"left out: {name}: {why}", flush=True)
    return servers | more, kinds, sizes, absent


def in_rounds(setting, servers, kinds, absent):
    """{contender: {kind: {connections: measurements}}}. A peer that fails requests is taken out of the servers."""
    taken = {name: {kind: {64: [], 1: []} for kind in KINDS} for name in servers}
    for number in range(setting.first, setting.rounds + 1):
        for kind, name in [(kind, name) for kind in KINDS for name in servers]:
            try:
                for connections in (64, 1) if 1 <= number <= 2 else (64,):
                    found = setting.weigh(servers[name][kind], kinds[name][kind], connections)
                    if number:
                        taken[name][kind][connections].append(found)
            except load.Failed as why:
                if name not in peers.PEERS:
                    raise
                print(f"will be left out: {name}: {why}", flush=True)
                absent[name] = "it failed requests"
        for name in absent.keys() & servers.keys():
            del servers[name], taken[name]
        print(f"contenders: round {number} of {setting.rounds}", flush=True)
    return taken


def contenders(setting, db, database, absent, processes):
    """CPU time, requests a second, latencies and memory of each contender, in interleaved rounds."""
    servers, kinds, sizes, absent = start_all(setting, db, database, absent, processes)
    taken = in_rounds(setting, servers, kinds, absent)
    analyse_both(servers["kept"]["list"][1])
    memory = {name: dict(zip(("rss_mib", "anon_mib"), (round(m, 1) for m in loopback.memory_mib(servers[name]["list"][0].pid)))) for name in servers}
    return {"bytes": sizes, "absent": absent, "memory": memory, "rounds": taken,
            "figures": {name: {kind: {"at_64": middle(rows[64]), "at_1": middle(rows[1])} for kind, rows in by_kind.items()}
                        for name, by_kind in taken.items()}}


# ---- the rest


def growth(setting, archives_by_size, processes):
    """CPU time of made-anew replies on archives of several sizes, articles and entities from all over them."""
    servers, paths, taken = {}, {}, {}
    for size, db in archives_by_size.items():
        servers[size] = loopback.start_guillemet(setting, db, processes, setting.log, "--cache-size", "0")
        base = servers[size][1]
        ids = speakers(base, 50)
        names = [loopback.get_json(base, f"/entities/{i}")["name"] for i in ids[:20]]
        paths[size] = {**addresses(base, ids, spread(base, 20 if setting.smoke else 150), 20),
                       "suggest": [asked.address("/suggest", q=name[:3]) for name in names]}
        taken[size] = {kind: [] for kind in paths[size]}
    rounds = min(setting.rounds, 3)
    for number in range(setting.first, rounds + 1):
        for kind in taken[next(iter(taken))]:
            for size in taken:
                found = setting.weigh(servers[size], paths[size][kind])
                if number:
                    taken[size][kind].append(found)
        print(f"growth: round {number} of {rounds}", flush=True)
    return {str(size): {kind: middle(rows) for kind, rows in by_kind.items()} for size, by_kind in taken.items()}


def first_answer_ms(setting, db):
    """From the start of `serve` to the last byte of its first GET /articles; median of several."""
    took = []
    for _ in range(1 if setting.smoke else 9):
        port, began = loopback.free_port(), time.monotonic()
        with subprocess.Popen([setting.guillemet, "serve", "--db", str(db), "--listen", f"127.0.0.1:{port}", "--log-level", "warn"],
                              stdin=subprocess.DEVNULL, stdout=setting.log, stderr=setting.log) as process:
            try:
                while True:
                    try:
                        with socket.create_connection(("127.0.0.1", port), 5) as client:
                            client.sendall(b"GET /articles?limit=20 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                            first = client.recv(12)
                            while client.recv(65536):
                                pass
                        break
                    except ConnectionRefusedError:
                        if process.poll() is not None or time.monotonic() - began > 60:
                            raise SystemExit("bench: guillemet doesn't start") from None
                        time.sleep(0.0005)
                took.append((time.monotonic() - began) * 1000)
                if first != b"HTTP/1.1 200":
                    raise SystemExit(f"bench: the first answer was {first!r}")
            finally:
                process.terminate()
    return round(statistics.median(took), 1)


class Ingesting:
    """`with Ingesting(…)`: new articles go into the archive as fast as it takes them, until the block ends."""

    def __init__(self, setting, db, name):
        self.setting, self.db, self.name, self.stopped = setting, db, name, threading.Event()

    def __enter__(self):
        lines = [json.dumps(d, ensure_ascii=False).encode() + b"\n" for d in synthetic.reports(300 if self.setting.smoke else 6000, name=self.name)]
        self.process = subprocess.Popen([self.setting.guillemet, "ingest", "--quiet", "--json", "--db", str(self.db), "--type",
                                         "application/x-ndjson", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.setting.log)
        self.feeder = threading.Thread(target=self.feed, args=(lines,))
        self.feeder.start()
        before = self.stored()
        while self.stored() == before:  # it is at work
            if self.process.poll() is not None:
                raise SystemExit(f"bench: guillemet ingest ended with {self.process.returncode}")
            time.sleep(0.05)
        self.began, self.before = time.monotonic(), self.stored()
        return self

    def feed(self, lines):
        try:
            for line in lines:
                if self.stopped.is_set():
                    break
                self.process.stdin.write(line)
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def stored(self):
        with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True, timeout=30) as archive:
            found = archive.execute("SELECT value FROM counters WHERE name = 'articles' AND key = ''").fetchone()[0]
        archive.close()
        return found

    def __exit__(self, *_):
        self.per_second = (self.stored() - self.before) / (time.monotonic() - self.began)
        self.all_the_while = self.process.poll() is None and self.feeder.is_alive()
        self.stopped.set()
        self.process.terminate()
        self.process.stdout.read()
        self.process.wait(60)
        self.feeder.join()


def beside_ingest(setting, db, processes):
    """p99 at 64 connections of the four kinds in turn, as a server comes, with and without ingestion at full speed beside it."""
    copy = setting.work / "written.db"
    shutil.copy(db, copy)
    server = loopback.start_guillemet(setting, copy, processes, setting.log)
    base = server[1]
    paths = [p for group in zip(*(ps[:20] for ps in addresses(base, speakers(base, 20), spread(base, 20), 20).values())) for p in group]
    seconds, alone, beside, rate, whole = (1 if setting.smoke else 3), [], [], [], True
    load.ask(base, setting.script, paths, 1, 64)
    for number in range(1 if setting.smoke else 3):
        alone.append(load.ask(base, setting.script, paths, seconds, 64))
        with Ingesting(setting, copy, f"more{number}") as ingesting:
            beside.append(load.ask(base, setting.script, paths, seconds, 64))
        rate.append(ingesting.per_second)
        whole = whole and (setting.smoke or ingesting.all_the_while)
    copy.unlink()
    return {"alone": middle(alone), "beside": middle(beside), "articles_per_second": round(statistics.median(rate)), "all_the_while": whole}


def ingest_cost(setting, db):
    """CPU ms an article, by stage, of new ones into a copy of an archive."""
    copy, count = setting.work / "more.db", 100 if setting.smoke else 2000
    shutil.copy(db, copy)
    said = archives.ingest(setting, copy, synthetic.reports(count, name="cost"))
    copy.unlink()
    stages = {stage: round(said[f"{stage}_cpu_seconds"] / count * 1000, 3) for stage in ("read", "analyse", "render", "store", "search")}
    return {"articles": count, "all_ms": round(said["cpu_seconds"] / count * 1000, 3), "stages_ms": stages,
            "per_second": round(count / said["wall_seconds"])}


def where_it_goes(setting):
    """Instructions of each reply made anew, by part; None without valgrind. It says what the floor of each is."""
    if not loopback.program("valgrind"):
        return None
    found = {}

    def keep(kind, part, per):
        found[PROFILED[kind]] = {group: round(n / per) for group, n in hotspots.split(callgrind.Profile(part)).items()}

    instructions.measure(pathlib.Path(setting.guillemet), setting.work / "profile", only=list(PROFILED), keep=keep,
                         **(instructions.SMOKE if setting.smoke else {}))
    return found


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / 2**20
    model = re.search(r"model name\s*:\s*(.*)", info)
    return {"cores": info.count("\nprocessor") + info.startswith("processor"), "processor": model.group(1) if model else "unknown",
            "memory_gib": round(memory), "load": [round(float(x), 1) for x in pathlib.Path("/proc/loadavg").read_text().split()[:3]]}
