"""Archives of synthetic articles: the same for the same number of them and the same program.

A large one is kept below build/bench/, under a name made of what it depends on (the program's bytes, the generator's and the
number), so that what is measured is never an archive of another program's making."""
import hashlib
import json
import pathlib
import resource
import sqlite3
import subprocess
import time

import loopback
import synthetic

FOLDER = loopback.ROOT / "build" / "bench"


def settle(options, db):
    """Serves until what the writer keeps of entities in its idle time is kept: later that is nobody's background."""
    processes = []
    try:
        with open(f"{db}.log", "wb") as log:
            loopback.start_guillemet(options, db, processes, log)
            with sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=30) as archive:
                until = time.monotonic() + 600
                while archive.execute("SELECT EXISTS (SELECT 1 FROM entity_recent_stale)").fetchone()[0]:
                    if time.monotonic() > until:
                        raise SystemExit("bench: the entities' newest articles aren't kept after ten minutes of idling")
                    time.sleep(0.05)
            archive.close()
    finally:
        loopback.stop(processes)


def ingest(options, db, source, *more):
    """The real pipeline; its summary, wall-clock and CPU seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([options.guillemet, "ingest", "--quiet", "--json", "--db", str(db), *more, str(source)], check=True,
                          stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {**json.loads(done.stdout), "wall_seconds": time.monotonic() - began,
            "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def text_bytes(source):
    """Of the articles as submitted: texts and titles."""
    with open(source, encoding="utf-8") as lines:
        return sum(len((a["text"] + a["title"]).encode()) for a in map(json.loads, lines))


def make(options, db, articles, *more):
    """A new archive at `db`; how it was made."""
    source = pathlib.Path(f"{db}.ndjson")
    synthetic.write(source, articles)
    summary = ingest(options, db, source, *more)
    if summary["created"] != articles:
        raise SystemExit(f"bench: of {articles} articles {summary['created']} were stored")
    settle(options, db)
    with sqlite3.connect(db) as archive:
        archive.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    archive.close()
    made = {"articles": articles, "text_bytes": text_bytes(source), "database_bytes": db.stat().st_size,
            "ingest_wall_s": round(summary["wall_seconds"], 2), "ingest_cpu_ms": round(summary["cpu_seconds"] / articles * 1000, 3)}
    source.unlink()
    return made


def key(options, articles):
    digest = hashlib.sha256()
    for part in (pathlib.Path(options.guillemet), pathlib.Path(synthetic.__file__), pathlib.Path(__file__)):
        digest.update(part.read_bytes())
    return f"{articles}-{digest.hexdigest()[:12]}"


def kept(options, articles):
    """(database, how it was made): found below build/bench, or made there. Older ones of that size make room."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    db = FOLDER / f"archive-{key(options, articles)}.db"
    about = db.with_suffix(".json")
    if about.exists() and db.exists():
        return db, {**json.loads(about.read_text()), "from_cache": True}
    for old in FOLDER.glob(f"archive-{articles}-*"):
        old.unlink()
    made = make(options, db, articles)
    about.write_text(json.dumps(made) + "\n")
    return db, {**made, "from_cache": False}
