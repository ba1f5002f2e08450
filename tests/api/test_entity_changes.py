"""Entities corrected by people: rename, retype, merge, split, delete; what they survive, and who may."""
import json
import sqlite3
import threading

import pytest

SAY = "« Nous tiendrons parole devant tous », a déclaré {name}, maire de Dieppe.\n\nLe conseil de Dieppe a voté hier soir."


def put(api, n, name, more=""):
    return api.post(f"Une séance du conseil {n}\n\n" + SAY.format(name=name) + more, status=None, lang="fr",
                    url=f"https://gazette.example/{n}").json()["id"]


def change(api, method, path, status=200, **body):
    reply = api.call(method, path, json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


def rows(api, sql):
    with sqlite3.connect(f"file:{api.db}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def test_entity_alone_tells_more_than_in_a_list(api):
    put(api, 1, "Anne Lebrun")
    put(api, 2, "Anne Lebrun")
    anne = api.json("/entities/anne-lebrun")
    assert anne["recent"]["articles"] == anne["recent"]["speaks"] == 2 and anne["recent"]["spoken_about"] == 0
    [dieppe] = [c for c in anne["recent"]["seen_with"] if c["name"] == "Dieppe"]
    assert dieppe["articles"] == 2 and api.json(dieppe["links"]["self"])["name"] == "Dieppe"
    assert anne["id"] not in {c["id"] for c in anne["recent"]["seen_with"]}
    assert not {"gender", "recent"} & set(api.items("/entities", name="anne lebrun")[0])


def test_rename_and_retype(api):
    put(api, 1, "Anne Lebrun")
    anne = api.json("/entities/anne-lebrun")
    done = change(api, "PATCH", "/entities/anne%20lebrun", name="Anne Le Brun", type="MISC", note="graphie")
    assert done["corrections"] == [1, 2] and done["made"] is None
    assert (done["entity"]["id"], done["entity"]["name"], done["entity"]["slug"]) == (anne["id"], "Anne Le Brun", "anne-le-brun")
    assert done["entity"]["type"] == "MISC"
    put(api, 1, "Anne Lebrun", " Revu.")
    put(api, 2, "Anne Lebrun")
    after = api.json("/entities/anne-le-brun")
    assert after["id"] == anne["id"] and after["articles"] == 2 and after["type"] == "MISC"
    assert api.json("/entities/Anne%20Lebrun")["resolved_from"] == "Anne Lebrun"  # still an alias
    assert rows(api, "SELECT kind, note FROM corrections") == [("entity_rename", "graphie"), ("entity_retype", "graphie")]


def test_a_change_that_waited_long_is_answered(start):
    """What is read for the answer has a time of its own: another process may write for longer than one read may last."""
    api = start("--open-writes", "--read-timeout", "1s")
    for n in range(50):  # enough to count for the read to look at the clock
        put(api, n, "Anne Lebrun", " Paris, Lyon, Marseille, Bordeaux, Lille, Nantes et Toulouse suivront.")
    put(api, 50, "Zoé L'Herbier-Maçon")
    other = sqlite3.connect(api.db, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(1.5, other.rollback)
    release.start()
    done = change(api, "POST", "/entities/zoe-l-herbier-macon/merge", into="Anne Lebrun")
    release.join()
    other.close()
    assert done["entity"]["name"] == "Anne Lebrun" and done["entity"]["articles"] == 51


def test_merge_redirects_and_holds(api):
    put(api, 1, "Anne Lebrun")
    put(api, 2, "Zoé L'Herbier-Maçon")
    anne, zoe = (api.json(f"/entities/{name}") for name in ("anne-lebrun", "zoe-l-herbier-macon"))
    done = change(api, "POST", f"/entities/{zoe['id']}/merge", into="Anne Lebrun")
    assert done["entity"]["id"] == anne["id"] and done["entity"]["articles"] == 2 and done["entity"]["quotes_by"] == 2
    moved = api.json(f"/entities/{zoe['id']}")
    assert moved["id"] == anne["id"] and moved["resolved_from"] == zoe["id"]
    assert api.json("/quotes", speaker=zoe["id"])["total"] == 2
    put(api, 2, "Zoé L'Herbier-Maçon", " Revu.")
    put(api, 3, "Zoé L'Herbier-Maçon")
    assert api.json("/entities/anne-lebrun")["articles"] == 3
    api.refused(400, "invalid", "POST", f"/entities/{anne['id']}/merge", field="into", json={"into": zoe["id"]})
    api.refused(400, "invalid", "POST", f"/entities/{anne['id']}/merge", field="into", json={"into": "nobody at all"})


def test_split_by_article_and_by_alias(api):
    ids = [put(api, n, "Anne Lebrun") for n in range(4)]
    anne = api.json("/entities/anne-lebrun")
    done = change(api, "POST", "/entities/anne-lebrun/split", 201, articles=[ids[1], ids[3]], name="Anne Lebrun (Nantes)",
                  note="une autre")
    made = done["made"]
    assert len(done["corrections"]) == 2 and made["name"] == "Anne Lebrun (Nantes)" and made["type"] == "PER"
    assert {a["id"] for a in api.items(made["links"]["articles"])} == {ids[1], ids[3]}
    assert made["quotes_by"] == 2 and done["entity"]["id"] == anne["id"] and done["entity"]["articles"] == 2
    for n in range(4):
        put(api, n, "Anne Lebrun", " Revu.")
    assert {a["id"] for a in api.items(made["links"]["articles"])} == {ids[1], ids[3]}
    assert api.json(anne["links"]["self"])["articles"] == 2
    # By its fullest form: what a merge brought together.
    put(api, 5, "Paul Lebrun")
    change(api, "POST", "/entities/paul-lebrun/merge", into=anne["id"])
    done = change(api, "POST", f"/entities/{anne['id']}/split", 201, aliases=["PAUL LEBRUN"])
    assert done["made"]["name"] == "Paul Lebrun" and done["made"]["articles"] == 1 and done["entity"]["articles"] == 2


def test_false_name_is_gone(api):
    put(api, 1, "Anne Lebrun")
    anne = api.json("/entities/anne-lebrun")
    reply = api.call("DELETE", f"/entities/{anne['id']}?note=personne")
    assert reply.status_code == 200 and reply.json() == {"corrections": [1], "entity": None, "made": None}
    api.refused(410, "gone", "GET", f"/entities/{anne['id']}")
    api.refused(404, "not_found", "GET", "/entities/anne-lebrun")
    api.refused(410, "gone", "PATCH", f"/entities/{anne['id']}", json={"name": "x"})
    assert api.items("/quotes", speaker=anne["id"]) == [] == api.items("/entities", name=anne["id"])
    put(api, 1, "Anne Lebrun", " Revu.")
    api.refused(404, "not_found", "GET", "/entities/anne-lebrun")
    assert all(q["speaker"]["entity"] is None for q in api.items("/quotes") if q["speaker"])


REFUSED = [
    ("PATCH", "", {}, "name"), ("PATCH", "", {"name": ""}, "name"), ("PATCH", "", {"name": "…!"}, "name"),
    ("PATCH", "", {"name": 7}, "name"), ("PATCH", "", {"name": "a\u0001b"}, "name"), ("PATCH", "", {"name": "x" * 257}, "name"),
    ("PATCH", "", {"type": "PERSON"}, "type"), ("PATCH", "", {"nome": "x"}, "nome"), ("PATCH", "", {"name": None, "note": "x"}, "name"),
    ("PATCH", "", {"name": "x", "note": "y" * 1001}, "note"),
    ("POST", "/merge", {}, "into"), ("POST", "/merge", {"into": ["x"]}, "into"), ("POST", "/merge", {"into": "anne-lebrun"}, "into"),
    ("POST", "/split", {}, "aliases"), ("POST", "/split", {"aliases": []}, "aliases"), ("POST", "/split", {"aliases": "x"}, "aliases"),
    ("POST", "/split", {"aliases": ["x"], "articles": ["a" * 13]}, "aliases"), ("POST", "/split", {"aliases": ["Nobody"]}, "aliases"),
    ("POST", "/split", {"aliases": ["Anne Lebrun"]}, "aliases"), ("POST", "/split", {"articles": ["nonsense"]}, "articles"),
    ("POST", "/split", {"articles": ["aaaaaaaaaaaaa"]}, "articles"), ("POST", "/split", {"aliases": ["x"], "type": "x"}, "type"),
]


def test_refusals_name_the_field_and_change_nothing(api):
    put(api, 1, "Anne Lebrun")
    before = api.json("/entities/anne-lebrun")
    for method, tail, body, field in REFUSED:
        api.refused(400, "invalid", method, "/entities/anne-lebrun" + tail, field=field, json=body)
    api.refused(400, "invalid", "PATCH", "/entities/anne-lebrun", nearest="name", json={"nam": "x"})
    for data in (b"", b"[]", b"7", b"{", b'{"name":"a","name":"b"}', b'{"name":"\xff"}', b'"' * 10, b"[" * 5000):
        api.refused(400, "invalid", "PATCH", "/entities/anne-lebrun", data=data, headers={"Content-Type": "application/json"})
    api.refused(415, "unsupported", "PATCH", "/entities/anne-lebrun", data="name=x", headers={"Content-Type": "text/plain"})
    api.refused(413, "too_large", "PATCH", "/entities/anne-lebrun", json={"name": "x" * 300000})
    api.refused(404, "not_found", "PATCH", "/entities/nobody", json={"name": "x"})
    api.refused(404, "not_found", "DELETE", "/entities/aaaaaaaaaaaaa")
    assert api.json("/entities/anne-lebrun") == before and rows(api, "SELECT * FROM corrections") == []


def test_ambiguous_name_changes_nothing(api):
    for name in ("Anne Lebrun", "Paul Lebrun"):
        put(api, name[0], name, " Lebrun a parlé.")
    for method, tail, body in (("PATCH", "", {"name": "x"}), ("POST", "/merge", {"into": "Dieppe"}), ("DELETE", "", None)):
        reply = api.call(method, "/entities/Lebrun" + tail, **({"json": body} if body else {}))
        assert reply.status_code == 300 and len(reply.json()["candidates"]) == 2
    api.refused(400, "ambiguous", "POST", "/entities/Dieppe/merge", field="into", json={"into": "Lebrun"})
    assert rows(api, "SELECT * FROM corrections") == []


def test_author_is_the_token(start, run, tmp_path):
    api = start("--open-writes", db="tokens.db")
    put(api, 1, "Anne Lebrun")
    made = run("token", "create", "--db", api.db, "desk", "--scopes", "write")
    secret = next(word for word in made.stdout.decode().split() if word.startswith("glm_"))
    reader = next(word for word in run("token", "create", "--db", api.db, "reader", "--scopes", "read").stdout.decode().split()
                  if word.startswith("glm_"))
    bearer = {"Authorization": "Bearer " + secret}
    assert api.call("PATCH", "/entities/anne-lebrun", json={"name": "Anne"}, headers=bearer).status_code == 200
    assert rows(api, "SELECT author FROM corrections") == [("desk",)]
    assert ("desk", "entity_rename") in rows(api, "SELECT who, action FROM audit")
    api.refused(403, "forbidden", "PATCH", "/entities/anne", json={"name": "x"}, headers={"Authorization": "Bearer " + reader})
    api.server.stop()
    closed = start(db="tokens.db")
    for method, tail in (("PATCH", ""), ("DELETE", ""), ("POST", "/merge"), ("POST", "/split")):
        closed.refused(401, "unauthenticated", method, "/entities/anne" + tail, **({"json": {}} if method != "DELETE" else {}))


@pytest.mark.parametrize("first", ["articles", "corrections"])
def test_corrections_survive_reanalysis_and_travel(start, run, tmp_path, first):
    api = start("--open-writes")
    ids = [put(api, n, "Anne Lebrun") for n in range(4)] + [put(api, 9, "Zoé L'Herbier-Maçon")]
    made = change(api, "POST", "/entities/anne-lebrun/split", 201, articles=ids[2:4])["made"]
    anne = [e for e in api.items("/entities", name="Anne Lebrun") if e["id"] != made["id"]][0]
    change(api, "PATCH", f"/entities/{made['id']}", name="Anne Lebrun de Nantes")
    change(api, "POST", "/entities/zoe-l-herbier-macon/merge", into=anne["id"])
    api.call("DELETE", "/entities/Dieppe")

    def look(client):
        assert {a["id"] for a in client.items(f"/entities/{made['id']}/articles")} == set(ids[2:4])
        assert client.json(f"/entities/{made['id']}")["name"] == "Anne Lebrun de Nantes"
        assert {a["id"] for a in client.items(f"/entities/{anne['id']}/articles")} == {*ids[:2], ids[4]}
        client.refused(404, "not_found", "GET", "/entities/Dieppe")

    look(api)
    api.server.stop()
    gazetteer = str(tmp_path / "names.tsv")
    run("reanalyse", "--db", api.db, "--gazetteer", gazetteer, "--all", check=True)
    look(start(db="archive.db"))
    lines = run("export", "--db", api.db, check=True).stdout.splitlines()
    order = sorted(lines, key=lambda line: ("correction" in json.loads(line)) == (first == "articles"))
    (tmp_path / "export.ndjson").write_bytes(b"\n".join(order) + b"\n")
    run("ingest", "--db", tmp_path / "second.db", "--gazetteer", gazetteer, tmp_path / "export.ndjson", check=True)
    look(start(db="second.db"))


def test_everything_can_be_undone(start):
    api = start("--open-writes")
    ids = [put(api, n, "Anne Lebrun") for n in range(4)] + [put(api, 9, "Zoé L'Herbier-Maçon")]
    before = {e["id"]: (e["name"], e["type"], e["articles"], e["quotes_by"]) for e in api.items("/entities", limit=100)}
    made = change(api, "POST", "/entities/anne-lebrun/split", 201, articles=ids[2:4])["made"]["id"]
    anne = next(e["id"] for e in api.items("/entities", name="Anne Lebrun") if e["id"] != made)
    change(api, "PATCH", f"/entities/{made}", name="Anne Lebrun de Nantes", type="MISC")
    change(api, "PATCH", f"/entities/{anne}", name="Annette", type="ORG")
    change(api, "POST", "/entities/zoe-l-herbier-macon/merge", into=anne)
    api.call("DELETE", "/entities/Dieppe")
    listed = api.items("/corrections", limit=100)
    assert {"entity_split", "entity_rename", "entity_retype", "entity_merge", "entity_forbid"} == {c["kind"] for c in listed}
    for correction in sorted(listed, key=lambda c: -c["number"]):
        if api.json(correction["links"]["self"])["undone_at"] is None:  # the second half of a split goes with the first
            reply = api.call("DELETE", correction["links"]["self"])
            assert reply.status_code == 200 and reply.json()["waiting"] == 0, "few articles are analysed again at once"
    assert all(c["undone_at"] for c in api.items("/corrections", limit=100))
    assert {e["id"]: (e["name"], e["type"], e["articles"], e["quotes_by"]) for e in api.items("/entities", limit=100)} == before
    assert api.json(f"/entities/{made}")["id"] == anne  # an id that was given out leads somewhere for ever
