"""Articles by what is said in them: one quote must be all that is asked, and a negated filter says that there is none."""
import itertools

import pytest

from test_quote_filters import ARTICLE, class_of, kind_of


@pytest.fixture(scope="module")
def said(archive):
    """Articles newest first, and the quotes of each."""
    made = archive.post(ARTICLE + "\n\nFin de la dépêche.", source="Dits", published_at="2026-03-01").json()
    articles = archive.items("/articles", limit=1000)
    yield {a["id"]: archive.items(f"/articles/{a['id']}/quotes") for a in articles}
    archive.call("DELETE", made["links"]["self"])


ONE = [
    ("quote_type", "direct", lambda q: q["type"] == "direct"), ("quote_type", "indirect,mixed", lambda q: q["type"] != "direct"),
    ("speaker_kind", "anonymous,organisation", lambda q: kind_of(q) in ("anonymous", "organisation")),
    ("cue_class", "deny", lambda q: class_of(q) == "deny"), ("cue", "affirmer", lambda q: q["cue"] and q["cue"]["lemma"] == "affirmer"),
    ("min_confidence", "0.85", lambda q: q["confidence"] >= 0.85), ("max_confidence", "0.7", lambda q: q["confidence"] <= 0.7),
    ("hypothetical", "true", lambda q: q["hypothetical"]), ("negated", "false", lambda q: not q["negated"]),
    ("in_headline", "true", lambda q: q["in_headline"]),
    ("speaker", "Anne Lebrun", lambda q: q["speaker"] and q["speaker"]["name"] == "Anne Lebrun"),
    ("about", "Dieppe", lambda q: any(a["name"] == "Dieppe" for a in q["about"])),
]


def found(archive, **params):
    page = archive.json("/articles", limit=1000, **params)
    assert page["total"] == len(page["items"]) and page["total_is_exact"]
    return [row["id"] for row in page["items"]]


@pytest.mark.parametrize("one,two", list(itertools.combinations(ONE, 2)), ids=lambda f: f"{f[0]}={f[1]}")
def test_one_quote_is_all_that_is_asked(archive, said, one, two):
    if {one[0], two[0]} <= {"speaker", "about"}:
        return  # of the article then, whatever the quote
    want = [a for a, quotes in said.items() if any(one[2](q) and two[2](q) for q in quotes)]
    params = {}
    for name, value, _ in (one, two):
        params.setdefault(name, []).append(value)
    assert found(archive, **params) == want
    assert found(archive, q="Dieppe", **params) == [a for a in found(archive, q="Dieppe") if a in want]
    assert sum(b["count"] for b in archive.json("/timeline", **params)["buckets"]) == len(want)


@pytest.mark.parametrize("name,value,holds", [f for f in ONE if f[0] in ("quote_type", "speaker_kind", "cue_class", "cue", "speaker")],
                         ids=lambda f: str(f))
def test_a_negated_filter_says_that_there_is_none(archive, said, name, value, holds):
    assert found(archive, **{name: "-" + value}) == [a for a, quotes in said.items() if not any(holds(q) for q in quotes)]
    with_direct = [a for a, quotes in said.items() if any(q["type"] == "direct" for q in quotes)]
    if name != "quote_type":
        assert found(archive, quote_type="direct", **{name: "-" + value}) == \
            [a for a in with_direct if not any(holds(q) for q in said[a])]


def test_reported_by(archive, said):
    names = {q["reported_by"]["entity"] for quotes in said.values() for q in quotes if q["reported_by"] and q["reported_by"]["entity"]}
    for entity in names:
        passed = [a for a, quotes in said.items() if any(q["reported_by"] and q["reported_by"]["entity"] == entity for q in quotes)]
        assert found(archive, reported_by=entity) == passed
        assert found(archive, reported_by="-" + entity) == [a for a in said if a not in passed]


def test_below_an_entity_with_facets_and_pages(archive, said, all_pages):
    whole = archive.json("/entities/anne-lebrun/articles", role="speaks", cue_class="deny", facets="source", limit=1)
    assert whole["total"] == 1 and whole["facets"]["source"]["values"] == [{"value": "Dits", "count": 1}]
    for sort in ("newest", "oldest", "quotes", "words"):
        rows = archive.items("/articles", quote_type="direct", sort=sort, limit=1000)
        assert [r for page in all_pages(archive, "/articles", quote_type="direct", sort=sort, limit=1) for r in page] == rows
    assert found(archive, q="cue:démentir") == found(archive, cue="démentir")


def test_refused(archive, said):
    archive.refused(400, "unknown_parameter", "GET", "/articles?type=direct", field="type")
    archive.refused(400, "invalid", "GET", "/articles?quote_type=dirrect", field="quote_type", nearest="direct")
    archive.refused(400, "invalid", "GET", "/timeline?type=direct", field="type")
    archive.refused(400, "invalid", "GET", "/timeline?of=quotes&quote_type=direct", field="quote_type")
    archive.refused(400, "unknown_parameter", "GET", "/articles?channel=x", field="channel")
