"""Autocomplete: names by the beginning of any of their words."""
import random


def names(api, q, **params):
    return [item["name"] for item in api.items("/suggest", q=q, **params)]


def test_words_inside_and_folded(archive):
    for q in ("zoé", "ZOE", "l'herb", "L’Herb", "herbier", "herbier-ma", "zoe l'her", "macon", "maçon"):
        assert names(archive, q) == ["Zoé L'Herbier-Maçon"], q
    for q in ("hay", "l'hay", "L’Haÿ les", "lhay", "haÿ-les-ro"):
        assert names(archive, q) == ([] if q == "lhay" else ["L'Haÿ-les-Roses"]), q
    assert names(archive, "erbier") == []
    assert names(archive, "ac/d") == ["AC/DC"]
    assert set(names(archive, "lebrun")) == {"Anne Lebrun", "Paul Lebrun"}
    assert names(archive, "ø") == ["Émile Ørsted"]


def test_matched_part_verifies(archive):
    for q, part in (("herb", "Herb"), ("hay les", "Haÿ-les"), ("emile o", "Émile Ø"), ("zoé l'herbier ma", "Zoé L'Herbier-Ma"), ("mac", "Maç")):
        item, = archive.items("/suggest", q=q)
        matched = item["matched"]
        assert matched["text"][matched["start"]:matched["end"]] == part, q
        assert archive.json(item["links"]["self"])["name"] == item["name"]


def test_best_known_first_type_and_limit(archive):
    everyone = archive.items("/entities")
    first = archive.items("/suggest", q="d")[0]
    assert first["name"] == "Dieppe" and first["articles"] == 3
    assert first["articles"] == next(e["articles"] for e in everyone if e["id"] == first["id"])
    assert all(item["type"] == "ORG" for item in archive.items("/suggest", q="d", type="ORG"))
    assert "Syndicat des Dockers" in names(archive, "dock", type="ORG")
    assert len(names(archive, "a", limit=1)) == 1


def test_words_in_any_order(archive):
    for q in ("lebrun an", "LEBRUN ANNE", "lebrun-anne", "anne lebrun"):
        assert names(archive, q) == ["Anne Lebrun"], q
    assert names(archive, "dockers syndicat d") == names(archive, "syndicat dock") == ["Syndicat des Dockers"]
    assert names(archive, "maçon zoé") == names(archive, "herbier zoe") == ["Zoé L'Herbier-Maçon"]
    assert names(archive, "lebr anne") == []  # a word that others follow was typed to its end
    assert names(archive, "lebrun lebrun anne paul") == [] and names(archive, "lebrun x") == []
    item, = archive.items("/suggest", q="lebrun an")
    matched = item["matched"]
    assert matched["text"][matched["start"]:matched["end"]] == "Lebrun"
    assert archive.items("/suggest", q="roses hay", type="PER") == []


def test_words_in_order_come_first(api):
    text = "Jean-Claude Martin et Claude Jean étaient à Dieppe. « Oui », a dit Jean Claude. « Non », a dit Claude Jean. Claude Jean est parti."
    api.post("Port\n\n" + text, external_id="order")
    found = names(api, "claude jean")
    assert found and all({"claude", "jean"} <= set(name.lower().replace("-", " ").split()) for name in found)
    in_order = [name for name in found if "claude jean" in name.lower().replace("-", " ")]
    assert found[:len(in_order)] == in_order


def test_sections(api):
    for n, section in enumerate(["Économie"] * 4 + ["International", "Eco-région", "Politique"]):
        api.post(f"Article {n}\n\nLe port de Dieppe rouvre pour la {n}e fois.", external_id=f"s{n}", section=section)
    assert [(i["kind"], i["name"], i["articles"]) for i in api.items("/suggest", q="eco", kinds="section")] == [
        ("section", "Économie", 4), ("section", "Eco-région", 1)]  # a whole word counts like twice of the articles
    assert [i["name"] for i in api.items("/suggest", q="regi", kinds="section")] == ["Eco-région"]
    assert api.items("/suggest", q="eco") == []
    api.refused(400, "invalid", "GET", "/suggest?q=eco&kinds=section&type=PER", field="type")


