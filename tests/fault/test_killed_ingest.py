"""kill -9 at random moments of a bulk ingest. What was told to be stored is stored; the archive is whole, counters and
full-text indexes included; and the same command, given again until it ends, makes the archive that an undisturbed run makes."""
import json
import os
import pathlib
import random
import select
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import synthetic  # noqa: E402

LONG = os.environ.get("FAULT_LONG") == "1"
KILLS = 100 if LONG else 15
ARTICLES = 400 if LONG else 100

# Everything that doesn't say when.
SAME = {
    "articles": "SELECT a.public_id, key_kind, revision, hex(revision_hash), s.name, a.lang, title, word_count, entity_count,"
                " mention_count, quote_count, analyser, summary, t.text, hex(t.blocks) FROM articles a"
                " JOIN article_texts t ON t.article = a.id LEFT JOIN sources s ON s.id = a.source ORDER BY a.id",
    "keys": "SELECT a.public_id, k.kind, hex(k.key) FROM article_keys k JOIN articles a ON a.id = k.article ORDER BY 1, 2, 3",
    "revisions": "SELECT a.public_id, r.revision, hex(r.hash) FROM revisions r JOIN articles a ON a.id = r.article ORDER BY 1, 2",
    "entities": "SELECT public_id, ordinal, type, name, slug, articles, mentions, quotes_by, quotes_about, first_seen_ms, last_seen_ms"
                " FROM entities ORDER BY 1",
    "aliases": "SELECT e.public_id, a.text, a.mentions, a.names FROM entity_aliases a JOIN entities e ON e.id = a.entity ORDER BY 1, 2",
    "mentions": "SELECT a.public_id, m.start_byte, m.end_byte, e.public_id FROM mentions m JOIN articles a ON a.id = m.article"
                " JOIN entities e ON e.id = m.entity ORDER BY 1, 2",
    "quotes": "SELECT q.public_id, q.text, q.type, e.public_id FROM quotes q LEFT JOIN entities e ON e.id = q.speaker ORDER BY 1",
    "counters": "SELECT c.name, coalesce(s.name, c.key), c.value FROM counters c LEFT JOIN sources s ON c.name LIKE '%.source'"
                " AND c.key = s.id WHERE c.value <> 0 AND c.name NOT LIKE '%source_lang' ORDER BY 1, 2",
}


def dump(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in SAME.items()}


def stored(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return {name for name, in connection.execute("SELECT external_id FROM articles WHERE deleted_ms IS NULL")}


def is_whole(run, db):
    done = run("check", "--db", db)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def told(process):
    """What it says is stored, until it is dead."""
    for line in process.stdout.read().split(b"\n")[:-1]:  # the last one isn't whole, or empty
        record = json.loads(line)
        if record.get("outcome") in ("created", "revised", "unchanged"):
            yield f"bench-{record['line'] - 1}"


def test_a_killed_ingest_goes_on(guillemet, run, tmp_path):
    source = tmp_path / "in.ndjson"
    synthetic.write(source, ARTICLES)
    run("ingest", "--quiet", "--db", tmp_path / "whole.db", source, check=True)
    wanted = dump(tmp_path / "whole.db")
    assert len(wanted["articles"]) == ARTICLES and len(wanted["quotes"]) > ARTICLES
    seed = random.randrange(1 << 32)
    print("seed", seed)
    deal = random.Random(seed)
    archives, kills, acknowledged, early = 0, 0, set(), 0
    db = tmp_path / "0.db"
    # A short queue commits often: many moments between two commits, and in them.
    command = [guillemet, "ingest", "--quiet", "--verbose", "--json", "--queue", "16", "--jobs", "2"]
    while kills < KILLS:
        process = subprocess.Popen([*command, "--db", db, source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if deal.random() < 0.8:  # else anywhere, also while it starts
            select.select([process.stdout], [], [], 60)
        time.sleep(deal.random() * (0.5 if LONG else 0.25))
        process.kill()
        acknowledged.update(told(process))
        ended = process.wait() == 0
        if db.exists() and db.stat().st_size > 0:
            is_whole(run, db) if not early_death(db) else None
            assert acknowledged <= stored(db) if not early_death(db) else not acknowledged
        if ended:
            archives += 1
            assert dump(db) == wanted
            db, acknowledged = tmp_path / f"{archives}.db", set()
        else:
            kills += 1
            early += not acknowledged
    run(*command[1:], "--db", db, source, check=True)
    is_whole(run, db)
    assert dump(db) == wanted
    print(f"{kills} kills, {early} of them before the first commit, {archives} archives made in the midst of it")


def early_death(db):
    """Killed before the schema was there, whose steps are commits of their own: nothing to look at yet."""
    try:
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
            return connection.execute("PRAGMA user_version").fetchone()[0] < len(list((ROOT / "migrations").glob("*.sql")))
    except sqlite3.DatabaseError:
        return True
