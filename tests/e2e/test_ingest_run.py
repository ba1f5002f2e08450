"""A long `guillemet ingest` as an operator meets it: what is told of each item, rejects that are fed again, stopping and
going on, progress, dry runs."""
import fcntl
import hashlib
import json
import sqlite3
import os
import pathlib
import pty
import signal
import struct
import subprocess
import termios

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXT = "La mairie de Brest renonce au tramway\n\nLa maire, Anne Morel, a déclaré lundi : « Nous n'irons pas plus loin »."


def lines_of(count, start=0):
    return [json.dumps({"external_id": f"d{i}", "title": f"Article {i}", "text": f"{TEXT} Numéro {i}."}) for i in range(start, start + count)]


def write(path, lines):
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(run, db):
    return [json.loads(line) for line in run("export", "--db", db, check=True).stdout.splitlines() if b'"archive":{' in line]


@pytest.fixture
def mixed(tmp_path):
    """Three good lines among an empty text, a broken line and bytes that are no UTF-8."""
    return write(tmp_path / "mixed.ndjson", [*lines_of(2), '{"text": ""}', '{"text": bro', b'{"text": "\xff\xfe"}', *lines_of(1, 2)])


def test_each_item_is_told(run, mixed, tmp_path):
    done = run("ingest", "--db", tmp_path / "a.db", "-v", mixed)
    told = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert [line.split()[0] for line in told[:3]] == ["created"] * 3
    assert told[0].split()[2].endswith("mixed.ndjson:1") and told[0].endswith("  Article 0")
    assert told[-1].startswith("3 created, 0 revised, 0 unchanged, 3 refused in ")
    again = records(run("ingest", "--db", tmp_path / "a.db", "-v", "--json", mixed))
    assert [(r["outcome"], r["line"]) for r in again[:-1]] == [
        ("unchanged", 1), ("unchanged", 2), ("refused", 3), ("refused", 4), ("refused", 5), ("unchanged", 6)]
    assert again[2]["code"] == "invalid" and again[2]["reason"] == "the text is empty"
    assert (again[-1]["unchanged"], again[-1]["refused"], again[-1]["interrupted"]) == (3, 3, False)
    assert again[-1]["analyse_cpu_seconds"] == 0  # what is stored as it is isn't analysed again


def test_rejects_are_fed_again_as_they_are(run, mixed, tmp_path):
    rejects = tmp_path / "rejects.ndjson"
    assert run("ingest", "--db", tmp_path / "a.db", "--source", "Le Quotidien", "--rejects", rejects, mixed).returncode == 1
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(r["rejected"]["line"], r["rejected"]["code"]) for r in kept] == [(3, "invalid"), (4, "invalid"), (5, "invalid")]
    assert kept[0]["rejected"]["reason"] == "the text is empty" and kept[0]["rejected"]["field"] == "/text"
    assert kept[1]["input"]["text"] == '{"text": bro' and "base64" in kept[2]["input"]
    # As they are: refused for the same reasons, and kept as the same inputs.
    more = tmp_path / "more.ndjson"
    assert run("ingest", "--db", tmp_path / "a.db", "--rejects", more, rejects).returncode == 1
    assert [json.loads(line)["input"] for line in more.read_text().splitlines()] == [r["input"] for r in kept]
    # Mended: stored, under what was said beside the input at first.
    kept[1]["input"]["text"] = '{"external_id": "m", "text": "Il pleut."}'
    write(rejects, [json.dumps(kept[1])])
    assert records(run("ingest", "--db", tmp_path / "a.db", "--json", rejects, check=True))[0]["created"] == 1
    assert [a["source"] for a in stored(run, tmp_path / "a.db") if a.get("external_id") == "m"] == ["Le Quotidien"]


