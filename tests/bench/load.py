"""wrk's requests upon a server, and what they cost it."""
import json
import re
import subprocess

import loopback

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


class Failed(SystemExit):
    """A server that doesn't answer what it is asked: there is nothing to measure."""


def milliseconds(said):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", said).groups()
    return float(number) * UNITS[unit]


def ask(base, script, paths, seconds, connections):
    """What wrk says of `seconds` of requests, in turn for each of `paths`; anything but 2xx stops the benchmark."""
    listed = ",".join(json.dumps(p) for p in paths)
    script.write_text(f"local paths = {{{listed}}}\nlocal made = {{}}\nlocal n = 0\n"
                      "function init()\n  for i, path in ipairs(paths) do made[i] = wrk.format('GET', path) end\nend\n"
                      "function request()\n  n = n % #made + 1\n  return made[n]\nend\n")
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s", "-s", str(script), base],
                          check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"bench: {base} failed some requests:\n{said}")
    requests, took = re.search(r"(\d+) requests in ([\d.]+\w+),", said).groups()
    return {"requests": int(requests), "per_second": int(requests) / milliseconds(took) * 1000,
            **{f"p{p}_ms": milliseconds(re.search(rf"^\s+{p}%\s+(\S+)", said, re.MULTILINE).group(1)) for p in (50, 99)}}


def weigh(process, base, script, paths, seconds, connections):
    """As ask(), and the server's CPU time for each request."""
    before = loopback.cpu_seconds(process.pid)
    found = ask(base, script, paths, seconds, connections)
    return {**found, "cpu_us": (loopback.cpu_seconds(process.pid) - before) / max(found["requests"], 1) * 1e6}
