"""An export holds everything: an archive made of it is the same one, past and identities included."""
import json
import sqlite3
import urllib.error
import urllib.request

SAY = ("Une séance du conseil {n}\n\n« Nous tiendrons parole devant tous », a déclaré {name}, maire de Dieppe.\n\n"
       "Le conseil de Dieppe a voté hier soir.{more}")


def call(base, method, path, body=None, kind="application/json"):
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(base + path, data=data, method=method,
                                     headers={"Content-Type": kind} if data else {})
    with urllib.request.urlopen(request, timeout=30) as reply:
        text = reply.read()
        return json.loads(text) if text else None


def put(base, n, name, more="", path=None):
    path = path or f"/articles?lang=fr&url=https://gazette.example/{n}"
    return call(base, "PUT" if "/articles/" in path else "POST", path, SAY.format(n=n, name=name, more=more), "text/plain")["id"]


def table(db, sql):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


SAME = {
    "revisions": "SELECT a.public_id, r.revision, hex(r.hash), r.recorded_ms, r.title, r.standfirst, r.text, hex(r.blocks)"
                 " FROM revisions r JOIN articles a ON a.id = r.article ORDER BY 1, 2",
    "keys": "SELECT a.public_id, k.kind, hex(k.key) FROM article_keys k JOIN articles a ON a.id = k.article ORDER BY 1, 2, 3",
    "tombstones": "SELECT public_id, key_kind, revision, deleted_ms, ingested_ms FROM articles WHERE deleted_ms IS NOT NULL ORDER BY 1",
    "articles": "SELECT public_id, key_kind, revision, hex(revision_hash), ingested_ms, updated_ms, entity_count, quote_count"
                " FROM articles WHERE deleted_ms IS NULL ORDER BY 1",
    "copies": "SELECT a.public_id, c.first_id, c.size, a.duplicate FROM articles a JOIN article_clusters c ON c.id = a.cluster"
              " ORDER BY 1",
    "entities": "SELECT e.public_id, e.ordinal, e.type, e.name, e.slug, e.named, e.forbidden, m.public_id, e.articles, e.mentions,"
                " e.quotes_by, e.quotes_about, e.created_ms FROM entities e LEFT JOIN entities m ON m.id = e.merged_into ORDER BY 1",
    "mentions": "SELECT a.public_id, m.start_byte, e.public_id FROM mentions m JOIN articles a ON a.id = m.article"
                " JOIN entities e ON e.id = m.entity ORDER BY 1, 2",
    "quotes": "SELECT q.public_id, q.text, q.type, e.public_id, q.corrected FROM quotes q"
              " LEFT JOIN entities e ON e.id = q.speaker ORDER BY 1",
    "corrections": "SELECT kind, target, value, alias_key, created_ms, undone_ms, orphaned FROM corrections ORDER BY number",
    "counters": "SELECT c.name, coalesce(s.name, c.key), c.value FROM counters c LEFT JOIN sources s"
                " ON c.name LIKE '%source' AND c.key = s.id WHERE c.value <> 0 ORDER BY 1, 2",
}


def make_a_past(base):
    """Revised, moved, deleted and revived articles; every correction; entities that nobody mentions any more."""
    for n in range(6):
        put(base, n, "Anne Lebrun")
    for n in (30, 31, 32):  # copies of each other, the first of which is deleted
        put(base, n, "Anne Lebrun", " Les travaux du grand port commenceront au printemps, quai par quai, selon un calendrier que les"
            " dockers, les armateurs et la région ont signé ensemble après deux années de longues négociations.")
    call(base, "DELETE", f"/articles/{put(base, 30, 'Anne Lebrun')}")
    moved = put(base, 20, "Zoé L'Herbier-Maçon")
    put(base, 21, "Zoé L'Herbier-Maçon", " Revu.", f"/articles/{moved}?lang=fr&url=https://gazette.example/moved")
    for more in (" Un.", " Deux 😀.", " Trois."):
        put(base, 0, "Anne Lebrun", more)
    put(base, 7, "Karim Benhaddou")  # will be mentioned by nobody
    put(base, 7, "Paul Lebrun", " Corrigé.")
    put(base, 8, "Odile Kisamba-Roux")
    for n in (8, 5):
        gone = put(base, n, "Odile Kisamba-Roux", " Encore.")
        call(base, "DELETE", f"/articles/{gone}")
    revived = put(base, 9, "Luc Meridon")
    call(base, "DELETE", f"/articles/{revived}")
    call(base, "POST", "/articles?lang=fr&url=https://gazette.example/9&revive=true", SAY.format(n=9, name="Luc Meridon", more=" Oui."), "text/plain")
    articles = [put(base, n, "Anne Lebrun") for n in (1, 3)]
    call(base, "POST", "/entities/anne-lebrun/split", {"articles": articles[:1], "name": "Anne Lebrun (Nantes)"})
    call(base, "POST", "/entities/zoe-l-herbier-macon/merge", {"into": "Luc Meridon"})
    call(base, "PATCH", "/entities/paul-lebrun", {"name": "Paul Le Brun", "type": "MISC"})
    call(base, "DELETE", "/entities/dieppe")
    quote = call(base, "GET", "/quotes?speaker=luc-meridon&limit=1")["items"][0]
    call(base, "PATCH", f"/quotes/{quote['id']}", {"type": "mixed", "note": "entendu"})


def test_the_same_archive_again(serve, run, tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    process = serve(a, "--open-writes")
    make_a_past(process.base)
    one = run("export", "--db", a, check=True).stdout
    run("ingest", "--db", b, "-", input=one, check=True)
    assert run("export", "--db", b, check=True).stdout == one
    for name, sql in SAME.items():
        wanted = table(a, sql)
        assert wanted, name
        assert table(b, sql) == wanted, name
    assert len(table(b, "SELECT 1 FROM revisions WHERE text IS NOT NULL")) >= 5
    # Again changes nothing, not even a second tombstone or correction.
    run("ingest", "--db", b, "-", input=one, check=True)
    assert run("export", "--db", b, check=True).stdout == one


def test_ids_answer_as_before(serve, run, tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    process = serve(a, "--open-writes")
    make_a_past(process.base)
    run("ingest", "--db", b, "-", input=run("export", "--db", a, check=True).stdout, check=True)
    other = serve(b, "--open-writes")
    unmentioned = 0
    for row, articles in table(a, "SELECT public_id, articles FROM entities WHERE forbidden = 0"):
        text = id_text(row)
        wanted = call(process.base, "GET", f"/entities/{text}")
        assert {**call(other.base, "GET", f"/entities/{text}"), "recent": None} == {**wanted, "recent": None}
        unmentioned += articles == 0
    assert unmentioned >= 3
    # A deleted article's URL still stands for what was deleted.
    for base in (process.base, other.base):
        try:
            put(base, 8, "Odile Kisamba-Roux")
            raise AssertionError("a deleted article came back")
        except urllib.error.HTTPError as refused:
            assert refused.code in (409, 410)


def id_text(row):
    import base64
    return base64.b32encode((row & (2**64 - 1)).to_bytes(8, "big")).decode().lower().rstrip("=")
