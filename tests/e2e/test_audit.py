"""The audit log: every change of the archive leaves a row that says who, what, when and by which request; and it stays bounded."""
import datetime
import json
import sqlite3

import pytest
import requests

TEXT = "Port\n\nLe port rouvre à Brest. « Nous avons tenu parole », a déclaré Anne Lebrun, maire de Brest. La séance {n} est levée."


@pytest.fixture
def rows(run, tmp_path):
    """rows("--who", "desk") → what `guillemet audit --json` prints."""
    def ask(*options):
        done = run("audit", "--db", tmp_path / "a.db", "--json", *options, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]
    return ask


def test_each_change_is_told_with_its_request(run, serve, rows, tmp_path):
    db = tmp_path / "a.db"
    token = run("token", "create", "desk", "--db", db, check=True).stdout.decode().strip()
    base = serve(db, "--access-log").base
    desk = {"Authorization": "Bearer " + token}

    def send(method, path, **options):
        headers = {**desk, **options.pop("headers", {})}
        reply = requests.request(method, base + path, headers=headers, timeout=60, **options)
        assert reply.status_code < 300, reply.text
        return reply, reply.headers["X-Request-Id"]

    plain = {"Content-Type": "text/plain; charset=utf-8"}
    made, created = send("POST", "/articles?external_id=1", data=TEXT.format(n=1).encode(), headers={**plain, "X-Request-Id": "from-a-client-7"})
    assert created == "from-a-client-7"
    article = made.json()["id"]
    _, revised = send("POST", "/articles?external_id=1", data=TEXT.format(n=2).encode(), headers=plain)
    _, unchanged = send("POST", "/articles?external_id=1", data=TEXT.format(n=2).encode(), headers=plain)
    bulk = json.dumps([{"text": TEXT.format(n=3), "external_id": "3"}, {"text": TEXT.format(n=4), "external_id": "4"}])
    _, many = send("POST", "/articles", data=bulk.encode(), headers={"Content-Type": "application/json"})
    entity = requests.get(base + "/entities?limit=1", timeout=30).json()["items"][0]["id"]
    changed, renamed = send("PATCH", "/entities/" + entity, json={"name": "Autre Nom"})
    quote = requests.get(base + f"/articles/{article}/quotes", timeout=30).json()["items"][0]["id"]
    _, retyped = send("PATCH", "/quotes/" + quote, json={"type": "indirect"})
    _, undone = send("DELETE", f"/corrections/{requests.get(base + '/corrections?limit=1', headers=desk, timeout=30).json()['items'][0]['number']}")
    _, deleted = send("DELETE", "/articles/" + article)
    run("token", "revoke", "desk", "--db", db, check=True)

    found = rows()
    told = [(row["who"], row["action"], row["target"], row["request_id"]) for row in found]
    assert told[0] == ("guillemet token", "token_create", "desk", None)
    assert told[1] == ("desk", "article_create", article, created)
    assert told[2] == ("desk", "article_revise", article, revised) and found[2]["detail"] == "revision 2"
    assert [line[:2] + line[3:] for line in told[3:5]] == [("desk", "article_create", many)] * 2
    assert told[5] == ("desk", "entity_rename", entity, renamed) and found[5]["detail"] == "Autre Nom"
    assert told[6] == ("desk", "quote_type", quote, retyped)
    assert told[7] == ("desk", "correction_undo", quote, undone) and found[7]["detail"] == "quote_type"
    assert told[8] == ("desk", "article_delete", article, deleted)
    assert told[9] == ("guillemet token", "token_revoke", "desk", None)
    assert len(told) == 10 and unchanged not in json.dumps(found)  # what changed nothing is no change
    assert [row["number"] for row in found] == sorted(row["number"] for row in found)
    moments = [datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00")) for row in found]
    assert moments == sorted(moments) and abs((moments[-1] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 600
    assert token not in json.dumps(found)

    assert [row["action"] for row in rows("--target", article)] == ["article_create", "article_revise", "article_delete"]
    assert len(rows("--who", "desk")) == 8 and len(rows("--action", "article_create")) == 3
    assert [row["number"] for row in rows("--after", found[6]["number"])] == [row["number"] for row in found[7:]]
    assert rows("--limit", 2) == found[-2:] and rows("--from=-1h") == found and rows("--to=-1h") == []
    plain = run("audit", "--db", db, "--target", article, check=True).stdout.decode().splitlines()
    assert len(plain) == 3 and "desk" in plain[0] and "from-a-client-7" in plain[0]


def test_those_nobody_vouches_for_and_commands(run, serve, rows, tmp_path):
    (tmp_path / "one.txt").write_text(TEXT.format(n=1))
    run("ingest", "--db", tmp_path / "a.db", tmp_path / "one.txt", check=True)
    base = serve(tmp_path / "a.db", "--open-writes").base
    article = requests.post(base + "/articles", data=TEXT.format(n=9).encode(), headers={"Content-Type": "text/plain"}, timeout=60).json()["id"]
    assert [(row["who"], row["action"]) for row in rows()] == [("guillemet ingest", "article_create"), (None, "article_create")]
    job = requests.post(base + "/articles", data=json.dumps({"text": TEXT.format(n=12), "external_id": "j"}) + "\n", timeout=60,
                        headers={"Content-Type": "application/x-ndjson", "Prefer": "respond-async"})
    assert job.status_code == 202, job.text
    while requests.get(base + "/jobs/" + job.json()["id"], timeout=60).json()["state"] not in ("done", "failed"):
        pass
    assert rows()[-1]["request_id"] == job.json()["id"]
    assert requests.post(base + "/articles?dry_run=true", data=TEXT.format(n=10).encode(), headers={"Content-Type": "text/plain"}, timeout=60).ok
    assert requests.delete(base + "/articles/aaaaaaaaaaaaa", timeout=60).status_code == 404
    assert len(rows()) == 3 and article


def test_it_stays_bounded(run, serve, rows, tmp_path):
    db = tmp_path / "a.db"
    run("token", "create", "first", "--db", db, check=True)
    with sqlite3.connect(db) as connection:  # years of them
        connection.execute("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20400) INSERT INTO audit"
                           " (id, at_ms, who, action, target) SELECT i, i * 1000, 'old', 'article_create', 'x' FROM n")
    connection.close()
    base = serve(db, "--open-writes", "--audit-keep", "1000").base
    lines = "".join(json.dumps({"text": f"Le conseil {n} a voté.", "external_id": str(n)}) + "\n" for n in range(300))
    assert requests.post(base + "/articles", data=lines, headers={"Content-Type": "application/x-ndjson"}, timeout=100).ok
    with sqlite3.connect(db) as connection:
        count, oldest, newest = connection.execute("SELECT count(*), min(id), max(id) FROM audit").fetchone()
    connection.close()
    assert newest == 20700 and oldest > 1024  # it gives way a thousand at a time: no write waits for long
    done = run("audit", "prune", "--before", "2000-01-01", "--db", db, check=True)
    assert b"rows removed" in done.stdout
    left = rows("--limit", "100000")
    assert len(left) == 301 and left[-1]["action"] == "audit_prune" and "from before 2000-01-01" in left[-1]["detail"]
    assert len(rows("--after", left[0]["number"])) == 300  # page by page


def test_wrong_usage_is_told(run, tmp_path):
    db = tmp_path / "a.db"
    assert run("audit", "--db", db).returncode == 3
    run("token", "create", "x", "--db", db, check=True)
    for options in (["--from", "yesterday-ish"], ["frob"], ["prune"], ["--limit", "none"]):
        done = run("audit", "--db", db, *options)
        assert done.returncode == 2 and done.stderr, options
    assert run("audit", "--db", db, "--who", "nobody", check=True).stdout == b""
