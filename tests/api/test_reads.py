"""Reading: lists, single objects, include, caching, HEAD, OPTIONS, CORS, negotiation, links."""
import re

import pytest

LISTS = ["/articles", "/entities", "/quotes", "/entities/dieppe/articles", "/entities/anne-lebrun/quotes"]


def addresses(archive):
    article = archive.ids["port"]
    quote = archive.items("/quotes")[0]["id"]
    return LISTS + ["/", "/healthz", "/openapi.yaml", f"/articles/{article}", f"/articles/{article}/entities",
                    f"/articles/{article}/quotes", f"/quotes/{quote}", "/entities/dieppe", "/schema/article.schema.json"]


def test_articles_newest_first_and_oldest(archive):
    order = ["concert", "budget", "port", "harbour"]
    assert [a["id"] for a in archive.items("/articles")] == [archive.ids[name] for name in order]
    assert [a["id"] for a in archive.items("/articles", sort="oldest")] == [archive.ids[name] for name in reversed(order)]


def test_article_alone_and_in_a_list_are_the_same(archive):
    for article in archive.items("/articles"):
        alone = archive.json(f"/articles/{article['id']}")
        del alone["text"], alone["blocks"]
        assert alone == article
        whole = archive.json(f"/articles/{article['id']}", include="text,blocks,entities,quotes")
        assert whole == next(a for a in archive.items("/articles", include="text,blocks,entities,quotes") if a["id"] == article["id"])
        assert whole["entities"] == archive.items(article["links"]["entities"])
        assert whole["quotes"] == archive.items(article["links"]["quotes"])
        assert whole["counts"] == {"entities": len(whole["entities"]), "quotes": len(whole["quotes"]),
                                   "mentions": sum(len(e["mentions"]) for e in whole["entities"]), "duplicates": 0}


def test_text_is_kept_and_offsets_verify(archive):
    for name, id in archive.ids.items():
        article = archive.json(f"/articles/{id}", include="text,blocks,entities,quotes")
        text = article["text"]
        assert text == archive.texts[name]
        assert text[slice(*(article["blocks"][0][k] for k in ("start", "end")))] == article["title"]
        for entity in article["entities"]:
            for mention in entity["mentions"]:
                assert text[mention["start"]:mention["end"]] == mention["text"]
            for title in entity["titles"]:
                assert text[title["start"]:title["end"]] == title["text"]
        for quote in article["quotes"]:
            assert quote["spans"] == sorted(quote["spans"], key=lambda s: s["start"])
            if quote["cue"]:
                assert text[quote["cue"]["start"]:quote["cue"]["end"]] == quote["cue"]["text"]
            if quote["speaker"] and quote["speaker"]["text"]:
                assert text[quote["speaker"]["start"]:quote["speaker"]["end"]] == quote["speaker"]["text"]


def test_metadata_comes_back(archive):
    port = archive.json(f"/articles/{archive.ids['port']}")
    assert port["source"] == "La Gazette du Nord" and port["published_at"] == "2026-02-03"
    assert port["url"] == "https://gazette.example/port?utm_source=x"
    assert port["canonical_url"] == "https://gazette.example/port"
    assert port["lang"] == "fr" and port["revision"] == 1 and port["origins"]["source"] == "submitted"
    harbour = archive.json(f"/articles/{archive.ids['harbour']}")
    assert harbour["published_at"] == "2026-01-20T07:00:00Z" and harbour["external_id"] == "coast-7" and harbour["lang"] == "en"


def test_who_said_what(archive):
    quotes = archive.items("/quotes", speaker="Anne Lebrun")
    assert {q["article"]["id"] for q in quotes} == {archive.ids["port"], archive.ids["harbour"]}
    words = next(q for q in quotes if q["article"]["id"] == archive.ids["port"])
    assert words["text"] == "Nous avons tenu parole devant toute la ville"
    assert words["type"] == "direct" and words["speaker"]["name"] == "Anne Lebrun" and words["cue"]["lemma"] == "déclarer"
    assert archive.json(words["links"]["self"]) == words
    assert archive.json(words["links"]["article"])["id"] == archive.ids["port"]


def test_entity_counts_are_what_lists_hold(archive):
    for entity in archive.items("/entities", limit=1000):
        alone = archive.json(entity["links"]["self"])
        assert {key: alone[key] for key in entity} == entity and set(alone) - set(entity) == {"gender", "recent"}
        assert archive.json(entity["links"]["articles"])["total"] == entity["articles"]
        assert archive.json(entity["links"]["quotes"])["total"] == entity["quotes_by"]
        assert archive.json(entity["links"]["quotes"], role="about")["total"] == entity["quotes_about"]


