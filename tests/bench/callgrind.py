"""guillemet under valgrind's callgrind: instructions of each request, and the functions they are spent in.

Shape: one process serves all kinds of requests; /healthz marks where one begins and ends, because callgrind writes what
it has counted, and begins anew, whenever the function behind it is entered (--dump-before). No ptrace, no signals.
Instructions in the kernel aren't counted. What libc picks by the machine's processor is pinned, so that counts are the
same on any x86-64 with AVX2 or without."""
import collections
import http.client
import os
import pathlib
import re
import subprocess
import time

import loopback

MARK = "service_health"
# What libc would pick by the processor: off, so that counts are of plain SSE2 everywhere. The rest: what memcpy's thresholds follow.
FEATURES = ("AVX512F AVX512VL AVX512BW AVX512CD AVX512DQ AVX512ER AVX512PF AVX2 AVX FMA FMA4 BMI1 BMI2 LZCNT MOVBE POPCNT SSE4_2 SSE4_1 SSSE3 SSE3 "
            "ERMS FSRM RTM AVX_Fast_Unaligned_Load Fast_Unaligned_Copy Fast_Unaligned_Load Fast_Rep_String Fast_Copy_Backward "
            "Prefer_PMINUB_for_stringop Prefer_No_VZEROUPPER Prefer_ERMS Prefer_FSRM").split()
TUNABLES = ":".join(["glibc.cpu.hwcaps=" + ",".join(f"-{name}" for name in FEATURES),
                     "glibc.cpu.x86_data_cache_size=32768", "glibc.cpu.x86_shared_cache_size=1048576",
                     "glibc.cpu.x86_non_temporal_threshold=786432", "glibc.cpu.x86_rep_movsb_threshold=2048",
                     "glibc.malloc.arena_max=1"])
# How libc and libm name what they picked by the processor.
PICKED = re.compile(r"_(avx\w*|evex\w*|fma4?|erms|ssse3\w*|sse4\w*)\b|_(avx|evex|erms)")
# A server at rest counts less than this between two marks beside them.
REST = 150_000

def environment():
    """Nothing of the caller's but PATH: GUILLEMET_… would be read as settings."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GLIBC_TUNABLES": TUNABLES}


def run(command, out):
    """A program from its start to its end."""
    subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", *command], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, env=environment(), timeout=600)


class Server:
    """`with Server(binary, db, folder, "--cache-size", "0") as server`: one thread of each kind, nothing of the environment."""

    def __init__(self, binary, db, folder, *options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("out*"):
            old.unlink()
        self.port = loopback.free_port()
        self.log = self.folder / "log"
        command = ["valgrind", "--tool=callgrind", f"--dump-before={MARK}", f"--callgrind-out-file={self.folder}/out",
                   str(binary), "serve", "--db", str(db), "--listen", f"127.0.0.1:{self.port}", "--threads", "1", "--workers", "1",
                   "--log-level", "warn", "--read-timeout", "60s", *options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            env=environment())
        self.parts = 0

    def __enter__(self):
        try:
            loopback.wait_open(self.port, self.process, "guillemet under valgrind", open(self.log, "rb"))
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            self.rest()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, path, headers=None, status=200):
        self.connection.request("GET", path, headers=headers or {})
        reply = self.connection.getresponse()
        body = reply.read()
        if reply.status != status:
            raise RuntimeError(f"GET {path} was answered {reply.status}, not {status}: {body[:300]!r}")
        return reply, body

    def rest(self):
        """Waits until what follows a start is over: threads that come up, statements that are prepared."""
        self.mark()
        until = time.monotonic() + 60
        while total(self.mark()) > REST:
            if time.monotonic() > until:
                raise RuntimeError("guillemet doesn't come to rest")
            time.sleep(0.2)

    def mark(self):
        """What was counted since the last mark, as a file."""
        self.ask("/healthz")
        self.parts += 1
        part = self.folder / f"out.{self.parts}"
        until = time.monotonic() + 60
        while not (part.exists() and "totals:" in part.read_text(errors="replace")[-4000:]):
            if time.monotonic() > until:
                raise RuntimeError(f"callgrind wrote no {part}: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)
        return part


def total(part):
    return int(re.search(r"^totals: (\d+)", pathlib.Path(part).read_text(errors="replace"), re.MULTILINE).group(1))


class Profile:
    """own[f]: instructions within f; calls[f][g]: those of g and below when f called it. A function is (object, file, name)."""

    LINE = re.compile(r"(ob|fl|fi|fe|fn|cob|cfi|cfl|cfn)=(?:\((\d+)\))?(?: ?(.*))?$")
    COST = re.compile(r"[+\-*\d]\S* (\d+)$")
    TABLES = {"ob": "ob", "cob": "ob", "fn": "fn", "cfn": "fn"}  # which names a number means; all others are files

    def __init__(self, part):
        self.own, self.calls = collections.Counter(), collections.defaultdict(collections.Counter)
        names, here, called, calling = collections.defaultdict(dict), {"ob": "", "fl": "", "fn": ""}, {}, False
        for line in pathlib.Path(part).read_text(errors="replace").splitlines():
            spec, cost = self.LINE.match(line), self.COST.match(line)
            if spec:
                kind, number, name = spec.groups()
                table = names[self.TABLES.get(kind, "fl")]
                if number and name:
                    table[number] = name
                name = table[number] if number else name
                if kind in ("fi", "fe"):
                    continue  # inlined from another file: the function's own
                if kind.startswith("c"):
                    called["fl" if kind in ("cfi", "cfl") else kind[1:]] = name
                else:
                    here[kind] = name
            elif line.startswith("calls="):
                calling = True
            elif cost and calling:
                callee = {**here, **called}
                self.calls[tuple(here.values())][tuple(callee[k] for k in here)] += int(cost.group(1))
                calling, called = False, {}
            elif cost:
                self.own[tuple(here.values())] += int(cost.group(1))

    def total(self):
        return sum(self.own.values())

    def picked(self):
        """Functions that depend on the processor; there should be none."""
        return sorted(f[2] for f in self.own if re.match(r"lib[cm]\.so", pathlib.Path(f[0]).name) and PICKED.search(f[2]))

    def inclusive(self):
        """Instructions of each function and what it calls (of a recursive one, what it calls itself is left out)."""
        return {f: self.own[f] + sum(n for g, n in self.calls[f].items() if g != f) for f in {*self.own, *self.calls}}
