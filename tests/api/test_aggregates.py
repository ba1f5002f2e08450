"""Facets, timelines and related entities against plain counting over the lists that they stand beside."""
import collections
import csv
import datetime
import io
import itertools
import json
import math
import random

import pytest

PEOPLE = ["Anne Lebrun", "Paul Lebrun", "Émile Ørsted", "Zoé L'Herbier-Maçon"]
PLACES = ["Dieppe", "L'Haÿ-les-Roses"]
SAID = ["« {} », a déclaré {}.", "{1} a affirmé que {0}.", "« {} », a regretté {}."]
WORDS = ["nous avons tenu parole devant toute la ville", "le port sera rouvert avant la fin de l'été", "la dette doublera en trois ans",
         "personne ne croit plus à ce projet de barrage"]


@pytest.fixture(scope="module")
def corpus(guillemet, contract, tmp_path_factory):
    import conftest
    folder = tmp_path_factory.mktemp("aggregates")
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                                      str(folder / "names.tsv"))
    client = conftest.Client(server.base, contract)
    deal = random.Random(11)
    for n in range(40):
        person, place = deal.choice(PEOPLE), deal.choice(PLACES)
        body = " ".join(deal.choice(SAID).format(deal.choice(WORDS), deal.choice(PEOPLE)) for _ in range(deal.randint(0, 3)))
        day = datetime.date(2026, 1, 1) + datetime.timedelta(days=deal.randint(0, 80))
        when = str(day) if n % 3 else f"{day}T{deal.randint(0, 23):02d}:30:00Z"
        meta = {"source": deal.choice(["Le Nord", "Le Sud", "L'Est"]), "published_at": when, "external_id": f"n{n}", "lang": "fr"}
        if n % 4:
            meta["section"] = deal.choice(["Économie", "Sports"])
        if n % 7 == 0:
            del meta["source"]
        client.post(f"Nouvelle {n}\n\n{person} était à {place} ce jour-là, devant une foule nombreuse. {body}", **meta)
    yield client
    server.stop()


def everything(client, path, **params):
    return client.items(path, limit=1000, **params)


FILTERS = [{}, {"source": "Le Nord"}, {"source": "!Le Nord"}, {"section": "economie"}, {"entity": "Anne Lebrun"}, {"speaker": "Paul Lebrun"},
           {"from": "2026-02-01"}, {"from": "2026-01-10", "to": "2026-02-20"}, {"entity": "Dieppe", "source": "Le Sud,L'Est"}, {"q": "barrage"}]
OWN = {"articles": {"source": lambda i: i["source"], "lang": lambda i: i["lang"], "section": lambda i: i["section"]},
       "quotes": {"source": lambda i: i["article"]["source"], "type": lambda i: i["type"],
                  "speaker_kind": lambda i: (i["speaker"] or {"kind": "unknown"})["kind"],
                  "cue": lambda i: i["cue"] and i["cue"]["lemma"], "cue_class": lambda i: i["cue"] and i["cue"]["class"],
                  "speaker": lambda i: i["speaker"] and i["speaker"]["entity"] and i["speaker"]["name"]}}


@pytest.mark.parametrize("params", FILTERS, ids=str)
@pytest.mark.parametrize("kind", ["articles", "quotes"])
def test_facets_are_counts_of_the_list(corpus, kind, params):
    names = list(OWN[kind]) + ["entity"] + (["speaker"] if kind == "articles" else ["section", "lang"])
    page = corpus.json(f"/{kind}", facets=",".join(names), facet_limit=2, limit=1, **params)
    items = everything(corpus, f"/{kind}", **params)
    assert page["total"] == len(items)
    for name, facet in page["facets"].items():
        assert facet["exact"] and facet["counted"] == page["total"]
        if name in OWN[kind] or name in ("section", "lang"):
            known = [v for v in (facet["other"], facet["missing"]) if v is not None]
            if len(known) == 2:
                assert sum(v["count"] for v in facet["values"]) + sum(known) == page["total"], name
        if name in OWN[kind]:
            counted = collections.Counter(map(OWN[kind][name], items))
            missing = counted.pop(None, 0)
            assert [v["count"] for v in facet["values"]] == [n for _, n in counted.most_common(2)], name
            assert all(counted[v["value"]] == v["count"] for v in facet["values"]), name
            if facet["missing"] is not None:
                assert (facet["missing"], facet["distinct"]) == (missing, len(counted)), name
        if name in ("entity", "speaker"):
            for value in facet["values"]:
                more = {**params, name: value["id"]} if name not in params else None
                if more and name not in params:
                    assert corpus.json(f"/{kind}", limit=1, **more)["total"] == value["count"], (name, value)


