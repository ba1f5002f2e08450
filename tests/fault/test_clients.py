"""Clients that are slow, many, or gone; and a server told to stop amid them. What is measured is what other clients feel."""
import json
import os
import random
import resource
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import pytest

import raw

LONG = os.environ.get("FAULT_LONG") == "1"  # make test-slow


def ask(server, path, timeout=30):
    began = time.monotonic()
    with urllib.request.urlopen(server.base + path, timeout=timeout) as reply:
        return reply.status, reply.read(), time.monotonic() - began


def post(server, text, **params):
    query = "&".join(f"{key}={value}" for key, value in params.items())
    request = urllib.request.Request(f"{server.base}/articles?{query}", data=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.status, json.load(reply)


def text_of(n):
    return f"Conseil numéro {n}\n\n« La séance du jour {n} est levée », a déclaré Aude Kermarec, maire de Vannes, devant {n} personnes.\n"


class Slow(threading.Thread):
    """Many connections that each drip a byte now and then, until told to stop."""

    def __init__(self, port, count, first, drip):
        super().__init__()
        self.links, self.drip, self.over = [], drip, threading.Event()
        for _ in range(count):
            link = socket.create_connection(("127.0.0.1", port), timeout=10)
            link.sendall(first)
            self.links.append(link)

    def run(self):
        while not self.over.wait(0.2):
            for link in self.links:
                try:
                    link.send(self.drip)
                except OSError:
                    pass

    def stop(self):
        self.over.set()
        self.join()
        for link in self.links:
            link.close()


KINDS = {
    "headers": (b"GET /articles HTTP/1.1\r\nHost: t\r\nX-Slow: ", b"x"),
    "body": (b"POST /articles HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize("kind", KINDS)
def test_200_slow_clients_hold_up_nobody(serve, tmp_path, kind):
    server = serve(tmp_path / "a.db", "--open-writes")
    first, drip = KINDS[kind]
    slow = Slow(server.port, 200, first, drip)
    slow.start()
    try:
        took = sorted(ask(server, path)[2] for path in ["/healthz", "/articles"] * 50)
        # A second is no measure of speed: it is what a person would call stuck.
        assert took[-2] < 1, took[-5:]
    finally:
        slow.stop()


def test_clients_that_do_not_read_hold_up_nobody(serve, tmp_path):
    server = serve(tmp_path / "a.db", "--open-writes")
    for n in range(30):
        post(server, text_of(n) * 20, external_id=n)
    links = []
    for _ in range(100):
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", server.port))
        link.sendall(b"GET /articles?limit=1000&include=text HTTP/1.1\r\nHost: t\r\n\r\n" * 3)
        links.append(link)
    try:
        took = sorted(ask(server, "/healthz")[2] for _ in range(50))
        assert took[-2] < 1, took[-5:]
    finally:
        for link in links:
            link.close()
    assert ask(server, "/articles?limit=1")[0] == 200


def test_clients_that_go_away_leave_nothing_behind(serve, tmp_path):
    server = serve(tmp_path / "a.db", "--open-writes")
    folder = f"/proc/{server.process.pid}/fd"
    ask(server, "/articles")
    before = len(os.listdir(folder))
    rnd = random.Random(7)
    for n in range(150):
        link = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        request = (f"POST /articles?external_id=g{n} HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n".encode()
                   + text_of(n).encode()[:200].ljust(200, b"x"))
        link.sendall(request[:rnd.randrange(1, len(request) + 1)])
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset
        link.close()
    until = time.monotonic() + 20
    while len(os.listdir(folder)) > before + 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(os.listdir(folder)) <= before + 2
    assert ask(server, "/healthz")[0] == 200


def test_requests_in_flight_are_answered_before_the_end(serve, tmp_path):
    """50 writes are under way when the signal comes: each is answered 201 and is there afterwards, or 503 and isn't."""
    server = serve(tmp_path / "a.db", "--open-writes", "--queue", "1000")
    links = []
    for n in range(50):
        body = text_of(n).encode() * 30
        link = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        link.sendall(f"POST /articles?external_id=f{n} HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        links.append(link)
    until = time.monotonic() + 60
    while b"guillemet_documents_waiting 0\n" in ask(server, "/metrics")[1] and b'outcome="created"} 0\n' in ask(server, "/metrics")[1]:
        assert time.monotonic() < until  # until one of them at least is under way
    server.process.send_signal(signal.SIGTERM)
    statuses = []
    for link in links:
        reply = raw.read_reply(link)
        statuses.append(reply.status if reply else 0)
        link.close()
    assert server.process.wait(60) == 0
    assert statuses.count(201) + statuses.count(503) + statuses.count(0) == 50 and statuses.count(201) >= 1
    # Whoever had not been read yet may find the door closed; nobody who got a 201 was told a lie.
    again = serve(tmp_path / "a.db")
    for n, status in enumerate(statuses):
        total = json.loads(ask(again, f"/articles?limit=1&q=%22jour+{n}%22")[1])["total"]
        assert total == 1 or status != 201, (n, status)


def test_readers_and_a_writer_never_meet_a_lock(serve, tmp_path):
    seconds = 60 if LONG else 4
    server = serve(tmp_path / "a.db", "--open-writes")
    for n in range(40):
        post(server, text_of(n), external_id=n)
    over, faults, seen = threading.Event(), [], []

    def read(seed):
        rnd = random.Random(seed)
        while not over.is_set():
            try:
                path = rnd.choice(["/articles?limit=5", "/quotes?limit=5", "/entities?limit=5", "/articles?q=conseil&limit=3"])
                total, found = None, set()
                for _ in range(4):  # pages of a list that grows meanwhile: none twice
                    page = json.loads(ask(server, path)[1])
                    ids = [row["id"] for row in page["items"]]
                    if found & set(ids) and "/entities" not in path:
                        faults.append(f"twice: {path}")
                    found.update(ids)
                    if not page["next"]:
                        break
                    path = page["next"]
                seen.append(1)
            except Exception as error:  # noqa: BLE001: whatever it is, it is told
                faults.append(repr(error))

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for reader in readers:
        reader.start()
    until, n = time.monotonic() + seconds, 1000
    while time.monotonic() < until:
        post(server, text_of(n), external_id=n % 300)
        n += 1
    over.set()
    for reader in readers:
        reader.join(60)
    assert not faults and len(seen) > 8, faults[:5]


def test_few_file_descriptors_are_no_end(guillemet, tmp_path):
    """With 60 descriptors: connections wait or are refused, the server lives, and serves again when they are gone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = open(tmp_path / "log", "wb")
    process = subprocess.Popen([guillemet, "serve", "--db", str(tmp_path / "a.db"), "--listen", f"127.0.0.1:{port}", "--open-writes"],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60)))
    base = type("S", (), {"base": f"http://127.0.0.1:{port}", "port": port})
    try:
        until = time.monotonic() + 30
        while True:
            try:
                assert ask(base, "/healthz", 5)[0] == 200
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None
                time.sleep(0.05)
        links = []
        for _ in range(150):
            try:
                links.append(socket.create_connection(("127.0.0.1", port), timeout=2))
            except OSError:
                break
        time.sleep(0.3)
        assert process.poll() is None
        for link in links:
            link.close()
        until = time.monotonic() + 30
        while True:
            try:
                assert post(base, text_of(1))[0] == 201
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None
                time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        log.close()
    assert b"Sanitizer" not in (tmp_path / "log").read_bytes()


@pytest.mark.parametrize("days", ["+400d", "-400d"])
def test_a_clock_that_jumps(guillemet, tmp_path, days, run):
    """A year ahead and back: requests are answered, cursors hold, deadlines are those of a steady clock."""
    library = next((path for path in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1")
                    if os.path.exists(path)), None)
    if not library or "san-" in guillemet:
        pytest.skip("needs faketime and a build without sanitizers")
    clock = tmp_path / "clock"
    clock.write_text("+0")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([guillemet, "serve", "--db", str(tmp_path / "a.db"), "--listen", f"127.0.0.1:{port}", "--open-writes"],
                               env={**os.environ, "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
                                    "FAKETIME_DONT_FAKE_MONOTONIC": "1"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = type("S", (), {"base": f"http://127.0.0.1:{port}", "port": port})
    try:
        until = time.monotonic() + 30
        while True:
            try:
                ask(base, "/healthz", 5)
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None
                time.sleep(0.05)
        for n in range(6):
            assert post(base, text_of(n), external_id=n)[0] == 201
        page = json.loads(ask(base, "/articles?limit=3")[1])
        clock.write_text(days)
        assert ask(base, "/healthz")[0] == 200
        following = json.loads(ask(base, page["next"])[1])
        ids = [row["id"] for row in page["items"] + following["items"]]
        assert len(set(ids)) == 6
        assert post(base, text_of(99), external_id=99)[0] == 201
        assert json.loads(ask(base, "/articles?limit=1")[1])["total"] == 7
        clock.write_text("+0")
        assert post(base, text_of(100), external_id=100)[0] == 201
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
