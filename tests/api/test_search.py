"""The search as its users type it: what is found, in which order, where the words stand, and what is refused."""
import contextlib
import os
import random
import sqlite3
import time

import pytest

ARTICLES = [
    ("budget", "2026-03-01", "Budget : le conseil vote\n\nLe conseil municipal a voté le budget de l'année prochaine.\n\n"
     "« Ce budget est une erreur que nous paierons longtemps », a regretté Paul Lebrun, conseiller."),
    ("quai", "2026-03-02", "Le quai des pêcheurs\n\nLe conseil a visité le quai. Il a promis de « tenir parole devant tous » demain.\n\n"
     "« Le quai ouvrira sans retard cet été », a déclaré Anne Lebrun, maire de Dieppe. Le budget n'est pas connu."),
    ("cpp", "2026-03-03", "Une conférence de C++\n\nLa conférence a réuni 50% de femmes chez AT&T, au service de R&D, à L'Haÿ-les-Roses."),
]


@pytest.fixture(scope="module")
def search(archive):
    ids = {}
    for name, day, text in ARTICLES:
        ids[name] = archive.post(text, source="Recherche", published_at=day, lang="fr").json()["id"]
    names = {v: k for k, v in ids.items()}

    def find(q, **params):
        page = archive.json("/articles", q=q, source="Recherche", **params)
        assert page["total"] == len(page["items"]) and page["total_is_exact"]
        return [names[row["id"]] for row in page["items"]]

    yield find
    for one in ids.values():
        archive.call("DELETE", f"/articles/{one}")


@pytest.mark.parametrize("q,expected", [
    ("budget", ["quai", "budget"]), ("BUDGET erreur", ["budget"]), ("budget -erreur", ["quai"]), ("budget NOT erreur", ["quai"]),
    ("erreur OR conférence", ["cpp", "budget"]), ("(erreur OU conference) ET femmes", ["cpp"]), ("\"le conseil municipal\"", ["budget"]),
    ("« le conseil municipal »", ["budget"]), ("cons*", ["quai", "budget"]), ("conseil NEAR/3 quai", ["quai"]), ("conseil NEAR/2 quai", []),
    ("title:budget", ["budget"]), ("title:quai OR title:budget", ["quai", "budget"]), ("quote:budget", ["budget"]), ("quote:conseil", []),
    ("narration:budget", ["quai", "budget"]), ("quai speaker:\"Anne Lebrun\"", ["quai"]), ("conseil -speaker:anne-lebrun", ["budget"]),
    ("speaker:\"Anne Lebrun\",\"Paul Lebrun\"", ["quai", "budget"]), ("budget before:2026-03-02", ["budget"]), ("budget after:2026-03-02", ["quai"]),
    ("date:2026-03-03", ["cpp"]), ("-title:quai conseil", ["budget"]), ("c++", ["cpp"]), ("50%", ["cpp"]), ("AT&T", ["cpp"]), ("R&D", ["cpp"]),
    ("\"tenir parole devant tous demain\"", ["quai"]),
    ("\"il a promis de tenir parole devant tous demain le quai ouvrira sans retard cet été\"", ["quai"]),
    ("\"promis de tenir parole demain tous\"", []), ("\"erreur que nous paierons longtemps a regretté paul\"", ["budget"]),
    ("l'hay-les-roses", ["cpp"]), ("\"promis de tenir parole\"", ["quai"]), ("l'erreur", ["budget"]), ("quai 🙂", ["quai"]), ("\"quai", ["quai"])])
def test_what_is_found(search, q, expected):
    assert search(q) == expected


@pytest.mark.parametrize("q,params,expected", [
    ("budgets", {}, ["quai", "budget"]), ("\"budgets\"", {}, []), ("conseils municipaux", {}, ["budget"]), ("quais erreurs", {}, []),
    ("pêcheur", {}, ["quai"]), ("title:pecheurs", {}, ["quai"]), ("title:budgets", {}, ["budget"]), ("conseillère", {}, ["budget"]),
    ("votés", {}, ["budget"]), ("conférences -femme", {}, []), ("conférences OR regretter", {}, ["cpp"]), ("pêcheurs*", {}, ["quai"]),
    ("pêcheurx*", {}, []), ("quai NEAR/5 pecheur", {}, []), ("budgets", {"in": "quotes"}, ["budget"]), ("budgets", {"lang": "fr"}, ["quai", "budget"]),
    ("municipaux", {"lang": "en"}, []), ("5 quai", {}, [])])
