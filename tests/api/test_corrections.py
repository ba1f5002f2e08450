"""Corrections of quotes: what they change, how they last, how they are taken back, what is refused."""
import json
import subprocess

import pytest

TEXT = """Le port de Dieppe rouvre

Les grues tournent de nouveau à Dieppe depuis mardi matin, après trois semaines de silence sur les quais.

« Nous avons tenu parole devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.

« La reprise sera lente et difficile », a prévenu Paul Lebrun, du Syndicat des Dockers."""


@pytest.fixture
def port(api):
    """A client whose archive holds TEXT; `quotes` by their first word."""
    api.article = api.post(TEXT, url="https://gazette.example/port", source="La Gazette").json()["id"]
    api.named = {q["text"].split()[0]: q for q in api.items("/quotes")}
    assert set(api.named) == {"Nous", "La"}
    return api


def patch(api, quote, body, status=200, **options):
    reply = api.call("PATCH", f"/quotes/{quote['id']}", json=body, **options)
    assert reply.status_code == status, reply.text[:500]
    return reply.json()


def span(text, words):
    start = text.index(words)
    return {"start": start, "end": start + len(words)}


def again(api):
    """The same article with other words around: a new revision, analysed anew."""
    reply = api.post(TEXT.replace("trois semaines", "six longues semaines"), 200, url="https://gazette.example/port", source="La Gazette")
    assert reply.json()["outcome"] == "revised"


def test_speaker_type_and_words_together(port):
    quote = port.named["Nous"]
    done = patch(port, quote, {"speaker": "Paul Lebrun", "type": "mixed", "note": "entendu",
                               "spans": [{**span(TEXT, "tenu parole"), "verbatim": True}, {**span(TEXT, "toute la ville"), "verbatim": False}]})
    assert len(done["corrections"]) == 3
    now = done["quote"]
    assert now == port.json(f"/quotes/{quote['id']}") and now["corrected"] is True and now["id"] == quote["id"]
    assert now["type"] == "mixed" and now["speaker"]["name"] == "Paul Lebrun" and now["speaker_resolution"] == "correction"
    assert now["text"] == "tenu parole … toute la ville"
    assert [(TEXT[s["start"]:s["end"]], s["verbatim"]) for s in now["spans"]] == [("tenu parole", True), ("toute la ville", False)]
    assert [q["id"] for q in port.items("/quotes", q="tenu parole")] == [quote["id"]] and port.items("/quotes", q="avons") == []
    assert {q["id"] for q in port.items("/quotes", speaker="Paul Lebrun")} == {quote["id"], port.named["La"]["id"]}
    assert port.json("/entities/paul-lebrun")["quotes_by"] == 2 and port.json("/entities/anne-lebrun")["quotes_by"] == 0
    again(port)
    later = port.json(f"/quotes/{quote['id']}")
    text = port.json(f"/articles/{port.article}")["text"]
    assert [(text[s["start"]:s["end"]], s["verbatim"]) for s in later["spans"]] == [("tenu parole", True), ("toute la ville", False)]
    assert (later["text"], later["type"], later["speaker"]["name"], later["corrected"]) == (now["text"], "mixed", "Paul Lebrun", True)


def test_about_follows_the_words(port):
    quote = port.named["La"]
    done = patch(port, quote, {"spans": [span(TEXT, "La reprise sera lente et difficile », a prévenu Paul Lebrun")]})
    assert [one["name"] for one in done["quote"]["about"]] == ["Paul Lebrun"]
    assert port.json("/entities/paul-lebrun")["quotes_about"] == 1
    assert [q["id"] for q in port.items("/entities/paul-lebrun/quotes", role="about")] == [quote["id"]]


def test_nobody_and_bodies_can_speak(port):
    assert patch(port, port.named["Nous"], {"speaker": None})["quote"]["speaker"] is None
    spoken = patch(port, port.named["La"], {"speaker": "Syndicat des Dockers"})["quote"]["speaker"]
    assert (spoken["kind"], spoken["name"], spoken["text"]) == ("organisation", "Syndicat des Dockers", None)
    assert port.json("/quotes", speaker_kind="organisation")["total"] == 1 and port.json("/quotes", speaker_kind="unknown")["total"] == 1


