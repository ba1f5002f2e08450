#!/usr/bin/env python3
"""The software that a build of guillemet runs with, as CycloneDX 1.5 JSON: sbom.py PROGRAM VERSION.

Debian's package system is asked: which packages own the shared libraries that the program loads, in which version, and under
which licences their copyright files put them. A library that no package owns is an error, not a gap."""
import json
import pathlib
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def libraries(program):
    # Loaded when something is fetched (server/fetch/libcurl.h): the program's own list doesn't have it.
    curl = output("cc", "-print-file-name=libcurl.so.4").strip()
    yield str(pathlib.Path(curl).resolve())
    for line in output("ldd", program, curl).splitlines():
        match = re.search(r"(?:=> )?(/\S+) \(0x", line)
        if match:
            yield str(pathlib.Path(match[1]).resolve())


def owner(library):
    for path in (library, library.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    raise SystemExit(f"sbom: no package owns {library}")


def licences(package):
    """The names in the package's copyright file, when it is machine-readable; else what its text points to."""
    path = pathlib.Path("/usr/share/doc", package.split(":")[0], "copyright")
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    named = re.findall(r"^License: *(\S.*?) *$", text, re.M) or re.findall(r"/usr/share/common-licenses/([\w.+-]*\w)", text)
    return sorted(set(named)) or ["see " + str(path)]


def component(package):
    name, version, source = output("dpkg-query", "-W", "-f=${Package}\t${Version}\t${source:Package}", package).split("\t")
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:deb/debian/{name}@{version}",
            "properties": [{"name": "debian:source", "value": source}],
            "licenses": [{"license": {"name": name}} for name in licences(package)]}


def main():
    program, version = sys.argv[1:]
    packages = sorted({owner(library) for library in libraries(program)})
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "application", "name": "guillemet", "version": version,
                                   "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": [component(package) for package in packages]}, indent=1, ensure_ascii=False))


main()