def test_facets_of_an_entity_and_refusals(corpus):
    page = corpus.json("/entities/anne-lebrun/articles", facets="source", limit=1)
    assert sum(v["count"] for v in page["facets"]["source"]["values"]) + page["facets"]["source"]["missing"] == page["total"]
    page = corpus.json("/entities/anne-lebrun/quotes", facets="type,speaker", limit=1)
    assert [v["value"] for v in page["facets"]["speaker"]["values"]] == ["Anne Lebrun"]
    article = max(everything(corpus, "/articles"), key=lambda a: a["counts"]["quotes"])
    page = corpus.json(f"/articles/{article['id']}/quotes", facets="type,speaker,entity", facet_limit=100)
    assert collections.Counter(q["type"] for q in page["items"]) == {v["value"]: v["count"] for v in page["facets"]["type"]["values"]}
    assert page["facets"]["type"]["counted"] == article["counts"]["quotes"] > 1
    assert "facets" not in corpus.json("/articles")
    known = corpus.json("/articles", facets="entity", limit=1)["facets"]["entity"]
    assert (known["distinct"], known["other"], known["missing"]) == (corpus.json("/entities", limit=1)["total"], None, None)
    nothing = corpus.json("/articles", facets="source,entity", source="Nobody")
    assert nothing["facets"]["source"] == {"values": [], "distinct": 0, "other": 0, "missing": 0, "counted": 0, "exact": True}
    corpus.refused(400, "invalid", "GET", "/articles?facets=type", field="facets")
    corpus.refused(400, "invalid", "GET", "/articles?facets=sourse", field="facets", nearest="source")
    corpus.refused(400, "invalid", "GET", "/articles?facet_limit=5", field="facet_limit")
    corpus.json("/articles", facet_limit=10)  # its default, as forms send it
    corpus.refused(400, "invalid", "GET", "/articles?facets=source&facet_limit=101", field="facet_limit")
    corpus.refused(400, "invalid", "GET", "/articles.csv?facets=source", field="facets")
    # Facets don't change which rows there are: cursors go on.
    first = corpus.json("/articles", facets="source", limit=5)
    assert corpus.json("/articles", limit=5, cursor=first["next_cursor"])["items"]


def moment(item):
    when = item["published_at"] if "published_at" in item else item["article"]["published_at"]
    return datetime.datetime.fromisoformat(when.replace("Z", "") + ("" if "T" in when else "T00:00:00")), "T" not in when


def floor(when, interval):
    day = when.replace(hour=0, minute=0)
    return {"hour": when.replace(minute=0), "day": day, "week": day - datetime.timedelta(days=day.weekday()), "month": day.replace(day=1),
            "year": day.replace(month=1, day=1)}[interval]


@pytest.mark.parametrize("params", FILTERS, ids=str)
@pytest.mark.parametrize("of", ["articles", "quotes"])
def test_timeline_is_counts_of_the_list(corpus, of, params):
    items = everything(corpus, f"/{of}", **params)
    for interval, offset in (("day", 0), ("week", 120), ("month", -570), ("year", 0)):
        sign, minutes = "-" if offset < 0 else "+", abs(offset)
        line = corpus.json("/timeline", of=of, interval=interval, tz=f"{sign}{minutes // 60:02d}:{minutes % 60:02d}", split="source",
                           split_limit=2, **params)
        shift = datetime.timedelta(minutes=offset)
        counted = collections.Counter(floor(when if day else when + shift, interval) - shift for when, day in map(moment, items))
        starts = [datetime.datetime.fromisoformat(b["start"].rstrip("Z")) for b in line["buckets"]]
        assert (line["total"], line["offset_minutes"], line["interval"]) == (len(items), offset, interval)
        assert {s: b["count"] for s, b in zip(starts, line["buckets"]) if b["count"]} == {s: n for s, n in counted.items() if s in starts}
        assert set(counted) <= set(starts) or "from" in params
        assert starts == sorted(starts) and len({floor(s + shift, interval) for s in starts}) == len(starts)
        for n, bucket in enumerate(line["buckets"]):
            assert bucket["count"] <= bucket["corpus"]
            assert bucket["share"] == (round(bucket["count"] / bucket["corpus"], 6) if bucket["corpus"] else None)
            assert sum(s["counts"][n] for s in line["series"]) + line["other"][n] + line["missing"][n] == bucket["count"]


