"""Many by id, totals, and the analysis of a text that is not kept."""
import json
import subprocess


def test_order_missing_and_gone(api):
    ids = [api.post(f"Titre {n}\n\nAnne Lebrun est à Dieppe, jour {n}.", external_id=f"n{n}").json()["id"] for n in range(4)]
    api.call("DELETE", f"/articles/{ids[1]}")
    asked = [ids[3], "a" * 13, ids[1], ids[0], ids[3]]
    items = api.json("/batch/articles", id=",".join(asked))["items"]
    assert [i["id"] for i in items] == asked
    assert [i["status"] for i in items] == [200, 404, 410, 200, 200]
    assert [i["item"] and i["item"]["id"] for i in items] == [ids[3], None, None, ids[0], ids[3]]
    assert "deleted" in items[2]["detail"] and items[0]["detail"] is None
    listed = {item["id"]: item for item in api.items("/articles")}
    assert items[0]["item"] == listed[ids[3]]
    with_parts = api.json("/batch/articles", id=ids[0], include="entities,quotes,text")["items"][0]["item"]
    assert with_parts == next(i for i in api.items("/articles", include="entities,quotes,text") if i["id"] == ids[0])


def test_entities_and_quotes_as_in_lists(archive):
    for kind in ("entities", "quotes"):
        listed = archive.items(f"/{kind}", limit=1000)
        items = archive.json(f"/batch/{kind}", id=",".join(i["id"] for i in listed))["items"]
        assert [i["item"] for i in items] == listed
        assert archive.json(f"/batch/{kind}", id="a" * 13)["items"][0]["status"] == 404


def test_merged_and_forbidden_entities(api):
    api.post("Port\n\nAnne Lebrun et Paul Lebrun étaient au port de Dieppe.", external_id="a")
    ids = {e["name"]: e["id"] for e in api.items("/entities")}
    anne, paul, dieppe = ids["Anne Lebrun"], ids["Paul Lebrun"], ids["Dieppe"]
    api.call("POST", f"/entities/{paul}/merge", json={"into": anne})
    api.call("DELETE", f"/entities/{dieppe}")
    first, second = api.json("/batch/entities", id=f"{paul},{dieppe}")["items"]
    assert (first["id"], first["item"]["id"], first["item"]["resolved_from"]) == (paul, anne, paul)
    assert (second["status"], second["item"]) == (410, None)


def test_a_thousand(archive):
    asked = list(archive.ids.values()) * 250
    assert len(archive.json("/batch/articles", id=",".join(asked))["items"]) == 1000
    first = archive.get("/batch/articles", params={"id": asked[0]})
    assert archive.get("/batch/articles", params={"id": asked[0]}, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_refused(archive):
    one = archive.ids["port"]
    archive.refused(400, "invalid", "GET", "/batch/articles", field="id")
    archive.refused(400, "invalid", "GET", f"/batch/articles?id={one},", field="id")
    archive.refused(400, "invalid", "GET", f"/batch/articles?id={one},UPPERCASEISNO", field="id")
    archive.refused(400, "invalid", "GET", "/batch/quotes?id=" + ",".join([one] * 1001), field="id")
    archive.refused(400, "invalid", "GET", "/batch/articles?include=text&id=" + ",".join([one] * 101), field="id")


def test_stats(api):
    empty = api.json("/stats")
    assert empty["articles"] == 0 and empty["first_article"] is None and empty["sources"] == []
    a = api.post("Un\n\nAnne Lebrun est à Dieppe.", source="Le Nord", published_at="2026-02-03", external_id="a").json()["id"]
    api.post("Two\n\nThe mayor of Dieppe, Anne Lebrun, spoke.", source="The Coast", lang="en", published_at="2026-01-01T10:00:00Z", external_id="b")
    api.post("Trois\n\nDieppe encore.", source="Le Nord", lang="fr", published_at="2026-01-05", external_id="c")
    stats = api.json("/stats")
    assert stats["articles"] == 3 and stats["source_count"] == 2
    assert stats["sources"] == [{"value": "Le Nord", "count": 2}, {"value": "The Coast", "count": 1}]
    assert (stats["first_article"], stats["last_article"]) == ("2026-01-01T10:00:00Z", "2026-02-03T00:00:00Z")
    assert sum(row["count"] for row in stats["languages"]) == 3
    assert sum(row["count"] for row in stats["entity_types"]) == stats["entities"] == len(api.items("/entities"))
    assert sum(row["count"] for row in stats["quote_types"]) == stats["quotes"]
    assert sum(row["count"] for row in stats["analysers"]) == 3 and len(stats["analysers"]) == 1
    api.call("DELETE", f"/articles/{a}")
    stats = api.json("/stats")
    assert (stats["articles"], stats["deleted_articles"], stats["analysers"][0]["count"]) == (2, 1, 2)


def test_analyse_is_the_command_line(archive, guillemet, tmp_path):
    text = archive.texts["port"]
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    before = archive.json("/stats")["articles"]
    for explain in (False, True):
        reply = archive.call("POST", "/analyse", params={"lang": "fr", "explain": str(explain).lower()}, data=text.encode(),
                             headers={"Content-Type": "text/plain; charset=utf-8"})
        said = subprocess.run([guillemet, "analyse", "--lang", "fr", *["--explain"] * explain, str(tmp_path / "a.txt")], check=True,
                              capture_output=True, timeout=60).stdout
        mine, theirs = reply.json(), json.loads(said)
        assert reply.status_code == 200 and mine["quotes"] and ("explanation" in mine["quotes"][0]) == explain
        # The server of these tests has a gazetteer: what is found may differ, never its shape.
        assert mine.keys() == theirs.keys() and mine["text"] == theirs["text"] and mine["blocks"] == theirs["blocks"]
    assert archive.json("/stats")["articles"] == before
    page = "<!DOCTYPE html><html lang=fr><title>Le port</title><article><p>" + "Le port de Dieppe a rouvert mardi, après deux semaines. " * 5 + "</article></html>"
    assert archive.call("POST", "/analyse", data=page.encode(), headers={"Content-Type": "text/html"}).json()["lang"] == "fr"
    assert archive.call("POST", "/analyse", json={"text": "Anne Lebrun est à Dieppe.", "external_id": "x"}).json()["id"] == "x"


def test_analyse_refused_and_private(archive, start):
    archive.refused(413, "too_large", "POST", "/analyse", data=b"a" * (1024 * 1024 + 1), headers={"Content-Type": "text/plain"})
    archive.refused(415, "unsupported", "POST", "/analyse", data=b"\x89PNG\r\n\x1a\n" + bytes(50), headers={"Content-Type": "image/png"})
    archive.refused(400, "unknown_parameter", "POST", "/analyse?dry_run=true", data=b"x", field="dry_run")
    closed = start()  # no token, no open writes: reading is enough
    assert closed.call("POST", "/analyse", data=b"Anne Lebrun est ici.", headers={"Content-Type": "text/plain"}).status_code == 200
