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
                          capture_output=True, text=True, timeout=800)


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


@pytest.mark.skipif(not shutil.which("wrk") or not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), reason="wrk or nginx is not installed")
def test_the_benchmark_measures_all_that_it_aims_at(plain, tmp_path):
    done = call("bench.py", "--guillemet", plain, "--smoke", "--json", tmp_path / "result.json")
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    measured = {t["what"]: t["figure"] for t in result["targets"] if "Fastify" not in t["what"]}
    assert all(isinstance(figure, (int, float)) for figure in measured.values()), measured
    assert result["contenders"]["figures"].keys() >= {"nginx", "constant", "kept", "cold"}
    assert "| guillemet, each reply made anew |" in (tmp_path / "result.md").read_text()
    assert (tmp_path / "result.svg").read_text().startswith("<svg")