def test_timeline_of_hours_mentions_and_ranges(corpus):
    line = corpus.json("/timeline", interval="hour", **{"from": "2026-02-01", "to": "2026-02-03"})
    assert len(line["buckets"]) == 48 and line["buckets"][0]["start"] == "2026-02-01T00:00:00Z"
    assert all(b["count"] == b["corpus"] for b in line["buckets"])
    assert len(corpus.json("/timeline", interval="day", **{"from": "2020-01-01", "to": "2020-01-11"})["buckets"]) == 10
    anne = corpus.json("/entities/anne-lebrun")
    line = corpus.json("/timeline", of="mentions", entity="Anne Lebrun")
    assert line["total"] == sum(b["count"] for b in line["buckets"]) == anne["mentions"]
    # What is read from the entity's index alone is what the rows say.
    for params in ({}, {"source": "Le Nord"}, {"source": "!Le Nord"}, {"lang": "fr", "from": "2026-02-01"}, {"role": "speaks"}, {"role": "about"}):
        for of in ("articles", "mentions"):
            alone, split = (corpus.json("/timeline", of=of, entity="Anne Lebrun", **params, **more) for more in ({}, {"split": "source"}))
            assert (alone["total"], alone["buckets"]) == (split["total"], split["buckets"]), (of, params)
    everyone = corpus.json("/timeline", of="mentions")
    assert everyone["total"] == corpus.json("/stats")["mentions"]
    assert corpus.json("/timeline", source="Nobody") | {"hints": 0} == {"of": "articles", "interval": "day", "offset_minutes": 0, "total": 0, "buckets": [], "hints": 0}
    assert corpus.json("/timeline")["interval"] == "day"


def test_timeline_refusals(corpus):
    refused = lambda query, field: corpus.refused(400, "invalid", "GET", "/timeline?" + query, field=field)
    refused("interval=hour", "interval")
    refused("interval=day&from=1990-01-01", "interval")
    for tz in ("Europe/Paris", "%2B15:00", "1", "%2B1:0", "-"):
        refused("tz=" + tz, "tz")
    refused("channel=communique", "channel")
    refused("split=cue", "split")
    refused("of=quotes&min_words=3", "min_words")
    refused("split_limit=3", "split_limit")
    refused("interval=minute", "interval")


def test_timeline_follows_the_archive(api):
    ids = [api.post(f"Titre\n\nAnne Lebrun est à Dieppe, jour {n}.", external_id=f"n{n}", published_at=f"2026-02-0{n + 1}").json()["id"] for n in range(3)]
    counts = lambda **params: [b["count"] for b in api.json("/timeline", **params)["buckets"]]
    assert counts() == [1, 1, 1]
    api.post("Titre\n\nAnne Lebrun est à Dieppe, jour neuf.", status=200, external_id="n0", published_at="2026-02-03")
    assert counts() == [1, 2]
    api.call("DELETE", f"/articles/{ids[2]}")
    assert counts() == [1, 1]
    before = api.json("/timeline", of="mentions")["total"]
    dieppe = api.json("/entities/dieppe")
    api.call("DELETE", f"/entities/{dieppe['id']}")
    assert api.json("/timeline", of="mentions")["total"] == before - dieppe["mentions"]


def likelihood(both, here, there, every):
    cells = [both, here - both, there - both, every - here - there + both]
    entropy = lambda values: sum(v * math.log(v) for v in values if v)
    ratio = 2 * (entropy(cells) - entropy([here, every - here]) - entropy([there, every - there]) + every * math.log(every))
    return ratio if both * every >= here * there else -ratio


