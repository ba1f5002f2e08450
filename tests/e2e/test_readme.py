"""The README tells the truth: `make run` works, twice, and each example prints what is shown."""
import pathlib
import re
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "tools"))
import readme  # noqa: E402

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = readme.examples(TEXT)


@pytest.fixture(scope="module")
def demo(guillemet, tmp_path_factory):
    running = readme.Demo(guillemet, tmp_path_factory.mktemp("readme"))
    yield running
    assert running.stop() == 0, running.said()
    assert "Sanitizer" not in running.said()


def test_there_are_examples():
    assert len(EXAMPLES) >= 6
    assert all(len(block.splitlines()) > len(readme.commands_of(block)) for block in EXAMPLES)


@pytest.mark.parametrize("shown", EXAMPLES, ids=[re.sub(r".*8080/([^' ]*).*", r"\1", readme.commands_of(b)[0])[:40] for b in EXAMPLES])
def test_example(demo, shown):
    assert readme.settled(readme.run(shown, demo.address, demo.guillemet, demo.archive)) == readme.settled(shown)


def test_the_lines_that_make_run_prints_work(demo):
    lines = [line.strip() for line in demo.said().splitlines() if line.strip().startswith("curl ")]
    assert len(lines) >= 5
    for line in lines:
        done = subprocess.run(["bash", "-c", line.replace("curl ", "curl -sf ", 1)], cwd=ROOT, capture_output=True, timeout=60)
        assert done.returncode == 0, line
        assert b'"items":[]' not in done.stdout, f"{line} finds nothing"


def test_run_says_that_writes_are_open(demo):
    assert "--open-writes" in demo.said()


def test_run_twice(guillemet, tmp_path):
    """The second run finds the database, stores nothing new and serves the same."""
    totals = []
    for _ in range(2):
        demo = readme.Demo(guillemet, tmp_path)
        totals.append(readme.run("$ curl -s http://127.0.0.1:8080/articles | jq .total", demo.address).splitlines()[1])
        assert demo.stop() == 0, demo.said()
        said = demo.said()
    assert totals == ["10", "10"]
    assert re.search(r"10 unchanged|unchanged[ =:]+10", said), said


def test_links_of_the_papers_exist():
    for paper in ("README.md", "CONTRIBUTING.md", "server/README.md", "tests/README.md", "tests/samples/README.md"):
        path = ROOT / paper
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{paper} points at {target}"


def test_run_with_the_port_in_use(guillemet, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(["bash", str(ROOT / "tests/tools/demo.sh")], cwd=ROOT, capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/local/bin:/usr/bin:/bin", "GUILLEMET": guillemet, "DB": str(tmp_path / "x.db"),
                                   "LISTEN": "127.0.0.1:%d" % taken.getsockname()[1]})
    assert done.returncode not in (0, None)
    assert "in use" in done.stderr and "Try, in another terminal" not in done.stdout
