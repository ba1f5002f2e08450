"""The same four replies by FastAPI, uvicorn and Python's sqlite3, as one would write them: an index for each list, counts that
are kept, orjson for the bodies, a process for each of two cores. Run by uvicorn; BENCH_DATABASE names the database."""
import base64
import json
import os
import sqlite3

import orjson
from fastapi import FastAPI, HTTPException, Response

app = FastAPI(openapi_url=None)
db = sqlite3.connect(f"file:{os.environ['BENCH_DATABASE']}?mode=ro", uri=True, check_same_thread=False, cached_statements=64)
db.row_factory = sqlite3.Row
db.execute("PRAGMA mmap_size = 4294967296")
db.execute("PRAGMA cache_size = -65536")

ARTICLE = ("id", "url", "canonical_url", "external_id", "source", "title", "standfirst", "lang", "lang_confidence", "section", "image",
           "published_at", "modified_at", "word_count", "analyser", "ingested_at", "updated_at", "revision", "text_rights", "duplicate_of")
ARTICLE_JSON = ("bylines", "credits", "keywords", "origins", "warnings")
QUOTE = ("id", "type", "text", "speaker_resolution", "body_quote", "before", "after", "confidence", "rule")
QUOTE_JSON = ("spans", "alternatives", "reported_by", "addressee", "channel", "about")
QUOTE_BOOL = ("negated", "hypothetical", "in_headline", "corrected")
ENTITY = ("id", "slug", "name", "type", "first_seen", "last_seen", "articles", "mentions", "quotes_by", "quotes_about")


def answer(value):
    return Response(orjson.dumps(value), media_type="application/json")


def parsed(text):
    return None if text is None else [] if text == "[]" else orjson.loads(text)


def with_rest(made, row):
    if row["rest"]:
        made.update(orjson.loads(row["rest"]))
    return made


def article_of(row):
    made = {name: row[name] for name in ARTICLE}
    for name in ARTICLE_JSON:
        made[name] = parsed(row[name])
    made["counts"] = {"entities": row["entities_count"], "mentions": row["mentions_count"], "quotes": row["quotes_count"],
                      "duplicates": row["duplicates_count"]}
    own = f"/articles/{row['id']}"
    made["links"] = {"self": own, "entities": own + "/entities", "quotes": own + "/quotes", "duplicates": own + "/duplicates"}
    return with_rest(made, row)


def quote_of(row):
    made = {name: row[name] for name in QUOTE}
    for name in QUOTE_JSON:
        made[name] = parsed(row[name])
    for name in QUOTE_BOOL:
        made[name] = row[name] == 1
    made["article"] = {"id": row["article_id"], "title": row["article_title"], "source": row["article_source"],
                       "published_at": row["published_at"], "at": row["at"], "url": row["article_url"]}
    made["cue"] = None if row["cue_text"] is None else {
        "text": row["cue_text"], "lemma": row["cue_lemma"], "class": row["cue_class"], "start": row["cue_start"], "end": row["cue_end"]}
    made["speaker"] = {"text": row["speaker_text"], "start": row["speaker_start"], "end": row["speaker_end"], "kind": row["speaker_kind"],
                       "entity": row["speaker_entity"], "name": row["speaker_name"], "type": row["speaker_type"],
                       "title": row["speaker_title"], "affiliation": parsed(row["speaker_affiliation"])}
    made["links"] = {"self": f"/quotes/{row['id']}", "article": f"/articles/{row['article_id']}",
                     "occurrences": f"/quotes/{row['id']}/occurrences"}
    return with_rest(made, row)


def entity_of(row):
    made = {name: row[name] for name in ENTITY}
    made["aliases"] = [dict(a) for a in db.execute("SELECT text, count FROM aliases WHERE entity = ? ORDER BY n", (row["id"],))]
    made["titles"] = [dict(t) for t in db.execute("SELECT text, count, first_seen, last_seen FROM titles WHERE entity = ? ORDER BY n",
                                                  (row["id"],))]
    made["recent"] = parsed(row["recent"])
    if row["type"] == "PER":
        made["gender"] = row["gender"]
    own = f"/entities/{row['id']}"
    made["links"] = {"self": own, "articles": own + "/articles", "quotes": own + "/quotes"}
    return with_rest(made, row)


def page(rows, limit, make, total, path):
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = None
    if more:
        cursor = base64.urlsafe_b64encode(json.dumps([rows[-1]["published_at"], rows[-1]["n"]]).encode()).decode()
    return answer({"items": [make(row) for row in rows], "total": total, "total_is_exact": True, "next_cursor": cursor,
                   "next": cursor and f"{path}?limit={limit}&cursor={cursor}"})


def after(cursor):
    return json.loads(base64.urlsafe_b64decode(cursor)) if cursor else ["9999", 9 * 10**15]


def entity_row(public_id):
    row = db.execute("SELECT * FROM entities WHERE id = ?", (public_id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    return row


@app.get("/articles")
async def articles(limit: int, cursor: str | None = None):
    at, n = after(cursor)
    rows = db.execute("SELECT * FROM articles WHERE (published_at, n) < (?, ?) ORDER BY published_at DESC, n DESC LIMIT ?",
                      (at, n, limit + 1)).fetchall()
    total = db.execute("SELECT value FROM counters WHERE name = 'articles'").fetchone()[0]
    return page(rows, limit, article_of, total, "/articles")


@app.get("/articles/{public_id}")
async def article(public_id: str):
    row = db.execute("SELECT a.*, t.text, t.blocks FROM articles a JOIN texts t ON t.n = a.n WHERE a.id = ?", (public_id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    return answer({**article_of(row), "text": row["text"], "blocks": orjson.loads(row["blocks"])})


@app.get("/entities/{public_id}")
async def entity(public_id: str):
    return answer(entity_of(entity_row(public_id)))


@app.get("/entities/{public_id}/quotes")
async def quotes(public_id: str, limit: int, cursor: str | None = None):
    speaker = entity_row(public_id)
    at, n = after(cursor)
    rows = db.execute("SELECT q.*, a.id AS article_id, a.title AS article_title, a.source AS article_source, a.url AS article_url"
                      " FROM quotes q JOIN articles a ON a.n = q.article WHERE q.speaker_entity = ? AND (q.published_at, q.n) < (?, ?)"
                      " ORDER BY q.published_at DESC, q.n DESC LIMIT ?", (public_id, at, n, limit + 1)).fetchall()
    return page(rows, limit, quote_of, speaker["quotes_by"], f"/entities/{public_id}/quotes")
