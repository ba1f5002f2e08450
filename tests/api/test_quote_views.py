"""What lists show of a quote is stored when it is written: it must be what the quote alone says, whatever happened since."""
import json
import re
import sqlite3
import time

import pytest


def sample_files(root):
    return sorted(p for p in (root / "tests" / "samples").rglob("*.txt"))


@pytest.fixture
def filled(api, root):
    files = sample_files(root)
    assert len(files) > 5
    for n, path in enumerate(files):
        api.post(path.read_text(), status=None, url=f"https://gazette.example/{n}", source=f"Gazette {n % 3}", published_at=f"2026-02-{n % 27 + 1:02d}")
    return api


def rows(api, sql, *values):
    with sqlite3.connect(f"file:{api.db}?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def quotes(api, all_pages):
    return [q for page in all_pages(api, "/quotes", limit=100) for q in page]


def agree(api, all_pages):
    """Every list's row is the quote alone, to the byte; how many there are."""
    count = 0
    for listed in quotes(api, all_pages):
        alone = api.json(f"/quotes/{listed['id']}")
        left, right = (re.findall(r"[^,]+", json.dumps(q)) for q in (listed, alone))
        assert [pair for pair in zip(left, right) if pair[0] != pair[1]] == [] and len(left) == len(right), listed["id"]
        count += 1
    return count


def settled(api):
    """Until every quote has a view again."""
    deadline = time.monotonic() + 30
    while rows(api, "SELECT count(*) FROM quotes WHERE view IS NULL") != [(0,)] or rows(api, "SELECT count(*) FROM quote_views_stale") != [(0,)]:
        assert time.monotonic() < deadline, "views aren't made anew"
        time.sleep(0.05)


def test_views_are_what_the_quotes_say(filled, all_pages):
    assert rows(filled, "SELECT count(*) FROM quotes WHERE view IS NULL") == [(0,)]  # made with the rows, not later
    assert agree(filled, all_pages) > 30
    article = rows(filled, "SELECT a.public_id, count(*) FROM quotes q JOIN articles a ON a.id = q.article GROUP BY 1 ORDER BY 2 DESC")[0]
    assert article[1] > 3
    some = quotes(filled, all_pages)[0]["article"]["id"]
    included = filled.json(f"/articles/{some}", include="quotes")["quotes"]
    assert included == filled.items(f"/articles/{some}/quotes") and included


def test_lists_read_them(filled, all_pages):
    """The test of this file's tests: with a view that says something else, the list does too, and the quote alone doesn't."""
    with sqlite3.connect(filled.db) as db:
        [(row, view)] = db.execute("SELECT id, view FROM quotes ORDER BY id LIMIT 1").fetchall()
        rule = db.execute("SELECT rule FROM quotes WHERE id = ?", (row,)).fetchone()[0]
        assert rule.encode() in view
        db.execute("UPDATE quotes SET view = ? WHERE id = ?", (view.replace(rule.encode(), b"tampered"), row))
        db.execute("UPDATE versions SET value = value + 1 WHERE name = 'data'")
    found = [q for q in quotes(filled, all_pages) if q["rule"] == "tampered"]
    assert len(found) == 1 and filled.json(f"/quotes/{found[0]['id']}")["rule"] == rule


def speaking(api, all_pages):
    return [q for q in quotes(api, all_pages) if q["speaker"] and q["speaker"]["entity"]]


def test_corrections_take_them_along(filled, all_pages):
    spoken = speaking(filled, all_pages)
    by = {}
    for quote in spoken:
        by.setdefault(quote["speaker"]["entity"], []).append(quote)
    first, second, third, fourth = sorted(by, key=lambda entity: -len(by[entity]))[:4]

    def change(method, path, **body):
        reply = filled.call(method, path, json=body)
        assert reply.status_code in (200, 201), reply.text
        assert agree(filled, all_pages) > 30  # at once, from rows
        settled(filled)
        assert agree(filled, all_pages) > 30  # and from the new views
        return reply.json()

    change("PATCH", f"/entities/{first}", name="Quelqu'un \"d'autre\"")
    assert {q["speaker"]["name"] for q in quotes(filled, all_pages) if q["speaker"] and q["speaker"]["entity"] == first} == {"Quelqu'un \"d'autre\""}
    change("PATCH", f"/entities/{first}", type="ORG")
    change("POST", f"/entities/{second}/merge", into=first)
    assert not [q for q in quotes(filled, all_pages) if q["speaker"] and q["speaker"]["entity"] == second]
    one = by[third][0]["id"]
    change("PATCH", f"/quotes/{one}", speaker=fourth)
    change("PATCH", f"/quotes/{one}", type="indirect" if by[third][0]["type"] != "indirect" else "direct")
    change("POST", f"/entities/{first}/split", articles=[by[first][0]["article"]["id"]], name="Un homonyme")
    filled.call("DELETE", f"/entities/{fourth}")
    assert agree(filled, all_pages) > 30
    settled(filled)
    assert agree(filled, all_pages) > 30
    for number, in rows(filled, "SELECT number FROM corrections WHERE undone_ms IS NULL ORDER BY number DESC"):
        filled.call("DELETE", f"/corrections/{number}")
    assert agree(filled, all_pages) > 30
    settled(filled)
    assert agree(filled, all_pages) > 30


def test_older_archives_get_them(filled, all_pages, start):
    """As the migration leaves an archive: no views, all quotes noted."""
    filled.server.stop()
    with sqlite3.connect(filled.db) as db:
        db.execute("UPDATE quotes SET view = NULL")
        db.execute("INSERT OR IGNORE INTO quote_views_stale SELECT id FROM quotes")
    again = start("--open-writes", db=filled.db.name)
    assert agree(again, all_pages) > 30
    settled(again)
    assert agree(again, all_pages) > 30


def test_purged_words_are_not_shown(filled, all_pages, run):
    filled.server.stop()
    run("purge", "--text-only", "--older-than", "2026-03-01", "--json", "--db", str(filled.db), check=True)
    with sqlite3.connect(filled.db) as db:
        assert db.execute("SELECT count(*) FROM articles WHERE text_purged_ms IS NOT NULL").fetchone()[0] > 3


def test_rights_hide_what_is_around(filled, all_pages, start):
    filled.server.stop()
    hidden = start("--open-writes", "--serve-text", "none", db=filled.db.name)
    assert all(q["before"] is None for q in quotes(hidden, all_pages)) and agree(hidden, all_pages) > 30


def test_damaged_views_harm_nobody(filled):
    """A file may be damaged: the server answers something, and lives."""
    for view in (b"", b"\x01", b"\x01;", b"\x03" + b"9" * 40 + b";", b"\x02x-1;", bytes(range(32)), b"\x01" * 50 + b"12;" * 50):
        with sqlite3.connect(filled.db) as db:
            db.execute("UPDATE quotes SET view = ?", (view,))
            db.execute("UPDATE versions SET value = value + 1 WHERE name = 'data'")
        reply = filled.session.get(filled.base + "/quotes?limit=100", timeout=30)
        assert reply.status_code in (200, 500, 503)
        assert filled.json("/quotes", sort="confidence")["total"] > 30