def test_rejects_of_a_whole_file_hold_it_once(run, tmp_path):
    array = tmp_path / "array.json"
    array.write_text(json.dumps([{"text": ""}, {"external_id": "good", "text": "Il pleut."}, {"text": 3}]))
    rejects = tmp_path / "rejects.ndjson"
    assert run("ingest", "--db", tmp_path / "a.db", "--rejects", rejects, array).returncode == 1
    first, second = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert json.loads(first["input"]["text"])[2] == {"text": 3} and "input" not in second
    again = records(run("ingest", "--db", tmp_path / "b.db", "--json", rejects))[0]
    assert (again["created"], again["refused"]) == (1, 2)


def test_rejects_that_are_read_from_are_refused(run, mixed, tmp_path):
    done = run("ingest", "--db", tmp_path / "a.db", "--rejects", mixed, mixed)
    assert done.returncode == 2 and b"name another file" in done.stderr


def test_a_deleted_article_is_a_reject(run, serve, tmp_path):
    db = tmp_path / "a.db"
    server = serve(db, "--open-writes")
    good = write(tmp_path / "good.ndjson", lines_of(1))
    address = requests.post(server.base + "/articles", data=lines_of(1)[0].encode(), headers={"Content-Type": "application/json"}).json()["id"]
    assert requests.delete(f"{server.base}/articles/{address}").status_code in (200, 204)
    done = run("ingest", "--db", db, "--rejects", tmp_path / "r.ndjson", good)
    assert done.returncode == 1 and b"was deleted" in done.stderr
    assert b"was deleted" in run("ingest", "--db", db, "--dry-run", good).stderr
    done = run("ingest", "--db", db, "--revive", "--json", tmp_path / "r.ndjson", check=True)
    assert records(done)[0]["created"] == 1


def test_stop_on_error(run, mixed, tmp_path):
    done = run("ingest", "--db", tmp_path / "a.db", "--stop-on-error", "--json", mixed)
    assert done.returncode == 1 and b"--stop-on-error" in done.stderr
    assert (records(done)[0]["created"], records(done)[0]["refused"]) == (2, 1)
    assert run("ingest", "--keep-going", "--stop-on-error", mixed).returncode == 2


def test_a_dry_run_foretells(run, tmp_path):
    db = tmp_path / "a.db"
    run("ingest", "--db", db, write(tmp_path / "one.ndjson", lines_of(2)), check=True)
    changed = json.loads(lines_of(1)[0]) | {"text": TEXT + " Revu."}
    done = run("ingest", "--db", db, "-n", "-v", write(tmp_path / "two.ndjson", [json.dumps(changed), *lines_of(2, 1)]), check=True)
    told = done.stdout.decode().splitlines()
    assert [line.split()[0] for line in told[:3]] == ["revised", "unchanged", "created"]
    assert told[-1].startswith("dry run, nothing stored: would be 1 created, 1 revised, 1 unchanged, 0 refused")
    assert len(stored(run, db)) == 2


