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


def lines(run, db, *options):
    return run("export", "--db", db, *options, check=True).stdout.decode().splitlines()


def test_a_part_of_the_archive(serve, run, tmp_path):
    """Under a filter: those articles as they are in the whole, corrections that have something to say about them, no deletions."""
    a = tmp_path / "a.db"
    process = serve(a, "--open-writes")
    make_a_past(process.base)
    for n, (source, day) in enumerate([("Le Phare", "2024-01-05"), ("Le Phare", "2024-02-01"), ("Le Quai", "2024-01-20")]):
        call(process.base, "POST", "/articles", {
            "url": f"https://phare.example/{n}", "source": source, "published_at": f"{day}T08:00:00Z", "lang": "fr",
            "title": f"Séance {n}", "text": SAY.format(n=n, name="Luce Amar", more="").partition("\n\n")[2]})
    quote = call(process.base, "GET", "/quotes?source=Le+Quai&limit=1")["items"][0]
    call(process.base, "PATCH", f"/quotes/{quote['id']}", {"type": "mixed"})
    whole = lines(run, a)

    def part(*options):
        found = lines(run, a, *options)
        assert set(found) < set(whole)
        return [json.loads(line) for line in found]

    def titles(*options):
        return [row["title"] for row in part(*options) if "title" in row]

    assert titles("--source", "le phare") == ["Séance 0", "Séance 1"]
    assert titles("--from", "2024-01-01", "--to", "2024-02-01") == ["Séance 0", "Séance 2"]  # `to` is no part of it
    assert titles("--to", "2024-01-06T00:00:00Z", "--source", "Le Phare") == ["Séance 0"]
    assert not any(row.get("deleted_at") for row in part("--source", "Le Phare"))
    corrections = {name: [row for row in part("--source", name) if "Séance" not in row.get("title", "") and '"mixed"' in json.dumps(row)]
                   for name in ("Le Phare", "Le Quai")}
    assert [len(rows) for rows in corrections.values()] == [0, 1]
    # An archive made of it has these articles, and the ids that they and their entities had.
    b = tmp_path / "b.db"
    run("ingest", "--db", b, "-", input=("\n".join(lines(run, a, "--source", "Le Quai")) + "\n").encode(), check=True)
    for name in ("id", "quotes"):
        sql = {"id": "SELECT public_id FROM articles WHERE title = 'Séance 2'",
               "quotes": "SELECT q.public_id, q.type, q.corrected, e.public_id FROM quotes q JOIN entities e ON e.id = q.speaker"
                         " JOIN articles a ON a.id = q.article WHERE a.title = 'Séance 2'"}[name]
        assert table(b, sql) and table(b, sql) == table(a, sql)
    assert table(b, "SELECT count(*) FROM articles") == [(1,)]
    unknown = run("export", "--db", a, "--source", "Le Phar", check=True)
    assert 'did you mean "Le Phare"' in unknown.stderr.decode()


def test_tables(serve, run, tmp_path):
    """The same bytes as the API's lists, whole."""
    a = tmp_path / "a.db"
    process = serve(a, "--open-writes")
    make_a_past(process.base)
    call(process.base, "POST", "/articles", {
        "url": "https://phare.example/f", "source": "Le Phare", "published_at": "2024-01-05", "lang": "fr",
        "title": "=HYPERLINK(\"https://evil.example\")", "text": "« +1, vraiment », a déclaré Luce Amar, maire de Dieppe."})
    for name, order in (("articles", "sort=oldest"), ("quotes", "sort=oldest"), ("entities", "sort=name")):
        with urllib.request.urlopen(f"{process.base}/{name}.csv?{order}", timeout=30) as reply:
            wanted = reply.read()
        out = tmp_path / f"{name}.csv"
        run("export", "--db", a, "--format", "csv", name, "-o", out, check=True)
        assert out.read_bytes() == wanted and wanted.count(b"\r\n") > 2
    assert b"'=HYPERLINK" in (tmp_path / "articles.csv").read_bytes()
    rows = run("export", "--db", a, "--format", "csv", "quotes", "--source", "Le Phare", "--from", "2024-01-05", check=True).stdout.decode()
    assert "'+1, vraiment" in rows and "Nous tiendrons" not in rows


def test_what_export_refuses(run, tmp_path):
    run("migrate", "up", "--db", tmp_path / "a.db")
    for options, told in ((["quotes"], "add --format csv"), (["--format", "csv"], "articles, quotes, entities"),
                          (["--format", "csv", "people"], 'not "people"'), (["--format", "xml"], "ndjson or csv"),
                          (["--from", "yesterdayish"], "--from takes a date"), (["--to", "2024-13-01"], "--to takes a date"),
                          (["--from", "2024-02-01", "--to", "2024-02-01"], "--from must be before --to"),
                          (["--format", "csv", "entities", "--source", "Le Phare"], "leave --source out")):
        done = run("export", "--db", tmp_path / "a.db", *options)
        assert done.returncode == 2 and told in done.stderr.decode(), (options, done)
        assert done.stdout == b""