def test_related_is_what_the_articles_say(corpus):
    articles = [
        {**a, "entities": corpus.items(a["links"]["entities"])} for a in everything(corpus, "/articles")]
    for name, params in itertools.product(("Anne Lebrun", "Dieppe"), ({}, {"source": "Le Nord"}, {"from": "2026-02-01"})):
        reply = corpus.json(f"/entities/{name}/related", min_shared=1, limit=100, sort="shared", **params)
        wanted = {a["id"] for a in everything(corpus, "/articles", entity=name, **params)}
        mine = [a for a in articles if a["id"] in wanted]
        counted = collections.Counter(e["id"] for a in mine for e in a["entities"])
        total = collections.Counter(e["id"] for a in articles for e in a["entities"])
        del counted[reply["entity"]]
        assert (reply["looked_at"], reply["whole"], reply["corpus"]) == (len(mine), True, len(articles))
        assert {i["id"]: i["shared"] for i in reply["items"]} == dict(counted)
        assert [i["shared"] for i in reply["items"]] == sorted(counted.values(), reverse=True)
        for item in reply["items"]:
            assert item["total"] == total[item["id"]]
            assert item["score"] == pytest.approx(likelihood(item["shared"], len(mine), item["total"], len(articles)), abs=0.01)
            assert -1 <= item["npmi"] <= 1
            assert len(item["evidence"]) == min(3, item["shared"])
            for evidence in item["evidence"]:
                entities = next(a["entities"] for a in articles if a["id"] == evidence["id"])
                assert {item["id"], reply["entity"]} <= {e["id"] for e in entities}
            if not params:
                assert corpus.json(item["links"]["articles"])["total"] == item["shared"]
    scores = [i["score"] for i in corpus.json("/entities/Dieppe/related", min_shared=1, limit=100)["items"]]
    assert scores == sorted(scores, reverse=True)
    assert {i["type"] for i in corpus.json("/entities/Dieppe/related", type="PER")["items"]} == {"PER"}


def test_related_by_what_is_said(api):
    api.post("Port\n\n« Dieppe a besoin de Paul Lebrun », a déclaré Anne Lebrun, maire. Anne Lebrun a affirmé que Dieppe tiendrait.", external_id="a", lang="fr")
    quotes = api.items("/quotes", speaker="Anne Lebrun")
    about = collections.Counter(e["name"] for q in quotes for e in q["about"])
    assert about
    reply = api.json("/entities/anne-lebrun/related", relation="speaks_about", min_shared=1)
    assert {i["name"]: i["shared"] for i in reply["items"]} == about and reply["looked_at"] == len(quotes)
    name = reply["items"][0]["name"]
    back = api.json(f"/entities/{name}/related", relation="spoken_about_by", min_shared=1)
    assert [(i["name"], i["shared"]) for i in back["items"]] == [("Anne Lebrun", about[name])]
    assert api.json(back["items"][0]["links"]["quotes"])["total"] == about[name]


def test_rows_of_timelines_and_related(corpus):
    for path, member, params in (("/timeline", "buckets", {"interval": "week", "entity": "Dieppe"}),
                                 ("/entities/Dieppe/related", "items", {"min_shared": 1})):
        items = corpus.json(path, **params, **({"limit": 100} if member == "items" else {}))[member]
        assert len(items) > 3
        lines = corpus.get(path + ".ndjson", params=params)
        assert [json.loads(line) for line in lines.text.splitlines()] == items
        table = list(csv.DictReader(io.StringIO(corpus.get(path, params={**params, "format": "csv"}).content.decode(), newline=""), strict=True))
        assert len(table) == len(items)
        for row, item in zip(table, items):
            plain = {name: item[name] for name in row if "." not in name}
            assert {name: row[name] for name in plain} == {name: "" if v is None else str(v) for name, v in plain.items()}
        first = next(iter(items[0]))
        assert corpus.json(path, **params, fields=first)[member] == [{first: item[first]} for item in corpus.json(path, **params)[member]]
        corpus.refused(400, "unknown_parameter", "GET", path + "?offsets=byte", field="offsets")
        corpus.refused(400, "invalid", "GET", path + "?fields=nothing", field="fields")
        corpus.refused(406, "not_acceptable", "GET", path + ".atom", field="format")
    few = corpus.get("/entities/Dieppe/related.csv", params={"min_shared": 1, "limit": 2}).text
    assert few.count("\r\n") == 3
    corpus.refused(400, "invalid", "GET", "/timeline.csv?split=source", field="split")


