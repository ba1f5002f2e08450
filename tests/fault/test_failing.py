"""Memory and disk that fail: at one call after another, and at one in a hundred. Whatever happens, no crash, a message, and an
archive that is whole: each article is there with all that belongs to it, or not at all."""
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LONG = os.environ.get("FAULT_LONG") == "1"
POSITIONS = 1000 if LONG else 20


@pytest.fixture(scope="module")
def plain(guillemet):
    """A build without sanitizers: they bring their own allocator."""
    path = str(ROOT / "build" / "release" / "guillemet") if "san-" in guillemet else guillemet
    if not os.access(path, os.X_OK):
        pytest.skip("needs a build without sanitizers: make build")
    return path


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    library = tmp_path_factory.mktemp("failing") / "failing.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(ROOT / "tests" / "fault" / "failing.c"), "-ldl"], check=True)

    def environment(what, **settings):
        return {**os.environ, "LD_PRELOAD": str(library), "FAIL_WHAT": what, **{key.upper(): str(value) for key, value in settings.items()}}

    return environment


def documents(folder, count=3):
    path = folder / "many.ndjson"
    with open(path, "w", encoding="utf-8") as out:
        for n in range(count):
            text = f"Conseil {n}\n\n« La séance {n} est levée », a déclaré Aude Kermarec, maire de Vannes. Elle a ajouté que Paul Lebrun (UDB) viendrait."
            out.write(json.dumps({"external_id": f"d{n}", "lang": "fr", "text": text}) + "\n")
    return path


def whole(db):
    """How many articles there are; fails when one is there by half."""
    with sqlite3.connect(db) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
        if not link.execute("SELECT 1 FROM sqlite_master WHERE name = 'articles'").fetchone():
            return 0
        count = link.execute("SELECT count(*) FROM articles WHERE deleted_ms IS NULL").fetchone()[0]
        for table in ("article_texts", "mentions", "quotes", "article_entities"):
            assert link.execute(f"SELECT count(DISTINCT article) FROM {table}").fetchone()[0] == count, table
        kept = link.execute("SELECT sum(value) FROM counters WHERE name = 'articles'").fetchone()[0]
        assert (kept or 0) == count
    return count


def run_ingest(plain, db, source, environment):
    return subprocess.run([plain, "ingest", "--quiet", "--db", str(db), str(source)], env=environment, capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def calls_of(plain, failing, what, folder, source):
    counted = folder / "count"
    done = run_ingest(plain, folder / "all.db", source, failing(what, fail_count=counted))
    assert done.returncode == 0 and whole(folder / "all.db") == 3, done.stderr
    return int(counted.read_text())


@pytest.mark.parametrize("what", ["memory", "writes"])
def test_one_after_another(plain, failing, tmp_path, what):
    source = documents(tmp_path)
    total = calls_of(plain, failing, what, tmp_path, source)
    assert total > 10
    rnd = random.Random(20261126)
    positions = range(1, total + 1) if total <= POSITIONS else sorted(rnd.sample(range(1, total + 1), POSITIONS))
    codes = set()
    for at in positions:
        db = tmp_path / f"{what}{at}.db"
        done = run_ingest(plain, db, source, failing(what, fail_at=at))
        assert done.returncode >= 0, f"{what} {at}: killed by signal {-done.returncode}: {done.stderr.decode()[-500:]}"
        assert done.returncode in (0, 1, 2, 3), (at, done.returncode)
        codes.add(done.returncode)
        count = whole(db) if db.exists() else 0
        assert done.returncode != 0 or count == 3, (at, count)
        assert done.returncode == 0 or done.stderr, at
        again = run_ingest(plain, db, source, dict(os.environ))
        assert again.returncode == 0 and whole(db) == 3, (at, again.stderr)
        for path in tmp_path.glob(f"{what}{at}.db*"):
            path.unlink()
    assert codes - {0}, "no failure was noticed"


def ask(base, path, data=None):
    request = urllib.request.Request(base + path, data=data, headers={"Content-Type": "text/plain; charset=utf-8"} if data else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0  # the connection's own memory failed: closed


@pytest.mark.parametrize("what", ["memory", "writes"])
def test_at_random_under_a_server(plain, failing, tmp_path, what):
    """A whole cycle of requests; those that fail are told so, and an accepted write is there afterwards."""
    import socket
    rounds = 200 if LONG else 30
    accepted = set()
    statuses = {}
    # At one in a hundred no analysis gets through; at one in 1,500 some do, and have to be kept.
    for seed, share in enumerate((100, 1500) * (3 if LONG else 1)):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = open(tmp_path / f"log{seed}", "wb")
        start = [plain, "serve", "--db", str(tmp_path / "a.db"), "--listen", f"127.0.0.1:{port}", "--open-writes"]
        process = subprocess.Popen([plain, "serve", "--db", str(tmp_path / "a.db"), "--listen", f"127.0.0.1:{port}", "--open-writes"],
                                   env=failing(what, fail_share=share, fail_seed=seed, fail_wait=1), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 30
        while ask(f"http://127.0.0.1:{port}", "/healthz") != 200:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGUSR2)
        base = f"http://127.0.0.1:{port}"
        for n in range(rounds):
            key = f"s{seed}n{n}"
            text = f"Conseil {key}\n\n« La séance {key} est levée », a déclaré Aude Kermarec, maire de Vannes.".encode()
            for path, data in ((f"/articles?external_id={key}&lang=fr", text), ("/articles?limit=3", None), ("/quotes?q=seance", None),
                               ("/entities/aude-kermarec", None), ("/nowhere", None)):
                status = ask(base, path, data)
                statuses[status] = statuses.get(status, 0) + 1
                assert status in (0, 200, 201, 300, 404, 500, 503, 507), (path, status)
                if status == 201:
                    accepted.add(key)
            assert process.poll() is None, (process.returncode, (tmp_path / f"log{seed}").read_text()[-2000:])
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, 1, 3)
        log.close()
    with sqlite3.connect(tmp_path / "a.db") as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        texts = "\n".join(row[0] for row in link.execute("SELECT text FROM article_texts"))
    assert accepted and all(key in texts for key in accepted)
    assert statuses.get(200, 0) > 0 and sum(statuses.get(code, 0) for code in (0, 500, 503, 507)) > 0, statuses