def test_rejected_and_back(port):
    quote = port.named["La"]
    done = patch(port, quote, {"reject": True})
    assert done["quote"] is None and port.json("/quotes")["total"] == 1
    port.refused(410, "gone", "GET", f"/quotes/{quote['id']}")
    port.refused(410, "gone", "PATCH", f"/quotes/{quote['id']}", json={"type": "mixed"})
    again(port)
    port.refused(410, "gone", "GET", f"/quotes/{quote['id']}")
    undone = port.call("DELETE", f"/corrections/{done['corrections'][0]}").json()
    assert undone["waiting"] == 0 and undone["correction"]["undone_at"]
    back = port.json(f"/quotes/{quote['id']}")
    assert (back["text"], back["corrected"]) == (quote["text"], False)
    assert port.json(f"/articles/{port.article}")["counts"]["quotes"] == 2


def test_undoing_one_leaves_the_others(port):
    quote = port.named["Nous"]
    first = patch(port, quote, {"type": "mixed"})["corrections"][0]
    second = patch(port, quote, {"spans": [span(TEXT, "tenu parole")]})["corrections"][0]
    third = patch(port, quote, {"speaker": "Paul Lebrun"})["corrections"][0]
    assert port.call("DELETE", f"/corrections/{second}").json()["waiting"] == 0
    now = port.json(f"/quotes/{quote['id']}")
    assert (now["text"], now["type"], now["speaker"]["name"]) == (quote["text"], "mixed", "Paul Lebrun")
    for number in (first, third):
        assert port.call("DELETE", f"/corrections/{number}").status_code == 200
    assert port.json(f"/quotes/{quote['id']}") == quote
    port.refused(409, "conflict", "DELETE", f"/corrections/{first}")


def test_orphans_are_listed_and_come_home(port):
    number = patch(port, port.named["La"], {"type": "indirect"})["corrections"][0]
    port.post("Le port de Dieppe rouvre\n\nPlus rien de tout cela n'est dit dans ce texte-ci, à Dieppe.", 200,
              url="https://gazette.example/port", source="La Gazette")
    assert [c["number"] for c in port.items("/corrections", orphaned="true")] == [number]
    assert port.items("/corrections", orphaned="false") == []
    again(port)
    assert port.items("/corrections", orphaned="true") == []
    assert port.json(f"/quotes/{port.named['La']['id']}")["type"] == "indirect"


def test_the_list(port):
    quote = port.named["Nous"]
    made = [patch(port, quote, {"type": kind, "note": f"essai {kind}"})["corrections"][0] for kind in ("mixed", "indirect", "direct")]
    made.append(patch(port, port.named["La"], {"spans": [span(TEXT, "lente et difficile")]})["corrections"][0])
    port.call("DELETE", f"/corrections/{made[0]}")
    numbers = lambda **params: [c["number"] for c in port.items("/corrections", **params)]
    assert numbers() == made[::-1]
    assert numbers(target=quote["id"]) == made[2::-1] and numbers(kind="quote_spans") == [made[3]]
    assert numbers(undone="true") == [made[0]] and numbers(undone="false") == made[:0:-1]
    assert numbers(article=port.article) == made[::-1] and numbers(article=port.article, kind="quote_type", undone="false") == made[2:0:-1]
    one = port.json(f"/corrections/{made[3]}")
    assert one["value"] == "lente et difficile" and one["evidence"] == port.named["La"]["text"] and one["article"] == port.article
    assert one["target"] == port.named["La"]["id"] and one["links"]["target"] == f"/quotes/{one['target']}"
    pages, cursor = [], None
    while True:
        page = port.json("/corrections", limit=1, **({"cursor": cursor} if cursor else {}))
        pages += [c["number"] for c in page["items"]]
        assert page["total"] == 4
        if not (cursor := page["next_cursor"]):
            break
    assert pages == made[::-1]