def test_related_refusals(corpus):
    corpus.refused(404, "not_found", "GET", "/entities/nobody/related")
    corpus.refused(400, "invalid", "GET", "/entities/dieppe/related?relation=knows", field="relation")
    corpus.refused(400, "invalid", "GET", "/entities/dieppe/related?min_shared=0", field="min_shared")
    first = corpus.get("/entities/dieppe/related")
    assert corpus.get("/entities/dieppe/related", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("params", [{}, {"lang": "fr"}, {"q": "Dieppe"}, {"quote_type": "direct"}, {"entity": "Anne Lebrun"}], ids=str)
def test_facets_of_articles_by_what_is_said(corpus, params):
    """In how many articles there is such a quote: what the filter of that name finds."""
    names = ("quote_type", "cue", "cue_class", "speaker_kind")
    page = corpus.json("/articles", facets=",".join(names), facet_limit=100, limit=1, **params)
    for name in names:
        facet = page["facets"][name]
        assert facet["exact"] and facet["counted"] == page["total"] and facet["distinct"] == len(facet["values"]) > 0 and facet["other"] == 0
        if name not in params:
            for value in facet["values"][:12]:
                # one and the same quote must be all that is asked, so the facet's filter is asked alone of the articles
                ids = {a["id"] for a in everything(corpus, "/articles", **params)}
                found = {a["id"] for a in everything(corpus, "/articles", **{name: value["value"]})}
                assert len(ids & found) == value["count"], (name, value)
    without = len({a["id"] for a in everything(corpus, "/articles", **params)} - {a["id"] for a in everything(corpus, "/articles", quote_type="direct,indirect,mixed")})
    assert page["facets"]["quote_type"]["missing"] == without


def test_facets_of_entities(corpus):
    """By type, beside both lists of entities; the total of the list is what they sum up to."""
    every = corpus.items("/entities", limit=1000)
    for params in ({}, {"q": "an"}, {"type": "-PER"}, {"min_quotes": 1}, {"from": "2026-02-04"}, {"name": "Anne Lebrun"}):
        page = corpus.json("/entities", facets="type", limit=1000, **params)
        facet = page["facets"]["type"]
        assert {v["value"]: v["count"] for v in facet["values"]} == collections.Counter(row["type"] for row in page["items"])
        assert facet["exact"] and facet["counted"] == page["total"] == len(page["items"]) and facet["missing"] == facet["other"] == 0
        assert [v["count"] for v in facet["values"]] == sorted((v["count"] for v in facet["values"]), reverse=True)
    first = corpus.json("/entities", facets="type", facet_limit=1, limit=1)["facets"]["type"]
    assert len(first["values"]) == 1 and first["values"][0]["count"] + first["other"] == len(every)
    corpus.refused(400, "invalid", "GET", "/entities?facets=source", field="facets")
    corpus.refused(400, "invalid", "GET", "/entities?facet_limit=2", field="facet_limit")
    corpus.refused(400, "invalid", "GET", "/entities.csv?facets=type", field="facets")


def test_entities_of_an_article_by_name_role_and_type(corpus):
    for article in corpus.items("/articles", limit=1000)[:10]:
        path = f"/articles/{article['id']}/entities"
        every, quotes = corpus.items(path), corpus.items(f"/articles/{article['id']}/quotes")
        for entity in every:
            assert entity["quotes_by"] == sum(bool(q["speaker"]) and q["speaker"]["entity"] == entity["id"] for q in quotes)
            assert entity["quotes_about"] == sum(any(a["id"] == entity["id"] for a in q["about"]) for q in quotes)
        assert corpus.items(path, role="speaks") == [e for e in every if e["quotes_by"]]
        assert corpus.items(path, role="about") == [e for e in every if e["quotes_about"]]
        assert corpus.items(path, role="mentioned", type="-LOC") == [e for e in every if e["type"] != "LOC"]
        for entity in every:
            assert entity in corpus.items(path, q=entity["name"][:3].upper())
            assert all(entity in corpus.items(path, q=alias["text"]) for alias in entity["aliases"])
        page = corpus.json(path, facets="type", role="speaks")
        assert {v["value"]: v["count"] for v in page["facets"]["type"]["values"]} == collections.Counter(e["type"] for e in every if e["quotes_by"])
        assert corpus.items(path, q="zzz") == []
    corpus.refused(400, "invalid", "GET", path + "?q=...", field="q")
    corpus.refused(400, "invalid", "GET", path + "?role=speak", field="role", nearest="speaks")


@pytest.mark.parametrize("other", ["q=an", "from=2026-01-01", "to=2026-01-01", "date=2026", "min_quotes=1", "min_articles=1", "sort=name", "order=asc"])
def test_a_name_goes_with_no_other_filter(corpus, other):
    corpus.refused(400, "invalid", "GET", "/entities?name=Anne+Lebrun&" + other, field=other.partition("=")[0])
