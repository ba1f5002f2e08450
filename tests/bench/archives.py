"""Archives of synthetic articles: the same for the same number of them and the same sources.

All of them are made by `guillemet ingest`, as a user's are. A large one is kept below build/bench/, under a name made of what
it depends on (the sources of all that analyses, renders and stores, the migrations, the generator, the number), so that what is
measured is never an archive of another program's making."""
import hashlib
import json
import pathlib
import resource
import sqlite3
import subprocess
import sys
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
    pathlib.Path(f"{db}.log").unlink()


def ingest(options, db, documents, *more):
    """The real pipeline; its summary, wall-clock and CPU seconds, and the bytes of text and titles that went in."""
    command = [options.guillemet, "ingest", "--quiet", "--json", "--db", str(db), "--type", "application/x-ndjson", *more, "-"]
    before, began, text = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        with process.stdin as out:
            for document in documents:
                text += len((document["text"] + document["title"]).encode())
                out.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
        said = process.stdout.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"bench: guillemet ingest ended with {process.returncode}")
    return {**json.loads(said), "wall_seconds": time.monotonic() - began, "text_bytes": text,
            "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def make(options, db, articles, *more, form=synthetic.reports):
    """A new archive at `db`; how it was made."""
    summary = ingest(options, db, form(articles), *more)
    if summary["created"] != articles:
        raise SystemExit(f"bench: of {articles} articles {summary['created']} were stored")
    settle(options, db)
    with sqlite3.connect(db) as archive:
        archive.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        mentions, quotes = archive.execute("SELECT sum(mention_count), sum(quote_count) FROM articles").fetchone()
    archive.close()
    return {"articles": articles, "mentions": mentions, "quotes": quotes, "text_bytes": summary["text_bytes"],
            "database_bytes": db.stat().st_size, "ingest_wall_s": round(summary["wall_seconds"], 2),
            "ingest_cpu_ms": round(summary["cpu_seconds"] / articles * 1000, 3),
            **{f"{stage}_cpu_ms": round(summary[f"{stage}_cpu_seconds"] / articles * 1000, 3)
               for stage in ("read", "analyse", "render", "store", "search")}}


def key(articles):
    digest = hashlib.sha256()
    files = [pathlib.Path(synthetic.__file__), *loopback.ROOT.glob("migrations/*.sql"), *loopback.ROOT.glob("server/api/view*")]
    for layer in ("analyse", "base", "ingest", "lang", "model", "store", "text"):
        files += loopback.ROOT.glob(f"server/{layer}/**/*")
    for path in sorted(f for f in files if f.is_file()):
        digest.update(str(path.relative_to(loopback.ROOT)).encode() + b"\0" + path.read_bytes())
    return f"{articles}-{digest.hexdigest()[:12]}"


def kept(options, articles):
    """(database, how it was made): found below build/bench, or made there. Older ones of that size make room."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    db = FOLDER / f"archive-{key(articles)}.db"
    about = db.with_suffix(".json")
    if about.exists() and db.exists():
        return db, {**json.loads(about.read_text()), "from_cache": True}
    for old in FOLDER.glob(f"archive-{articles}-*"):
        old.unlink()
    print(f"making an archive of {articles:,} articles ({articles // 250} to {articles // 120} s)", file=sys.stderr, flush=True)
    made = make(options, db, articles)
    about.write_text(json.dumps(made) + "\n")
    return db, {**made, "from_cache": False}