def test_two_editors(port):
    quote = port.named["Nous"]
    tag = port.get(f"/quotes/{quote['id']}").headers["ETag"]
    port.post("Autre chose\n\nUn tout autre texte, assez long pour être un article.", url="https://gazette.example/autre")
    patch(port, quote, {"type": "mixed"}, headers={"If-Match": tag})  # changes elsewhere don't matter
    port.refused(412, "precondition_failed", "PATCH", f"/quotes/{quote['id']}", json={"type": "direct"}, headers={"If-Match": tag})
    port.refused(412, "precondition_failed", "PATCH", f"/quotes/{quote['id']}", json={"type": "direct"}, headers={"If-Match": '"3"'})
    patch(port, quote, {"type": "direct"}, headers={"If-Match": port.get(f"/quotes/{quote['id']}").headers["ETag"]})
    patch(port, quote, {"type": "mixed"}, headers={"If-Match": "*"})


@pytest.mark.parametrize("body,field", [
    ({}, "speaker"), ({"note": "x"}, "speaker"), ({"reject": False}, "speaker"), ({"speaker": "Nobody At All"}, "speaker"),
    ({"speaker": 5}, "speaker"), ({"speaker": ""}, "speaker"), ({"speaker": "aaaaaaaaaaaaa"}, "speaker"), ({"type": "shouted"}, "type"),
    ({"type": None}, "type"), ({"reject": "yes"}, "reject"), ({"reject": True, "type": "mixed"}, "reject"), ({"spans": []}, "spans"),
    ({"spans": [[1, 2]]}, "spans/0"), ({"spans": [{"start": 1}]}, "spans/0"), ({"spans": [{"start": 1, "end": 2, "x": 3}]}, "spans/0"),
    ({"spans": [{"start": -1, "end": 2}]}, "spans/0"), ({"spans": [{"start": 1.5, "end": 2}]}, "spans/0"),
    ({"spans": [{"start": 5, "end": 5}]}, "spans/0/end"), ({"spans": [{"start": 9, "end": 5}]}, "spans/0/end"),
    ({"spans": [{"start": 0, "end": 100000}]}, "spans/0/end"), ({"spans": [{"start": 0, "end": 9}, {"start": 5, "end": 20}]}, "spans/1/start"),
    ({"spans": [{"start": 24, "end": 26}]}, "spans/0"), ({"spans": [{"start": 0, "end": 5}] * 65}, "spans"), ({"note": 7, "type": "mixed"}, "note"),
    ({"note": "x" * 1001, "type": "mixed"}, "note"), ({"spaker": "x"}, "spaker"), ({"speaker": "x\u0000y"}, None)])
def test_refused_bodies(port, body, field):
    before = port.items("/quotes")
    port.refused(400, "invalid", "PATCH", f"/quotes/{port.named['Nous']['id']}", json=body, field=field)
    assert port.items("/quotes") == before and port.json("/corrections")["total"] == 0


def test_refused_otherwise(port):
    path = f"/quotes/{port.named['Nous']['id']}"
    assert port.refused(400, "invalid", "PATCH", path, json={"speakr": "x"})["nearest"] == "speaker"
    port.refused(415, "unsupported", "PATCH", path, data=b'{"type":"mixed"}', headers={"Content-Type": "text/plain"})
    for body in (b"", b"{", b"[]", b'"x"', b'{"type":"mixed","type":"direct"}', b"\xff"):
        port.refused(400, "invalid", "PATCH", path, data=body, headers={"Content-Type": "application/json"})
    port.refused(404, "not_found", "PATCH", "/quotes/aaaaaaaaaaaaa", json={"type": "mixed"})
    port.refused(404, "not_found", "PATCH", "/quotes/7", json={"type": "mixed"}, field="id")
    for number in ("0", "1", "x", "-1", "01", "9" * 30):
        port.refused(404, "not_found", "GET", f"/corrections/{number}")
        port.refused(404, "not_found", "DELETE", f"/corrections/{number}")
    port.refused(400, "invalid", "GET", "/corrections?kind=quote_speakers", field="kind", nearest="quote_speaker")
    port.refused(400, "invalid", "GET", "/corrections?target=7", field="target")
    port.refused(400, "unknown_parameter", "GET", "/corrections?sort=newest", field="sort")