def test_sources(archive):
    item, = archive.items("/suggest", q="cour", kinds="source")
    assert item == {"kind": "source", "name": "Le Courrier", "articles": 1, "matched": {"text": "Le Courrier", "start": 3, "end": 7}}
    assert [i["kind"] for i in archive.items("/suggest", q="gaz", kinds="entity,source")].count("source") == 1
    assert names(archive, "cour") == []


def test_follows_merges_renames_and_deletions(api):
    api.post("Port\n\nAnne Lebrun et Paul Lebrun étaient au port de Dieppe. « Nous avons tenu », a dit Anne Lebrun.", external_id="a")
    anne = api.items("/suggest", q="anne")[0]["id"]
    paul = api.items("/suggest", q="paul")[0]["id"]
    assert api.call("POST", f"/entities/{paul}/merge", json={"into": anne}).status_code == 200
    assert [i["id"] for i in api.items("/suggest", q="lebrun")] == [anne]
    paul_now, = api.items("/suggest", q="paul")
    assert paul_now["id"] == anne and paul_now["matched"]["text"] == "Paul Lebrun" != paul_now["name"]
    assert api.call("PATCH", f"/entities/{anne}", json={"name": "Anne Lebrun-Zola"}).status_code == 200
    assert [i["matched"] for i in api.items("/suggest", q="zola")] == [{"text": "Anne Lebrun-Zola", "start": 12, "end": 16}]
    assert api.call("PATCH", f"/entities/{anne}", json={"type": "ORG"}).status_code == 200
    assert names(api, "zola", type="PER") == [] and names(api, "zola", type="ORG") == ["Anne Lebrun-Zola"]
    assert api.call("DELETE", f"/entities/{anne}").status_code == 200
    assert names(api, "lebrun") == []
    assert names(api, "dieppe") == ["Dieppe"]
    article, = api.items("/articles")
    api.call("DELETE", f"/articles/{article['id']}")
    assert names(api, "dieppe") == []


def test_refused(archive):
    archive.refused(400, "invalid", "GET", "/suggest", field="q")
    archive.refused(400, "invalid", "GET", "/suggest?q=%E2%80%93", field="q")
    archive.refused(400, "invalid", "GET", "/suggest?q=a&limit=51", field="limit")
    archive.refused(400, "invalid", "GET", "/suggest?q=a&kinds=entitj", field="kinds", nearest="entity")
    archive.refused(400, "invalid", "GET", "/suggest?q=a&kinds=entity,source&type=PER", field="type")
    archive.refused(400, "invalid", "GET", "/suggest?q=" + "a" * 101, field="q")
    first = archive.get("/suggest?q=a")
    assert archive.get("/suggest?q=a", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_odd_input(archive):
    """Whatever is typed is answered or refused, and what is found begins as asked."""
    deal = random.Random(5)
    letters = "aéd'’-. ()%_*\"\\^:&+\t/\u00a0\u0301\u200d\ufeff🎉𝒎ßøİ«中"
    answered = 0
    for _ in range(300):
        q = "".join(deal.choice(letters) for _ in range(deal.randint(1, 12)))
        reply = archive.call("GET", "/suggest", params={"q": q, "kinds": deal.choice(["entity", "source", "entity,source"])})
        assert reply.status_code in (200, 400), (q, reply.text)
        if reply.status_code == 400:
            assert reply.json()["field"] == "q", q
            continue
        answered += 1
        for item in reply.json()["items"]:
            matched = item["matched"]
            assert 0 <= matched["start"] < matched["end"] <= len(matched["text"]), q
    assert answered > 50


def test_ties_are_stable(archive):
    whole = archive.items("/suggest", q="l", limit=50, kinds="entity,source")
    assert len(whole) > 2
    for limit in range(1, len(whole) + 1):
        assert archive.items("/suggest", q="l", limit=limit, kinds="entity,source") == whole[:limit]