def test_a_word_is_found_in_its_forms(search, q, params, expected):
    """Plurals, feminines and participles; not what stands between quotation marks, in phrases, with NEAR or before a star."""
    params = {k: v for k, v in params.items()}
    if params.get("lang") == "en":
        assert search(q, lang="en") == expected  # the articles are French: nothing in English
    else:
        assert search(q, **params) == expected


def test_forms_of_words_in_quotes_and_their_marks(archive, search):
    quote, = archive.items("/quotes", q="erreurs", source="Recherche", highlight="true")
    assert [quote["text"][h["start"]:h["end"]] for h in quote["highlights"]] == ["erreur"]
    assert archive.items("/quotes", q="\"erreurs\"", source="Recherche") == []
    item, = archive.items("/articles", q="conseils municipales", source="Recherche", highlight="true", include="text")
    marked = {item["text"][h["start"]:h["end"]] for h in item["highlights"] if h["field"] == "text"}
    assert marked == {"conseil", "municipal"}


@pytest.mark.parametrize("scope,q,expected", [
    ("title", "budget", ["budget"]), ("quotes", "budget", ["budget"]), ("quotes", "conseil", []), ("narration", "erreur", []),
    ("narration", "budget", ["quai", "budget"]), ("text", "parole promis", ["quai"]), ("quotes", "\"tenir parole\"", ["quai"]),
    ("quotes", "\"promis de tenir\"", []), ("text", "\"promis de tenir\"", ["quai"])])
def test_where(search, scope, q, expected):
    assert search(q, **{"in": scope}) == expected


@pytest.mark.parametrize("q,where", [
    ("été AND", "code point 4"), ("a OR", "code point 2"), ("(a", "code point 0"), ("a)", "code point 1"), ("-b", "code point 0"),
    ("titel:x", "code point 0"), ("a OR speaker:b", "code point 5"), ("before:hier", "code point 0"), ("a NEAR/3", "code point 2")])
def test_refusals_say_where(archive, q, where):
    problem = archive.refused(400, "invalid", "GET", "/articles", field="q", params={"q": q})
    assert problem["where"] == where
    assert len(problem["detail"]) > 30


def test_too_many_words_are_a_400(archive):
    for path in ("/articles", "/quotes", "/timeline", "/entities/Dieppe/articles", "/entities/Dieppe/related"):
        problem = archive.refused(400, "invalid", "GET", path, field="q", params={"q": " ".join(f"mot{n}" for n in range(33))})
        assert "32 words" in problem["detail"]


def test_names_in_a_search(archive):
    page = archive.json("/articles", q="speaker:\"Anne Lebrum\"")
    assert page["items"] == [] and page["hints"] == [{"field": "q", "value": "Anne Lebrum", "nearest": "Anne Lebrun"}]


def test_relevance(archive, search):
    assert search("budget", sort="relevance")[0] == "budget"  # in its title
    assert search("budget", sort="relevance", order="asc") == search("budget", sort="relevance")[::-1]
    archive.refused(400, "invalid", "GET", "/articles?sort=relevance", field="sort")
    archive.refused(400, "invalid", "GET", "/quotes?sort=relevance", field="sort")
    for path in ("/articles", "/quotes"):
        whole = archive.items(path, q="le OR la", sort="relevance", limit=100)
        seen, cursor = [], None
        while True:
            page = archive.json(path, q="le OR la", sort="relevance", limit=2, **({"cursor": cursor} if cursor else {}))
            seen += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert [row["id"] for row in seen] == [row["id"] for row in whole] and len(whole) > 2


