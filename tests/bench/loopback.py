"""Servers on the loopback, asked and weighed: what the benchmarks have in common.

CPU time is user + system of a server's processes, read from /proc; memory too."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PATH = os.environ["PATH"] + ":/usr/sbin"


def program(name):
    """Where a program is, or None; daemons are in /usr/sbin."""
    return shutil.which(name, path=PATH)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_open(port, process, what, log=None):
    for _ in range(1200):
        if process.poll() is not None:
            said = pathlib.Path(log.name).read_text(errors="replace")[-2000:] if hasattr(log, "name") else ""
            sys.exit(f"bench: {what} ended with {process.returncode}\n{said}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"bench: {what} does not listen")


def family(pid):
    """A process and its children: nginx and Node's cluster work in children."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def cpu_seconds(pid):
    ticks = 0
    for one in family(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime
    return ticks / TICKS


def memory_mib(pid):
    """(resident, of it anonymous) of a server's processes, in MiB; shared pages count once for each."""
    total, own = 0, 0
    for one in family(pid):
        status = pathlib.Path(f"/proc/{one}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))
        own += int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1))
    return total / 1024, own / 1024


def get(base, target):
    with urllib.request.urlopen(base + target, timeout=30) as reply:
        return reply.read()


def get_json(base, target):
    return json.loads(get(base, target))


def start(processes, port, what, *command, log, **options):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
    processes.append(process)
    wait_open(port, process, what, log)
    return process


def stop(processes):
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    processes.clear()


def start_guillemet(options, db, processes, log, *more):
    """Its process and the beginning of its addresses; so do the other starts."""
    port = free_port()
    process = start(processes, port, "guillemet", options.guillemet, "serve", "--db", str(db), "--listen", f"127.0.0.1:{port}",
                    "--log-level", "warn", *more, log=log)
    return process, f"http://127.0.0.1:{port}"
