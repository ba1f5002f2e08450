"""What every Python test may use: the binary, free ports, a server of its own.

A server is always stopped, its log is shown when a test fails, and a sanitizer report in it fails the test.
"""
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A `guillemet serve` of one test."""

    def __init__(self, binary, db, log, *options):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [binary, "serve", "--db", str(db), "--listen", f"127.0.0.1:{self.port}", *options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.wait_ready()

    def wait_ready(self, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}: {self.said()}")
            try:
                with urllib.request.urlopen(self.base + "/healthz", timeout=5) as reply:
                    if reply.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError(f"serve did not answer within {seconds} s: {self.said()}")

    def said(self):
        return pathlib.Path(self.log).read_text(errors="replace")[-4000:]

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
