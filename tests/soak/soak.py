#!/usr/bin/env python3
"""Mixed load for long: readers, searchers, writers, corrections and clients that go away, against one server.

    soak.py --guillemet build/guillemet --seconds 600

Every few seconds it looks at the server's resident memory, open files and write-ahead log. They must be flat: what they are in the
last third of the time may not lie far above what they were in the second (the first fills the caches). Any reply of 500, any
reply that isn't JSON and any end of the server is a failure. Prints a line every ten seconds and a closing line; exits with 1
when something failed. Sends to loopback alone, stops by itself."""
import argparse
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import synthetic  # noqa: E402

READS = ["/articles?limit=20", "/articles?limit=5&include=entities,quotes", "/quotes?limit=20", "/entities?limit=20", "/entities?q=mar&limit=10",
         "/quotes?type=direct&limit=10", "/healthz", "/readyz", "/metrics", "/articles?q=conseil&limit=5", "/quotes?q=ville&limit=5", "/nowhere",
         "/articles?limit=zero"]


class Load:
    def __init__(self, port, seconds, articles):
        self.port, self.until, self.articles = port, time.monotonic() + seconds, articles
        self.counts, self.faults, self.lock, self.ids = {}, [], threading.Lock(), []

    def note(self, status, path, body):
        with self.lock:
            self.counts[status] = self.counts.get(status, 0) + 1
            if status == 500 or status not in (200, 201, 204, 207, 300, 400, 404, 409, 410, 412, 422, 429, 503):
                self.faults.append(f"{status} {path}: {body[:200]!r}")

    def ask(self, link, method, path, body=None, kind="text/plain; charset=utf-8"):
        link.request(method, path, body, {"Content-Type": kind} if body else {})
        reply = link.getresponse()
        data = reply.read()
        self.note(reply.status, path, data)
        if reply.status < 300 and data and not path.startswith("/metrics"):
            return json.loads(data)
        return None

    def loop(self, act, seed, pause):
        rnd = random.Random(seed)
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while time.monotonic() < self.until and not self.faults:
            try:
                act(link, rnd)
            except (OSError, http.client.HTTPException, ValueError) as error:
                with self.lock:
                    self.faults.append(repr(error))
            time.sleep(pause)
        link.close()

    def read(self, link, rnd):
        path = rnd.choice(READS)
        if self.ids and rnd.random() < 0.4:
            path = "/articles/" + rnd.choice(self.ids) + rnd.choice(["", "/quotes", "/entities"])
        self.ask(link, "GET", path)

    def write(self, link, rnd):
        # A bounded set of keys, so that the archive stops growing and revisions go on.
        n = rnd.randrange(min(400, len(self.articles)))
        document = dict(self.articles[rnd.randrange(len(self.articles))], external_id=f"soak{n}")
        document.pop("url", None)
        made = self.ask(link, "POST", "/articles?revive=true", json.dumps(document), "application/json")
        if made and "id" in made:
            with self.lock:
                self.ids = (self.ids + [made["id"]])[-200:]
            if rnd.random() < 0.05:
                self.ask(link, "DELETE", "/articles/" + made["id"])

    def leave(self, _link, rnd):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.sendall(b"GET /articles?limit=1000&include=text HTTP/1.1\r\nHost: t\r\n\r\n"[:rnd.randrange(1, 64)])
            if rnd.random() < 0.5:  # and waits for a reply that an unfinished request won't get
                link.settimeout(0.2)
                try:
                    link.recv(1000)
                except TimeoutError:
                    pass


def look(pid, db):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    anonymous = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
    log = pathlib.Path(f"{db}-wal")
    sockets = files = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            is_socket = os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:")
        except FileNotFoundError:  # closed meanwhile
            continue
        sockets += is_socket
        files += not is_socket
    return anonymous / 1024, files, (log.stat().st_size if log.exists() else 0) / 1048576, sockets


def is_flat(name, looks, slack, share, of=max):
    third = len(looks) // 3
    before, after = of(looks[third:2 * third]), of(looks[2 * third:])
    good = after <= before * share + slack
    print(f"{'ok' if good else 'not ok'} {name}: {of.__name__} {before:.1f} in the second third, {after:.1f} in the last")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guillemet", required=True)
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        db = f"{folder}/soak.db"
        with open(f"{folder}/log", "wb") as log:
            process = subprocess.Popen([options.guillemet, "serve", "--db", db, "--listen", f"127.0.0.1:{port}", "--open-writes"],
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        time.sleep(1)
        synthetic.write(f"{folder}/articles", 600)
        with open(f"{folder}/articles", encoding="utf-8") as lines:
            load = Load(port, options.seconds, [json.loads(line) for line in lines])
        kinds = [(load.read, 0.005)] * 4 + [(load.write, 0.02)] * 2 + [(load.leave, 0.05)]
        threads = [threading.Thread(target=load.loop, args=(act, seed, pause)) for seed, (act, pause) in enumerate(kinds)]
        for thread in threads:
            thread.start()
        looks, every = [], max(0.2, min(5.0, options.seconds / 60))
        began = said = time.monotonic()
        while any(thread.is_alive() for thread in threads) and process.poll() is None:
            time.sleep(every)
            if process.poll() is None:
                looks.append(look(process.pid, db))
            if time.monotonic() - said >= 10:
                said = time.monotonic()
                print(f"{said - began:6.0f} s  {sum(load.counts.values())} replies, RssAnon {looks[-1][0]:.1f} MiB, {looks[-1][1]} files, {looks[-1][3]} sockets, log {looks[-1][2]:.1f} MiB", flush=True)
        for thread in threads:
            thread.join()
        good = process.poll() is None
        process.send_signal(signal.SIGTERM)
        good = process.wait(60) == 0 and good
        if not good or load.faults:
            print("not ok faults:", load.faults[:5], pathlib.Path(f"{folder}/log").read_text()[-1500:])
        good = is_flat("resident memory, MiB", [row[0] for row in looks], 8, 1.1) and good
        good = is_flat("open files", [row[1] for row in looks], 2, 1.0) and good
        # Clients that went away are noticed late, and later on a busy machine: one look says little, half of them do.
        good = is_flat("sockets", [row[3] for row in looks], 8, 1.0, statistics.median) and good
        good = is_flat("write-ahead log, MiB", [row[2] for row in looks], 8, 1.5) and good
        print("replies by status:", dict(sorted(load.counts.items())))
        print("soak passed" if good and not load.faults else "soak failed")
        sys.exit(0 if good and not load.faults else 1)


main()
