"""What every Python test may use: the binary, free ports, a server of its own.

A server is always stopped, its log is shown when a test fails, and a sanitizer report in it fails the test.
"""
import email.utils
import html
import http.server
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import zlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_itemcollected(item):
    """Tests that run side by side are told apart by their names, which must be the same in every process: no addresses in them
    (run.sh sees to the order of sets)."""
    item._nodeid = re.sub(r" at 0x[0-9a-f]+", "", item._nodeid)


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def guillemet():
    """The path of the binary under test."""
    # Taken out: what is started would read TEST_BINARY as a setting named "bin", and refuse it.
    path = os.environ.pop("TEST_BINARY", None) or str(ROOT / "build" / "guillemet")
    assert os.access(path, os.X_OK), f"{path} is not built: run make build, or set TEST_BINARY"
    return path


@pytest.fixture(scope="session")
def run(guillemet):
    """run("analyse", "-", input=b"…") → CompletedProcess with bytes; no terminal, no stdin unless given."""

    def call(*arguments, input=b"", timeout=120, check=False, **options):
        done = subprocess.run([guillemet, *map(str, arguments)], input=input, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        assert b"Sanitizer" not in done.stderr, done.stderr.decode(errors="replace")
        assert b"runtime error" not in done.stderr, done.stderr.decode(errors="replace")
        if check:
            assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done

    return call


GREETING = re.compile(r"listens on http://127\.0\.0\.1:(\d+)")


class Running:
    """A `guillemet serve` of one test, on a port that the kernel chose: nobody else can have taken it."""

    def __init__(self, binary, db, log, *options):
        self.log = log
        greeted = len(GREETING.findall(self.whole()))  # by those before it, in the same log
        with open(log, "ab") as out:
            self.process = subprocess.Popen([binary, "serve", "--db", str(db), "--listen", "127.0.0.1:0", *options],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.port = self.wait_ready(greeted)
        self.base = f"http://127.0.0.1:{self.port}"

    def wait_ready(self, greeted, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ports = GREETING.findall(self.whole())
            if len(ports) > greeted:
                return int(ports[-1])
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}: {self.said()}")
            time.sleep(0.01)
        self.stop()
        raise AssertionError(f"serve did not answer within {seconds} s: {self.said()}")

    def whole(self):
        path = pathlib.Path(self.log)
        return path.read_text(errors="replace") if path.exists() else ""

    def said(self):
        return self.whole()[-4000:]

    def stop(self, how=signal.SIGTERM, seconds=30):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"serve did not stop within {seconds} s of signal {how}: {self.said()}")
        said = self.said()
        assert "Sanitizer" not in said and "runtime error" not in said, said
        return self.process.returncode


@pytest.fixture
def serve(guillemet, tmp_path):
    """serve(db, "--open-writes") starts a server; all are stopped when the test ends."""
    running = []

    def start(db, *options):
        server = Running(guillemet, db, tmp_path / f"serve{len(running)}.log", *options)
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


class Site:
    """A web server of one test: what stands at a path is a function of the request, or bytes with their type."""

    def __init__(self):
        site = self
        self.pages, self.asked, self.lock = {}, [], threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with site.lock:
                    site.asked.append((self.path, dict(self.headers)))
                    page = site.pages.get(self.path, (404, {}, b""))
                status, headers, body = page(self) if callable(page) else page
                if status is None:
                    return  # the handler has seen to it
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count(self, path):
        with self.lock:
            return sum(asked == path for asked, _ in self.asked)

    def feed(self, path, items, **headers):
        """`items`: (name, text) pairs, newest first; the feed answers 304 as long as they are the same."""
        body = rss(items).encode()
        tag = '"%08x"' % zlib.crc32(body)

        def answer(request):
            fresh = request.headers.get("If-None-Match") == tag
            return (304 if fresh else 200), {"ETag": tag, "Content-Type": "application/rss+xml", **headers}, b"" if fresh else body

        self.pages[path] = answer

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


TODAY = email.utils.formatdate(time.time() // 3600 * 3600, usegmt=True)


def rss(items, head=""):
    return ('<rss version="2.0"><channel><title>A feed</title>' + head + "".join(
        f"<item><title>{html.escape(name)}</title><link>https://press.example/{name}</link><pubDate>{TODAY}</pubDate>"
        f"<description>{html.escape(text)}</description></item>" for name, text in items) + "</channel></rss>")


@pytest.fixture
def site():
    running = Site()
    yield running
    running.stop()
