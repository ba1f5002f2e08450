"""Filters of quotes: each finds what it says, alone and with others, and everything else is refused."""
import pytest

ARTICLE = """La mairie de Dieppe dément tout retard

« Le chantier est à l'heure », a affirmé Anne Lebrun dans un communiqué mardi.

Selon Paul Lebrun, cité par La Gazette, le quai aurait coûté trop cher.

« Nous n'avons jamais promis cela », a démenti Anne Lebrun à l'AFP.

Des riverains ont demandé si la digue tiendrait.

Une source proche du dossier a expliqué que les travaux avaient pris six mois de retard."""


@pytest.fixture(scope="module")
def quotes(archive):
    made = archive.post(ARTICLE, source="Filtres", published_at="2026-03-01").json()
    every = archive.items("/quotes", limit=1000)
    assert len(every) > 10
    yield every
    archive.call("DELETE", made["links"]["self"])


def ids(rows):
    return [row["id"] for row in rows]


def kind_of(quote):
    return quote["speaker"]["kind"] if quote["speaker"] else "unknown"


def class_of(quote):
    return quote["cue"]["class"] if quote["cue"] else None


FILTERS = [
    *[("speaker_kind", kind, lambda q, kind=kind: kind_of(q) == kind)
      for kind in ("person", "organisation", "collective", "anonymous", "author", "unknown")],
    *[("cue_class", name, lambda q, name=name: class_of(q) == name) for name in ("neutral", "assert", "deny", "announce", "ask")],
    ("negated", "true", lambda q: q["negated"]), ("negated", "false", lambda q: not q["negated"]),
    ("hypothetical", "true", lambda q: q["hypothetical"]), ("hypothetical", "false", lambda q: not q["hypothetical"]),
    ("in_headline", "true", lambda q: q["in_headline"]), ("in_headline", "false", lambda q: not q["in_headline"]),
    ("min_confidence", "0.8", lambda q: q["confidence"] >= 0.8), ("min_confidence", "0", lambda q: True),
    ("min_confidence", "1", lambda q: q["confidence"] >= 1), ("min_confidence", "0.901", lambda q: q["confidence"] >= 0.901),
    ("cue", "affirmer", lambda q: q["cue"] and q["cue"]["lemma"] == "affirmer"),
    ("cue", "DECLARER", lambda q: q["cue"] and q["cue"]["lemma"] == "déclarer"),
    ("cue", "chantonner", lambda q: False),
]


@pytest.mark.parametrize("name,value,holds", FILTERS, ids=[f"{name}={value}" for name, value, _ in FILTERS])
def test_a_filter_finds_what_it_says(archive, quotes, name, value, holds):
    expected = [q for q in quotes if holds(q)]
    page = archive.json("/quotes", limit=1000, **{name: value})
    assert ids(page["items"]) == ids(expected)
    assert page["total"] == len(expected) and page["total_is_exact"]
    for extra in ({"type": "direct"}, {"lang": "fr"}, {"source": "Filtres"}, {"speaker": "Anne Lebrun"}, {"about": "Dieppe"}):
        within = set(ids(archive.items("/quotes", limit=1000, **extra)))
        assert ids(archive.items("/quotes", limit=1000, **{name: value}, **extra)) == [i for i in ids(expected) if i in within]


def test_the_fixture_has_something_for_the_filters(archive, quotes):
    assert {"person", "anonymous"} <= {kind_of(q) for q in quotes}
    assert {"neutral", "assert", "deny"} <= {class_of(q) for q in quotes}
    assert any(q["channel"] for q in quotes)


def test_channel_searches_its_own_words(archive, quotes):
    found = archive.items("/quotes", channel="communique")
    assert found and all("communiqué" in q["channel"] for q in found)
    assert ids(found) == ids([q for q in quotes if q["channel"] and "communiqué" in q["channel"]])
    assert archive.items("/quotes", q="communiqué") == []  # where it was said is not what was said
    assert ids(archive.items("/quotes", channel="communiqué", q="chantier")) == ids(found)
    assert archive.items("/quotes", channel="communiqué", q="digue") == []


def test_reported_by(archive, quotes):
    passed_on = [q for q in quotes if q["reported_by"] and q["reported_by"]["entity"]]
    for quote in passed_on:
        found = archive.items("/quotes", reported_by=quote["reported_by"]["entity"])
        assert quote["id"] in ids(found) and all(q["reported_by"]["entity"] == quote["reported_by"]["entity"] for q in found)
    assert archive.items("/quotes", reported_by="Nobody At All") == []


def test_article(archive, quotes):
    for article in {q["article"]["id"] for q in quotes}:
        found = archive.items("/quotes", article=article, limit=1000)
        assert set(ids(found)) == set(ids(archive.items(f"/articles/{article}/quotes")))
    assert archive.json("/quotes", article="aaaaaaaaaaaaa")["total"] == 0
    archive.refused(400, "invalid", "GET", "/quotes?article=17", field="article")


def test_the_same_filters_below_articles_and_entities(archive, quotes):
    mine = [q for q in quotes if q["article"]["source"] == "Filtres"]
    article = mine[0]["article"]["id"]
    for params in ({"cue_class": "deny"}, {"min_confidence": "0.85"}, {"negated": "false"}, {"speaker_kind": "anonymous"},
                   {"q": "chantier"}, {"channel": "communiqué"}):
        within = set(ids(archive.items("/quotes", limit=1000, **params)))
        assert set(ids(archive.items(f"/articles/{article}/quotes", **params))) == within & set(ids(mine))
        said = set(ids(archive.items("/quotes", speaker="Anne Lebrun", limit=1000)))
        assert set(ids(archive.items("/entities/anne-lebrun/quotes", limit=1000, **params))) == within & said
    both = archive.items("/entities/dieppe/quotes", role="about", speaker="Anne Lebrun")
    assert ids(both) == ids(archive.items("/quotes", about="Dieppe", speaker="Anne Lebrun"))
    assert archive.items("/entities/anne-lebrun/quotes", speaker="dieppe") == []  # nobody speaks with one voice
    two = archive.items("/entities/dieppe/quotes", role="about", about="Anne Lebrun", limit=1000)
    assert ids(two) == ids(archive.items("/quotes", about=["Dieppe", "Anne Lebrun"], limit=1000))


@pytest.mark.parametrize("query,field,nearest", [
    ("min_confidence=2", "min_confidence", None), ("min_confidence=1.1", "min_confidence", None), ("min_confidence=-0.1", "min_confidence", None),
    ("min_confidence=.5", "min_confidence", None), ("min_confidence=0.", "min_confidence", None), ("min_confidence=high", "min_confidence", None),
    ("min_confidence=0.1.1", "min_confidence", None), ("negated=1", "negated", None), ("hypothetical=yes", "hypothetical", None),
    ("in_headline=", "in_headline", None), ("speaker_kind=anonymus", "speaker_kind", "anonymous"), ("cue_class=denny", "cue_class", "deny"),
    ("cue=", "cue", None), ("channel=%20", "channel", None), ("channel=...", "channel", None), ("article=AAAAAAAAAAAAA", "article", None)])
def test_refused(archive, query, field, nearest):
    archive.refused(400, "invalid", "GET", "/quotes?" + query, field=field, nearest=nearest)


def test_pages_under_filters(archive, quotes, all_pages):
    for params in ({"min_confidence": "0.5"}, {"cue_class": "neutral"}, {"negated": "false"}, {"channel": "communiqué"}):
        whole = archive.items("/quotes", limit=1000, **params)
        assert [row for page in all_pages(archive, "/quotes", limit=2, **params) for row in page] == whole
