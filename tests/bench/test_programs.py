"""The benchmarks still run: small archives, few requests, and no figure is judged."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import instructions

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def plain():
    path = os.environ.get("RELEASE_BINARY", str(ROOT / "build" / "release" / "guillemet"))
    if not os.access(path, os.X_OK):
        pytest.skip(f"{path} is not built")
    return path


def call(program, *arguments):
    return subprocess.run([sys.executable, str(ROOT / "tests" / "bench" / program), *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120)


needs_valgrind = pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")


@needs_valgrind
def test_instructions_are_counted_and_compared(plain, tmp_path):
    baseline = tmp_path / "instructions.json"
    missing = call("instructions.py", "--guillemet", plain, "--baseline", baseline)
    assert missing.returncode == 1 and "bench-instructions-update" in missing.stdout
    done = call("instructions.py", "--guillemet", plain, "--baseline", baseline, "--update", "--smoke")
    assert done.returncode == 0, done.stderr
    written = json.loads(baseline.read_text())
    committed = json.loads(instructions.BASELINE.read_text())
    assert written["requests"].keys() == committed["requests"].keys()
    assert all(n > 5000 for n in written["requests"].values()), written
    written["taken_with"]["compiler"] = "another"
    baseline.write_text(json.dumps(written))
    other = call("instructions.py", "--guillemet", plain, "--baseline", baseline)
    assert other.returncode == 77 and "nothing is compared" in other.stdout


@needs_valgrind
def test_a_profile_adds_up(plain, tmp_path):
    done = call("hotspots.py", "--guillemet", plain, "--smoke", "--only", "article", "--only", "ingest", "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out.json").read_text())
    assert found.keys() == {"article", "ingest"}
    assert found["article"]["libmicrohttpd"] > 0 and found["article"]["SQLite"] > 0
    assert found["ingest"]["analyse/"] > found["ingest"]["JSON"] > 0