def test_jobs_is_a_number(run, mixed):
    done = run("ingest", "--jobs", "many", mixed)
    assert done.returncode == 2 and b"--jobs" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_keeps_what_was_read_and_goes_on(guillemet, run, tmp_path, number):
    db = tmp_path / "a.db"
    process = subprocess.Popen([guillemet, "ingest", "--db", db, "-v", "--type", "application/x-ndjson", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write("".join(line + "\n" for line in lines_of(3)).encode() + b'{"external_id": "half", "te')
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"created")  # it waits for more of the fourth line now
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert b"3 created, 0 revised, 0 unchanged, 0 refused" in out and b"The same command again goes on" in err
    assert len(stored(run, db)) == 3
    whole = write(tmp_path / "whole.ndjson", lines_of(5))
    rest = records(run("ingest", "--db", db, "--json", whole, check=True))[0]
    assert (rest["created"], rest["unchanged"]) == (2, 3)
    assert len(stored(run, db)) == 5


def on_a_terminal(arguments, columns, **environment):
    """What a terminal of that width is sent on stderr."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
                               env={**os.environ, "TERM": "xterm", **environment})
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    assert process.wait(60) == 0
    return seen.decode()


def test_a_bar_on_a_terminal(guillemet, tmp_path):
    command = [guillemet, "ingest", "--jobs", "1", "--db"]
    many = tmp_path / "many.ndjson"

    def bars_at(columns, **environment):
        """Of an ingest that takes long enough for a bar, on whatever machine."""
        for count in (150, 600, 2400, 9600, 38400):
            write(many, lines_of(count))
            seen = on_a_terminal([*command, tmp_path / f"{columns}-{count}.db", many], columns, **environment)
            bars = [part for part in seen.split("\r\033[K") if "documents" in part]
            if bars:
                break
        return seen, bars

    seen, bars = bars_at(100)
    assert bars and "\033[36m[" in bars[0] and "%" in bars[0] and "/s" in bars[0]
    assert all(len(bar.replace("\033[36m", "").replace("\033[0m", "")) < 100 for bar in bars)
    assert seen.endswith("\r\033[K")  # nothing is left on the line
    narrow, bars = bars_at(30, NO_COLOR="1")
    assert bars and "\033[3" not in narrow and all(len(bar) < 30 for bar in bars)
    assert "documents" not in on_a_terminal([*command, tmp_path / "c.db", "--quiet", many], 100)


def test_an_archive_of_an_older_version_knows_its_articles(run, tmp_path):
    """Canonical URLs were levelled less once: what was stored under such a one is found again, not stored twice."""
    sent = "https://www.courrier.example/amp/port-4411?utm_source=lettre"
    document = {"url": sent, "title": "Le port rouvre", "text": "Le port de Dieppe a rouvert mardi matin, dit la mairie."}
    other = {**document, "url": "https://www.courrier.example/amp/port-4412?utm_source=lettre"}
    path, db = tmp_path / "a.ndjson", tmp_path / "a.db"
    path.write_text(json.dumps(document) + "\n")
    run("ingest", "--db", db, path, check=True)
    with sqlite3.connect(db) as archive:
        now = archive.execute("SELECT canonical_url FROM articles").fetchone()[0]
        then = "https://www.courrier.example/amp/port-4411"
        assert now != then
        key = lambda text: hashlib.sha256(text.encode()).digest()[:16]
        archive.execute("UPDATE articles SET public_id = 123456789, canonical_url = ?", (then,))
        archive.execute("UPDATE article_keys SET key = ? WHERE kind = 1 AND key = ?", (key(then), key(now)))
        assert archive.execute("SELECT count(*) FROM article_keys WHERE kind = 1").fetchone()[0] == 2
    path.write_text(json.dumps(document) + "\n" + json.dumps(other) + "\n")
    done = records(run("ingest", "--db", db, "--json", path, check=True))[0]
    assert done["created"] == 1  # the other one
    with sqlite3.connect(db) as archive:
        assert archive.execute("SELECT count(*) FROM articles WHERE public_id = 123456789").fetchone()[0] == 1
        assert archive.execute("SELECT count(*) FROM articles").fetchone()[0] == 2


def test_memory_of_long_articles(guillemet, tmp_path):
    """An analysis holds a hundred times its text: long articles go few at a time, and what one held is given back."""
    plain = str(ROOT / "build" / "release" / "guillemet") if "san-" in guillemet else guillemet
    if not os.access(plain, os.X_OK):
        pytest.skip("needs a build without sanitizers: make build")
    sentence = "Le conseil de Dieppe a voté le budget numéro {} hier soir. « Nous tiendrons parole », a déclaré Anne Lebrun, maire de la ville."
    long = [{"external_id": str(n), "lang": "fr", "title": f"Séance {n}",
             "text": "\n\n".join(sentence.format(n * 1000 + i) for i in range(750))} for n in range(30)]
    path = write(tmp_path / "long.ndjson", [json.dumps(document) for document in long])
    process = subprocess.Popen([plain, "ingest", "--quiet", "--db", str(tmp_path / "a.db"), str(path)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    assert usage.ru_maxrss / 1024 < 160, "MiB"