def test_highlights_verify(archive, search):
    for q, words in (("budget", {"budget", "Budget"}), ("\"le conseil\" OR quai", {"Le conseil", "le conseil", "quai"}), ("cons*", None),
                     ("quote:budget", {"budget"}), ("l'erreur", {"erreur"})):
        rows = archive.items("/articles", q=q, source="Recherche", highlight="true", include="text")
        assert rows
        for row in rows:
            assert row["highlights"], q
            for at in row["highlights"]:
                found = row[at["field"]][at["start"]:at["end"]]
                assert found and (words is None or found in words), (q, found)
            if row["snippet"]:
                assert row["snippet"]["text"] == row["text"][row["snippet"]["start"]:row["snippet"]["end"]]
                assert "<" not in row["snippet"]["text"]
    [row] = archive.items("/articles", q="quote:budget", source="Recherche", highlight="true", include="text")
    assert len(row["highlights"]) == 1 and row["text"][:row["highlights"][0]["start"]].endswith("« Ce ")  # not the title's
    for quote in archive.items("/quotes", q="quai", highlight="true"):
        assert [quote["text"][at["start"]:at["end"]] for at in quote["highlights"]] == ["quai"]
    assert "highlights" not in archive.items("/articles", q="quai")[0]


def test_relative_times_pass(archive):
    tags = {archive.get("/articles", params={"from": "-7d"}).headers["ETag"] for _ in range(2)}
    assert len(tags) <= 2 and archive.get("/articles?from=2020-01-01").headers["ETag"] not in tags


# ---- whatever is asked: an answer or a refusal, soon

PIECES = ["budget", "quai", "le", "a*", "\"", "«", "»", "(", ")", "-", "--", "AND", "OR", "NOT", "NEAR/2", "NEAR", "ET", "title:", "quote:", "speaker:",
          "source:", "before:", "date:2026-03", "lang:fr", "type:direct", ":", ",", "'", "c++", "50%", "é", "🙂", "\\", "^", "{", "}", "*", "+", "%", "\t", "x" * 70]
VALUES = {
    "source": ["Recherche", "-Recherche", "a,b", "\"a,b\"", "-", ",", "\"", "é"], "lang": ["fr", "-fr,en", "x", "fr,,"], "entity": ["Dieppe", "-Dieppe", "nobody"],
    "speaker": ["Anne Lebrun", "Lebrun", "-Anne Lebrun,Paul Lebrun"], "about": ["Dieppe"], "author": ["-x", "y"], "section": ["Politique", "-z"],
    "from": ["-7d", "2026-03-01", "now", "x"], "to": ["2026-03-09", "-1h"], "date": ["2026", "2026-03/P1W", "-2026-03", "x/y"], "order": ["asc", "desc"],
    "limit": ["1", "7", "0", "x"], "cursor": ["AQAAA", "x" * 40, "%00"], "highlight": ["true"], "nothing": ["1"],
    "min_words": ["3", "-3"], "has_quotes": ["true", "false"], "collapse": ["duplicates"], "in": ["title", "quotes", "narration", "x"],
    "type": ["direct", "-direct,mixed", "derect", "PER"], "speaker_kind": ["person", "-anonymous,unknown"], "min_confidence": ["0.5", "2"],
    "sort": ["newest", "oldest", "relevance", "quotes", "words", "confidence", "prominence", "name", "articles", "last_seen"], "role": ["speaks", "about", "any", "mentioned"]}
PATHS = ["/articles", "/quotes", "/entities", "/entities/anne-lebrun/articles", "/entities/dieppe/quotes"]


def fuzz(archive, count, seed):
    deal = random.Random(seed)
    for _ in range(count):
        params = [(name, deal.choice(VALUES[name])) for name in deal.choices(sorted(VALUES), k=deal.randrange(5))]
        if deal.random() < 0.7:
            params.append(("q", "".join(deal.choice(PIECES) + deal.choice(["", " "]) for _ in range(deal.randrange(1, 9)))))
        began = time.monotonic()
        reply = archive.get(deal.choice(PATHS), params=params)
        assert reply.status_code in (200, 300, 400), f"{params}: {reply.status_code} {reply.text[:300]}"
        assert time.monotonic() - began < 20, params


def test_fuzzed(archive, search):
    """FUZZED_REQUESTS=10000 asks more of them."""
    fuzz(archive, int(os.environ.get("FUZZED_REQUESTS", "400")), 1)


# ---- where a quote was said, what is asked for by name, how long is counted and looked

