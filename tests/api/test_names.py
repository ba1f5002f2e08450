"""Entities by id, slug, name and alias: folding, encoding, ambiguity."""
from urllib.parse import quote

import pytest

ZOE = ["Zoé L'Herbier-Maçon", "zoe l'herbier-macon", "ZOÉ L’HERBIER-MAÇON", "Zoe L Herbier Macon", "zoe-l-herbier-macon",
       "Zoé L'Herbier Maçon", "Zoe\u0301 L'Herbier-Mac\u0327on", "zoé lʼherbier‑maçon"]


@pytest.mark.parametrize("name", ZOE)
def test_spelling_does_not_matter(archive, name):
    entity = archive.json("/entities/" + quote(name, safe=""))
    assert entity["name"] == "Zoé L'Herbier-Maçon" and entity["type"] == "PER"
    assert archive.items("/entities", name=name)[0]["id"] == entity["id"]
    assert archive.json("/quotes", speaker=name)["total"] == entity["quotes_by"] == 2
    assert archive.json("/entities/" + quote(name, safe="") + "/quotes")["total"] == 2


def test_slash_in_a_name(archive):
    entity = archive.json("/entities/AC%2FDC")
    assert entity["name"] == "AC/DC" and entity["type"] == "ORG"
    assert [e["id"] for e in archive.items("/entities", name="ac/dc")] == [entity["id"]]
    assert archive.items("/entities/AC%2fDC/articles")[0]["id"] == archive.ids["concert"]
    archive.refused(404, "not_found", "GET", "/entities/AC/DC")  # another path: three segments


def test_other_letters(archive):
    entity = archive.json("/entities/" + quote("Émile Ørsted"))
    for name in ("emile ørsted", "Émile Ørsted", entity["slug"], entity["id"]):
        assert archive.json("/entities/" + quote(name))["id"] == entity["id"]


def test_plus_is_a_plus_in_a_path_and_a_blank_in_a_query(archive):
    assert archive.get("/entities?name=Anne+Lebrun").json()["total"] == 1
    assert archive.get("/entities/Anne%20Lebrun").status_code == 200


def test_id_and_name_are_said_plainly_alias_is_told(archive):
    anne = archive.json("/entities/anne-lebrun")
    for way in (anne["id"], anne["slug"], anne["name"]):
        assert "resolved_from" not in archive.json("/entities/" + quote(way))


def test_alias_is_resolved(api):
    api.post("Titre du jour\n\n« Tout ira bien dans cette affaire », a déclaré Émile Ørsted, directeur du port.\n\n"
             "M. Ørsted a quitté la salle. Ørsted reviendra demain, dit-on.", lang="fr")
    entity = api.json("/entities/" + quote("Émile Ørsted"))
    aliases = {alias["text"] for alias in entity["aliases"]}
    assert "Ørsted" in aliases, aliases
    by_alias = api.json("/entities/" + quote("Ørsted"))
    assert by_alias["resolved_from"] == "Ørsted" and by_alias["id"] == entity["id"]


def test_a_surname_is_enough_though_nobody_printed_it_alone(archive):
    emile = archive.json("/entities/" + quote("Émile Ørsted"))
    assert not any(alias["text"] == "Ørsted" for alias in emile["aliases"])
    assert archive.json("/entities/" + quote("ørsted"))["resolved_from"] == "ørsted"
    assert archive.json("/quotes", speaker="Ørsted")["total"] == emile["quotes_by"] == 1
    # Two people of that name are two; a body's last word is no surname, nor is a first name.
    assert archive.get("/entities/Lebrun").status_code == 300
    for name in ("Dockers", "Émile", "rsted"):
        archive.refused(404, "not_found", "GET", "/entities/" + quote(name))


def ambiguous(api):
    for n, first in enumerate(("Anne", "Paul")):
        api.post(f"Une journée ordinaire {n}\n\n« La ville changera bientôt de visage », a déclaré {first} Lebrun, maire.\n\n"
                 "Lebrun a parlé longtemps. Lebrun a ensuite quitté la salle.", lang="fr")


def test_ambiguous_name_is_300_with_candidates(api):
    ambiguous(api)
    reply = api.get("/entities/Lebrun")
    assert reply.status_code == 300, reply.text
    candidates = reply.json()["candidates"]
    assert {c["name"] for c in candidates} == {"Anne Lebrun", "Paul Lebrun"}
    assert all(c["resolved_from"] == "Lebrun" for c in candidates)
    for candidate in candidates:
        assert api.json(candidate["links"]["self"])["id"] == candidate["id"]
    assert api.get("/entities/lebrun/quotes").status_code == 300
    listed = api.json("/entities", name="LEBRUN")
    assert {c["id"] for c in listed["items"]} == {c["id"] for c in candidates} and listed["total"] == 2


def test_ambiguous_filter_is_400(api):
    ambiguous(api)
    problem = api.refused(400, "ambiguous", "GET", "/quotes?speaker=Lebrun", field="speaker")
    ids = [c["id"] for c in api.items("/entities", name="Lebrun")]
    assert all(id in problem["detail"] for id in ids)
    assert api.json("/quotes", speaker=ids[0])["total"] == 1
    api.refused(400, "ambiguous", "GET", "/articles?entity=Lebrun", field="entity")


def test_nobody(archive):
    for path in ("/entities/nobody-at-all", "/entities/aaaaaaaaaaaaa", "/entities/nobody-at-all/quotes", "/entities/%20"):
        archive.refused(404, "not_found", "GET", path)
    assert archive.json("/entities", name="nobody at all") == {"items": [], "total": 0, "total_is_exact": True,
                                                               "next_cursor": None, "next": None}
    archive.refused(400, "invalid", "GET", "/entities?name=a&q=b", field="q")
