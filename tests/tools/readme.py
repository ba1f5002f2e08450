#!/usr/bin/python3
"""The README's console examples: runs them, and with --write puts what they print into the README.

    tests/tools/readme.py [--write] --guillemet build/guillemet

A block is ```console with lines `$ command`, the output of each below it; a block's commands run in one folder. Commands speak to http://127.0.0.1:8080; here they
are sent to a server of our own with the sample articles, as `make run` starts it; `guillemet` works on a copy of its archive,
and feeds are those of tests/feeds.
"""
import argparse
import contextlib
import http.server
import os
import pathlib
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHOWN = "127.0.0.1:8080"
FEEDS = "127.0.0.1:8081"  # where the README's reader has started a file server of tests/feeds
BLOCK = re.compile(r"^```console\n(?P<lines>\$ (?:(?!```).*\n)+)```$", re.MULTILINE)
# What changes from one run to the next.
VOLATILE = [
    (re.compile(r'"(ingested_at|updated_at|first_seen|last_seen)":\s*"\d{4}-\d\d-\d\d(T[\d:.]+Z)?"'), r'"\1": "…"'),
    (re.compile(r'"(cursor|next_cursor|next)":\s*"[^"]*"'), r'"\1": "…"'),
    (re.compile(r'"instance":\s*"[^"]*"'), '"instance": "…"'),
    (re.compile(r"(refused|restored) in [\d.]+ s"), r"\1 in … s"),
    (re.compile(r"after \d+ unpacked bytes"), "after … unpacked bytes"),
    (re.compile(r"[\d.]+ MB, checked, in [\d.]+ s"), "… MB, checked, in … s"),
    (re.compile(r"\(analyser [^)]*\)"), "(analyser …)"),
    (re.compile(r"^[a-z2-7]{13}(?=  )", re.MULTILINE), "…"),  # ids of sources are random
]


def commands_of(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def examples(text):
    return [m.group("lines") for m in BLOCK.finditer(text)]


def settled(output):
    for pattern, by in VOLATILE:
        output = pattern.sub(by, output)
    return output


@contextlib.contextmanager
def feeds():
    """The address of a file server of tests/feeds."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(ROOT / "tests/feeds"))

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def run(block, address, guillemet=None, archive=None):
    """As run_there, with a file server of feeds for what asks for one."""
    if FEEDS not in block:
        return run_there(block, address, guillemet, archive)
    with feeds() as there:
        return run_there(block.replace(FEEDS, there), address, guillemet, archive).replace(there, FEEDS)


def run_there(block, address, guillemet=None, archive=None):
    """The block as it would be shown. `archive`: what `guillemet` works on, in a folder of its own where it is called guillemet.db."""
    shown = ""
    with tempfile.TemporaryDirectory() as folder:
        env, cwd = dict(os.environ), ROOT
        if archive and "guillemet " in block:
            cwd = folder
            (pathlib.Path(folder) / "tests").symlink_to(ROOT / "tests")
            (pathlib.Path(folder) / "guillemet").symlink_to(guillemet)
            with sqlite3.connect(archive) as source, sqlite3.connect(f"{folder}/guillemet.db") as copy:
                source.backup(copy)
            env["PATH"] = f"{folder}:{env['PATH']}"
        for command in commands_of(block):
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command.replace(SHOWN, address)], cwd=cwd, timeout=60, env=env,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{command}\nexit {done.returncode}: {done.stderr}")
            shown += f"$ {command}\n{done.stdout.replace(address, SHOWN)}"
    return shown


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """tests/tools/demo.sh, that is `make run` without the building."""

    def __init__(self, guillemet, folder):
        self.address = f"127.0.0.1:{free_port()}"
        self.guillemet, self.archive = pathlib.Path(guillemet).resolve(), pathlib.Path(folder) / "demo.db"
        self.log = pathlib.Path(folder) / f"demo-{self.address}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                ["bash", str(ROOT / "tests/tools/demo.sh")], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "GUILLEMET": str(self.guillemet),
                     "DB": str(self.archive), "LISTEN": self.address})
        for _ in range(1200):
            if "Ctrl-C" in self.said():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"demo.sh did not start:\n{self.said()}")

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guillemet", default=str(ROOT / "build/guillemet"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(pathlib.Path(options.guillemet).resolve(), folder)
        try:
            def renew(match):
                return f"```console\n{run(match.group('lines'), demo.address, demo.guillemet, demo.archive)}```"
            new = BLOCK.sub(renew, text)
        finally:
            demo.stop()
    if options.write:
        readme.write_text(new, encoding="utf-8")
    else:
        sys.stdout.write(new)


if __name__ == "__main__":
    main()
