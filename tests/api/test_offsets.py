"""offsets=: in every reply that has places, in all three units, each counts in the text that it is said to count in."""
import json
import random

import pytest

import conftest

# Beyond the BMP, decomposed, joined by ZWJ, of one, two and three bytes: what the three units differ in.
ODD = ["🎉", "👩‍🚒", "𝒎𝒂𝒓𝒅𝒊", "cafe\u0301te\u0301ria", "é", "e\u0301te\u0301", "œuvre", "中文", "naïve", "port"]
UNITS = {"byte": lambda text: len(text.encode()), "utf16": lambda text: len(text.encode("utf-16-le")) // 2}


def odd(deal, count):
    return " ".join(deal.choice(ODD) for _ in range(count))


def article(number):
    deal = random.Random(number)
    said = f"Nous {odd(deal, 2)} avons tenu parole devant toute la ville"
    return {"external_id": f"odd-{number}", "lang": "fr", "source": "Le Phare 🗼", "published_at": "2026-02-06",
            "title": f"{odd(deal, 3)} : le budget de Dieppe", "standfirst": f"{odd(deal, 4)}, un budget pour Dieppe.",
            "text": f"{odd(deal, 3)}\n\nAu {odd(deal, 2)} de Dieppe, le budget {odd(deal, 3)} est voté.\n\n"
                    f"« {said} », a déclaré {deal.choice(['', '🎤 '])}Anne Lebrun, maire de Dieppe.\n\n"
                    f"{odd(deal, 2)} : « Le budget {odd(deal, 1)} est tenu, e\u0301videmment », selon Le Phare 🗼, a ajouté Paul Lebrun, conseiller."}


@pytest.fixture(scope="module")
def texts(guillemet, contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("offsets")
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                                      str(folder / "names.tsv"))
    client = conftest.Client(server.base, contract)
    client.known = {}
    for number in range(6):
        id = client.post_json(article(number)).json()["id"]
        client.known[id] = client.json(f"/articles/{id}", include="text")
    client.changed = id
    client.post_json(dict(article(5), text="🎈🎈 " + article(5)["text"]), 200)
    client.known[id] = client.json(f"/articles/{id}", include="text")
    yield client
    server.stop()


class Walk:
    """Three replies in step: the same but for places, and each place the same one."""

    def __init__(self, client, text=None):
        self.client, self.fixed, self.places = client, text, set()

    def text(self, node, owner, quote):
        if self.fixed is not None:
            return self.fixed
        if "field" in node:
            return (quote if quote else owner)[node["field"]]
        return owner["text"] if owner else node["text"]

    def go(self, nodes, owner=None, quote=None, name=""):
        cp = nodes["cp"]
        if isinstance(cp, dict):
            assert all(list(other) == list(cp) for other in nodes.values()), name
            if isinstance(cp.get("article"), dict):
                owner, quote = self.client.known[cp["article"]["id"]], cp
            elif "ingested_at" in cp:
                owner, quote = self.client.known[cp["id"]], None
            for key in cp:
                if key in ("start", "end") and cp[key] is not None:
                    before = self.text(cp, owner, quote)[:cp[key]]
                    for unit, length in UNITS.items():
                        assert nodes[unit][key] == length(before), f"{name}.{key} in {unit}"
                    self.places.add(name)
                else:
                    self.go({unit: other[key] for unit, other in nodes.items()}, owner, quote, key)
        elif isinstance(cp, list):
            assert all(len(other) == len(cp) for other in nodes.values())
            for i in range(len(cp)):
                self.go({unit: other[i] for unit, other in nodes.items()}, owner, quote, name)
        else:
            # A cursor and a link hold the request that they came from.
            assert name in ("next", "next_cursor", "self") or all(other == cp for other in nodes.values()), (name, nodes)


def walk(client, path, text=None, **params):
    walked = Walk(client, text)
    walked.go({unit: client.json(path, **params, offsets=unit) for unit in ("cp", *UNITS)})
    return walked.places


PARTS = "text,blocks,entities,quotes"
# Of each address, the names under which there must be places.
EXPECTED = {
    "/articles?include=" + PARTS: {"blocks", "mentions", "spans", "cue", "speaker"},
    "/articles?q=budget&highlight=true": {"highlights", "snippet"},
    "/articles?q=budget&highlight=true&include=" + PARTS: {"highlights", "snippet", "mentions", "spans"},
    "/quotes": {"spans", "cue", "speaker"},
    "/quotes?q=parole&highlight=true": {"spans", "highlights"},
    "/articles/{id}?include=" + PARTS: {"blocks", "mentions", "spans"},
    "/articles/{id}/quotes?q=parole&highlight=true": {"spans", "highlights"},
    "/entities/Dieppe/articles?include=" + PARTS: {"mentions"},
    "/entities/Dieppe/articles?q=budget&highlight=true": {"highlights", "snippet"},
    "/entities/Anne%20Lebrun/quotes?q=parole&highlight=true": {"highlights", "spans"},
    "/quotes/{quote}": {"spans"},
    "/quotes/{quote}/occurrences": {"spans"},
    "/batch/quotes?id={quote}": {"spans"},
    "/batch/articles?id={id}&include=" + PARTS: {"mentions", "spans"},
}


@pytest.mark.parametrize("address", EXPECTED)
def test_every_place_in_every_unit(texts, address):
    quote = texts.items("/quotes", article=texts.changed)[0]["id"]
    path, _, query = address.replace("{id}", texts.changed).replace("{quote}", quote).partition("?")
    params = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    assert walk(texts, path, **params) >= EXPECTED[address]


@pytest.mark.parametrize("path, fields", [("/articles", "highlights,snippet"), ("/quotes", "highlights")])
def test_fields_take_none_of_the_text_from_the_count(texts, path, fields):
    """The places of a row that shows nothing else are those of the whole row."""
    for unit in ("cp", *UNITS):
        params = {"q": "budget OR parole", "highlight": "true", "offsets": unit}
        whole = texts.items(path, **params)
        assert texts.items(path, fields=fields, **params) == [{name: row[name] for name in fields.split(",")} for row in whole]


def test_entities_of_an_article(texts):
    assert walk(texts, f"/articles/{texts.changed}/entities", text=texts.known[texts.changed]["text"]) >= {"mentions", "titles"}


def test_revisions_count_in_their_own_text(texts):
    path = f"/articles/{texts.changed}/revisions/"
    old, new = texts.json(path + "1"), texts.json(path + "2")
    assert old["text"] != new["text"]
    for revision in (old, new):
        assert walk(texts, path + str(revision["revision"]), text=revision["text"]) == {"blocks"}


def test_what_is_analysed_and_not_kept(texts):
    document = {name: value for name, value in article(9).items() if name != "external_id"}
    replies = {unit: texts.call("POST", "/analyse", data=json.dumps(document).encode(), params={"offsets": unit, "explain": "true"},
                                headers={"Content-Type": "application/json"}).json() for unit in ("cp", *UNITS)}
    walked = Walk(texts, replies["cp"]["text"])
    walked.go(replies)
    assert walked.places >= {"blocks", "mentions", "spans", "cue", "speaker"}


def test_suggestions_count_in_what_matched(texts):
    texts.post("Un texte.", source="L'É\u0301tincelle 🎆 du Nord")
    walked = Walk(texts)
    walked.go({unit: texts.json("/suggest", q="nord", kinds="source", offsets=unit) for unit in ("cp", *UNITS)})
    assert walked.places == {"matched"}


def test_units_that_there_are_not(texts):
    for path in ("/articles", "/suggest?q=a", f"/articles/{texts.changed}/revisions/1"):
        assert "utf16" in texts.refused(400, "invalid", "GET", path, field="offsets", params={"offsets": "utf-16"})["detail"]
    texts.refused(400, "unknown_parameter", "GET", "/stats?offsets=byte", field="offsets")