FILTERS = [
    ("/articles", {"source": "Le Courrier"}, {"budget"}),
    ("/articles", {"lang": "en"}, {"harbour"}),
    ("/articles", {"entity": "dieppe"}, {"port", "budget", "harbour"}),
    ("/articles", {"entity": "Nobody At All"}, set()),
    ("/articles", {"source": "nobody"}, set()),
    ("/articles", {"speaker": "Anne Lebrun"}, {"port", "harbour"}),
    ("/articles", {"speaker": "paul-lebrun", "entity": "Dieppe"}, {"budget"}),
    ("/articles", {"speaker": "anne-lebrun", "lang": "fr"}, {"port"}),
    ("/articles", {"speaker": "anne-lebrun", "q": "strike"}, {"harbour"}),
    ("/articles", {"speaker": "Dieppe"}, set()),
    ("/articles", {"from": "2026-02-04"}, {"budget", "concert"}),
    ("/articles", {"to": "2026-02-04"}, {"port", "harbour"}),
    ("/articles", {"from": "2026-02-03", "to": "2026-02-05"}, {"port", "budget"}),
    ("/articles", {"from": "2026-02-05T20:00:00Z"}, {"concert"}),
    ("/articles", {"to": "2026-02-05T20:00:00Z", "from": "2026-02-05"}, set()),
    ("/articles", {"q": "grues"}, {"port"}),
    ("/articles", {"q": "DÉBATS"}, {"budget"}),
    ("/articles", {"q": "debats"}, {"budget"}),
    ("/articles", {"q": '"trois semaines"'}, {"port"}),
    ("/articles", {"q": "semaine*", "source": "La Gazette du Nord"}, {"port"}),
    ("/articles", {"q": "harbour grues"}, set()),
    ("/entities/dieppe/articles", {"lang": "fr"}, {"port", "budget"}),
    ("/entities/AC%2FDC/articles", {}, {"concert"}),
]


@pytest.mark.parametrize("path,params,expected", FILTERS, ids=lambda value: str(value))
def test_filters_of_articles(archive, path, params, expected):
    page = archive.json(path, **params)
    assert {a["id"] for a in page["items"]} == {archive.ids[name] for name in expected}
    assert page["total"] == len(expected) or not page["total_is_exact"]


def test_filters_of_quotes(archive):
    total = archive.json("/quotes")["total"]
    assert total >= 6
    by_type = {kind: archive.items("/quotes", type=kind, limit=1000) for kind in ("direct", "indirect", "mixed")}
    assert all(q["type"] == kind for kind, quotes in by_type.items() for q in quotes)
    assert sum(map(len, by_type.values())) == total
    assert {q["article"]["id"] for q in archive.items("/quotes", source="Le Courrier")} == {archive.ids["budget"]}
    assert {q["article"]["id"] for q in archive.items("/quotes", lang="en")} == {archive.ids["harbour"]}
    assert [q["text"] for q in archive.items("/quotes", q="erreur")] == ["Ce budget est une erreur que nous paierons longtemps"]
    assert archive.json("/quotes", q="grues")["total"] == 0  # narration, not said
    assert archive.items("/entities/paul-lebrun/quotes", type="direct") == archive.items("/quotes", speaker="Paul Lebrun", type="direct")
    article = archive.ids["concert"]
    starts = [q["spans"][0]["start"] for q in archive.items(f"/articles/{article}/quotes")]
    assert len(starts) >= 2 and starts == sorted(starts)


@pytest.mark.parametrize("query", ["c++", "a-b", "l'été", "50%", '"', '"ouvert', "AND", "NOT x", "(", "a AND (", "*", "NEAR(", "^a",
                                   "title:x", "-", "''", "a:b:c", "{a b}", "x*y", "🙂", "\u0301", "a" * 500, "OR OR OR"], ids=lambda q: repr(q[:20]))
def test_no_search_is_a_syntax_error(archive, query):
    for path in ("/articles", "/quotes", "/entities"):
        reply = archive.get(path, params={"q": query})
        assert reply.status_code in (200, 400), reply.text
        if reply.status_code == 400:
            assert reply.json()["field"] == "q"


def test_entities_sorted(archive):
    rows = archive.items("/entities", limit=1000)
    assert [e["articles"] for e in rows] == sorted((e["articles"] for e in rows), reverse=True)
    rows = archive.items("/entities", sort="mentions", limit=1000)
    assert [e["mentions"] for e in rows] == sorted((e["mentions"] for e in rows), reverse=True)
    assert {e["type"] for e in archive.items("/entities", type="ORG", limit=1000)} == {"ORG"}
    assert "Zoé L'Herbier-Maçon" in [e["name"] for e in archive.items("/entities", q="ZOE l’herb")]


# ---- caching

def test_etags_give_304_for_every_address(archive):
    for path in addresses(archive):
        first = archive.get(path)
        if path in ("/", "/healthz"):
            continue
        etag = first.headers["ETag"]
        for known in (etag, etag[2:], f'"other", {etag}', "*"):
            again = archive.get(path, headers={"If-None-Match": known})
            assert again.status_code == 304 and not again.content, f"{path} {known}"
            assert again.headers["ETag"] == etag
        assert archive.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
        # What changes with the program alone may be kept for a while.
        own = path.startswith(("/schema", "/problems", "/docs"))
        assert first.headers["Cache-Control"] == ("public, max-age=3600" if own else "max-age=0, must-revalidate"), path