def test_ambiguous_speakers_are_named(api):
    api.post("Zug\n\n« Tout est prêt pour la fête », a déclaré Anne Lebrun.\n\nPaul Lebrun était là.")
    quote = api.items("/quotes")[0]
    reply = api.call("PATCH", f"/quotes/{quote['id']}", json={"speaker": "lebrun"})
    assert reply.status_code in (200, 400)
    if reply.status_code == 400:
        assert reply.json()["field"] == "speaker"


def test_the_author_is_the_token(start, guillemet):
    server = start(db="tokens.db")
    make = lambda name, scopes: subprocess.run([guillemet, "token", "create", name, "--scopes", scopes, "--db", server.db], check=True,
                                               capture_output=True, text=True).stdout.strip()
    desk, reader = make("desk", "write"), make("reader", "read")
    server.call("POST", "/articles", data=TEXT.encode(), headers={"Content-Type": "text/plain; charset=utf-8", "Authorization": f"Bearer {desk}"})
    path = f"/quotes/{server.items('/quotes')[0]['id']}"
    server.refused(401, "unauthenticated", "PATCH", path, json={"type": "mixed"})
    server.refused(403, "forbidden", "PATCH", path, json={"type": "mixed"}, headers={"Authorization": f"Bearer {reader}"})
    server.refused(401, "unauthenticated", "GET", "/corrections")
    desk = {"Authorization": f"Bearer {desk}"}
    assert server.call("PATCH", path, json={"type": "mixed", "note": "relu"}, headers=desk).status_code == 200
    one = server.get("/corrections", headers=desk).json()["items"][0]
    assert (one["author"], one["note"], one["undone_by"]) == ("desk", "relu", None)
    undone = server.call("DELETE", one["links"]["self"], headers=desk).json()["correction"]
    assert undone["undone_by"] == "desk"


def test_from_the_command_line_and_to_another_archive(port, guillemet, tmp_path):
    """Listed, exported, imported into an archive built anew, undone there."""
    cli = lambda *arguments: subprocess.run([guillemet, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    quote = port.named["Nous"]
    patch(port, quote, {"spans": [span(TEXT, "tenu parole"), span(TEXT, "toute la ville")], "type": "mixed", "note": "relu"})
    patch(port, port.named["La"], {"reject": True})
    lines = [json.loads(line) for line in cli("corrections", "list", "--json", "--db", port.db).splitlines()]
    assert [(one["kind"], one["value"]) for one in lines] == [("quote_type", "mixed"), ("quote_spans", "tenu parole … toute la ville"),
                                                             ("quote_reject", "")]
    assert "quote_spans" in cli("corrections", "list", "--db", port.db)
    (tmp_path / "all.ndjson").write_text(cli("export", "--db", port.db))
    other = tmp_path / "other.db"
    gazetteer = ("--gazetteer", tmp_path / "names.tsv")
    cli("ingest", "--db", other, *gazetteer, tmp_path / "all.ndjson")
    assert [json.loads(line) for line in cli("corrections", "list", "--json", "--db", other).splitlines()] == lines
    spoken = [json.loads(line) for line in subprocess.run(["sqlite3", other, "SELECT json_array(text, type, corrected) FROM quotes"],
                                                          check=True, capture_output=True, text=True).stdout.splitlines()]
    assert spoken == [["tenu parole … toute la ville", 2, 1]]
    assert cli("corrections", "undo", 3, "--db", other, *gazetteer) == "correction 3 is undone\n"
    assert subprocess.run(["sqlite3", other, "SELECT count(*) FROM quotes"], check=True, capture_output=True, text=True).stdout == "2\n"
    assert "(undone)" in cli("corrections", "list", "--db", other).splitlines()[2]