def test_channels_are_words_apart(archive):
    said = archive.post("« Le pont sera fermé demain », a écrit Anne Lebrun sur Twitter. « Le réseau Twitter nous a trompés », a dit Paul Lebrun.",
                        source="Canaux", lang="fr").json()["id"]

    def find(q, **params):
        return sorted(row["text"] for row in archive.items("/quotes", q=q, source="Canaux", **params))

    channels = {row["channel"] for row in archive.items("/quotes", source="Canaux")}
    assert any(channel and "Twitter" in channel for channel in channels), channels
    assert find("channel:twitter") == ["Le pont sera fermé demain"] == find("pont channel:\"sur twitter\"") == find("pont", channel="Twitter")
    assert find("twitter") == ["Le réseau Twitter nous a trompés"] == find("twitter -channel:twitter")
    assert len(find("twitter OR channel:twit*")) == 2 and find("réseau channel:twitter") == []
    archive.call("DELETE", f"/articles/{said}")


def test_fields_ask_for_highlights(archive, search):
    rows = archive.items("/articles", q="budget", source="Recherche", fields="id,highlights.start,snippet")
    assert rows and all(row["highlights"] and row["snippet"]["text"] for row in rows)
    assert rows == [{"id": row["id"], "highlights": [{"start": at["start"]} for at in row["highlights"]], "snippet": row["snippet"]}
                    for row in archive.items("/articles", q="budget", source="Recherche", highlight="true")]
    assert archive.items("/quotes", q="quai", fields="highlights")[0]["highlights"]
    for refused in ("/articles?fields=highlights", "/quotes?fields=id,highlights.start", "/articles?q=budget&highlight=false&fields=snippet"):
        archive.refused(400, "invalid", "GET", refused, field="fields")


def test_a_surname_with_an_error_is_recognized(archive, search):
    for asked in ("Anne Lebrum", "anne lebrn"):
        assert archive.json("/quotes", speaker=asked)["hints"] == [{"field": "speaker", "value": asked, "nearest": "Anne Lebrun"}]
        assert "did you mean" in archive.refused(404, "not_found", "GET", f"/entities/{asked}", nearest="Anne Lebrun")["detail"]
    assert archive.json("/quotes", speaker="Lebrum")["hints"][0]["nearest"] in ("Anne Lebrun", "Paul Lebrun")
    assert "nearest" not in archive.refused(404, "not_found", "GET", "/entities/Xylophone")


def test_totals_of_sources_are_counted(archive, search):
    everything = archive.json("/articles", limit=1)["total"]
    ours, others = (archive.json("/articles", limit=1, source=source) for source in ("Recherche", "-Recherche"))
    assert ours["total"] + others["total"] == everything and ours["total_is_exact"] and others["total_is_exact"]
    for path in ("/articles", "/quotes"):
        for asked in ({"source": "-Recherche,Canaux"}, {"source": "Recherche,Nobody"}, {"lang": "-fr"}, {"lang": "fr,en"}):
            page = archive.json(path, limit=1, **asked)
            assert page["total"] == len(archive.items(path, limit=1000, **asked)), (path, asked)


def test_what_takes_too_long_is_given_up(start):
    """So many quotes that to look at each takes longer than the server may: 503, saying what to do; what is bounded goes on."""
    client = start("--open-writes")
    client.post("« Le pont sera fermé demain », a déclaré Anne Lebrun, maire de Dieppe.", source="Recherche", lang="fr")
    [quote] = client.items("/quotes")
    with contextlib.closing(sqlite3.connect(client.db, timeout=30)) as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(quotes)")]  # without what is generated
        changed = {"id": "n + 1", "public_id": "n * 7919", "ordinal": "n + 1"}
        db.execute(f"INSERT INTO quotes ({', '.join(names)}) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
                   f" WHERE n < 150000) SELECT {', '.join(changed.get(name, name) for name in names)} FROM numbers, quotes WHERE quotes.id = 1")
        db.commit()
    hasty = start("--read-timeout", "10ms")
    refused = hasty.call("GET", "/quotes?type=-direct&min_confidence=0")
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
    problem = refused.json()
    assert problem["code"] == "busy" and "narrow it down" in problem["detail"] and "shorter period" in problem["detail"]
    refused = hasty.call("GET", "/timeline?of=quotes&min_confidence=0&split=cue")
    assert refused.status_code == 503 and "narrow it down" in refused.json()["detail"]
    assert any(hasty.call("GET", f"/quotes/{quote['id']}").status_code == 200 for _ in range(50))  # the server goes on
    assert client.json("/quotes?type=-direct&min_confidence=0")["total"] == 0