def test_etags_differ_by_what_was_asked(archive):
    tags = {archive.get(path, params=params).headers["ETag"]
            for path, params in [("/articles", {}), ("/articles", {"limit": 5}), ("/quotes", {}), ("/articles", {"lang": "fr"}),
                                 (f"/articles/{archive.ids['port']}", {}), (f"/articles/{archive.ids['port']}", {"include": "text"})]}
    assert len(tags) == 6


def test_an_etag_moves_with_the_archive(api):
    before = api.get("/articles").headers["ETag"]
    id = api.post("Titre\n\nUn texte bien assez long pour être un article.").json()["id"]
    after = api.get("/articles", headers={"If-None-Match": before})
    assert after.status_code == 200 and after.headers["ETag"] != before
    tag = api.get(f"/articles/{id}").headers["ETag"]
    assert tag.startswith('W/"1.')


# ---- HEAD, OPTIONS, CORS, negotiation

def test_head_is_get_without_body(archive):
    for path in addresses(archive):
        get, head = archive.get(path), archive.call("HEAD", path)
        assert head.status_code == get.status_code == 200 and not head.content, path
        for name in ("Content-Type", "ETag", "Cache-Control", "Link"):
            assert head.headers.get(name) == get.headers.get(name), f"{path} {name}"
    assert archive.call("HEAD", "/articles/aaaaaaaaaaaaa").status_code == 404


def test_options_and_405_say_what_is_allowed(archive):
    for path, methods in [("/articles", {"GET", "HEAD", "POST", "OPTIONS"}), (f"/articles/{archive.ids['port']}",
                          {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}), ("/quotes", {"GET", "HEAD", "OPTIONS"})]:
        reply = archive.call("OPTIONS", path)
        assert reply.status_code == 204 and set(re.split(r", *", reply.headers["Allow"])) == methods
        refused = archive.call("PATCH", path)
        assert refused.status_code == 405 and set(re.split(r", *", refused.headers["Allow"])) == methods
        assert refused.json()["code"] == "method_not_allowed"


def test_pages_of_other_origins_may_read(archive):
    reply = archive.get("/articles", params={"limit": 1}, headers={"Origin": "https://dashboard.example"})
    assert reply.headers["Access-Control-Allow-Origin"] in ("*", "https://dashboard.example")
    exposed = reply.headers["Access-Control-Expose-Headers"].lower()
    assert all(name in exposed for name in ("link", "etag", "retry-after"))
    preflight = archive.call("OPTIONS", "/articles", headers={"Origin": "https://dashboard.example",
                             "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"})
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()


def test_accept(archive):
    for accept in ("application/json", "*/*", "application/*;q=0.1", "text/html, application/json;q=0.5", ""):
        assert archive.get("/articles", headers={"Accept": accept}).status_code == 200, accept
    for accept in ("text/html", "application/xml, image/png", "application/json;q=0"):
        archive.refused(406, "not_acceptable", "GET", "/articles", headers={"Accept": accept})
    assert "Accept" in archive.get("/articles").headers["Vary"]


def test_gzip_is_the_same_body(archive):
    plain = archive.get("/articles", headers={"Accept-Encoding": "identity"})
    packed = archive.get("/articles", headers={"Accept-Encoding": "gzip"})
    assert packed.headers.get("Content-Encoding") == "gzip" and packed.json() == plain.json()


# ---- links

def links_of(value):
    if isinstance(value, dict):
        yield from value.get("links", {}).values()
        for inner in value.values():
            yield from links_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from links_of(inner)


def test_every_link_leads_somewhere(archive):
    links = set()
    for path in ("/articles", "/entities", "/quotes"):
        links |= set(links_of(archive.json(path, limit=1000)))
    assert len(links) > 30
    for link in links:
        assert archive.get(link).status_code == 200, link


def test_links_behind_a_proxy(start):
    prefixed = start("--open-writes", "--base-path", "/news", db="prefixed.db")
    prefixed.post("Titre\n\nUn texte bien assez long pour être un article de Dieppe.")
    raw = prefixed.session.get(prefixed.base + "/news/articles?limit=1").json()
    assert raw["items"][0]["links"]["self"].startswith("/news/articles/")
    assert prefixed.session.get(prefixed.base + raw["items"][0]["links"]["self"]).status_code == 200
    assert prefixed.items("/articles")[0]["links"]["self"].startswith("/articles/")  # the proxy cut the prefix
    public = start("--open-writes", "--public-url", "https://news.example/archive", db="public.db")
    for n in range(2):
        reply = public.post(f"Titre {n}\n\nUn texte bien assez long pour être un article.")
        assert reply.headers["Location"].startswith("https://news.example/archive/articles/")
    page = public.json("/articles", limit=1)
    assert page["next"].startswith("https://news.example/archive/articles?limit=1&cursor=")
    assert page["items"][0]["links"]["self"].startswith("https://news.example/archive/articles/")
