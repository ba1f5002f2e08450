"""The same words in several articles."""
import pytest

WORDS = "Nous avons tenu parole devant toute la ville et nous la tiendrons encore"


def article(api, number, words, source, day):
    text = f"Nouvelle {number}\n\nUne journée ordinaire à Dieppe, numéro {number}.\n\n« {words} », a déclaré Anne Lebrun, maire."
    made = api.post(text, source=source, published_at=day, external_id=f"n{number}").json()
    quotes = api.items(made["links"]["quotes"])
    assert [q["text"] for q in quotes] == [words]
    return quotes[0]


@pytest.fixture
def group(api):
    api.quotes = [article(api, 1, WORDS, "Le Nord", "2026-02-03"),
                  article(api, 2, "Nous avons tenu parole devant toute la ville", "Le Sud", "2026-02-01"),
                  article(api, 3, WORDS.replace("toute la ville", "toute la région"), "Le Nord", "2026-02-04"),
                  article(api, 4, "La pêche sera bonne cette année si le temps le permet", "Le Sud", "2026-02-05"),
                  article(api, 5, "NOUS AVONS TENU PAROLE, devant toute la ville ; et nous la tiendrons, encore", "L'Est", "2026-02-06")]
    return api


def test_a_group(group):
    whole, short, changed, other, loud = group.quotes
    reply = group.json(f"/quotes/{whole['id']}/occurrences")
    assert [(i["kind"], i["quote"]["id"]) for i in reply["items"]] == [("truncated", short["id"]), ("exact", whole["id"]),
                                                                      ("altered", changed["id"]), ("exact", loud["id"])]
    assert reply["first_seen"] == {"quote": short["id"], "article": short["article"]["id"], "source": "Le Sud", "at": "2026-02-01T00:00:00Z"}
    assert [(o["source"], o["quotes"]) for o in reply["outlets"]] == [("Le Sud", 1), ("Le Nord", 2), ("L'Est", 1)]
    assert (reply["articles"], reply["total"], reply["total_is_exact"]) == (4, 4, True)
    assert reply["items"][0]["difference"] == [{"op": "equal", "text": short["text"]},
                                               {"op": "delete", "text": "et nous la tiendrons encore"}]
    assert reply["items"][2]["difference"][1:3] == [{"op": "delete", "text": "ville"}, {"op": "insert", "text": "région"}]
    assert all(group.json(i["quote"]["links"]["self"]) == i["quote"] for i in reply["items"])
    from_short = group.json(short["links"]["occurrences"])
    assert {i["quote"]["id"]: i["kind"] for i in from_short["items"]}[whole["id"]] == "extended"
    assert [i["quote"]["id"] for i in group.json(other["links"]["occurrences"])["items"]] == [other["id"]]


def test_groups_follow_the_archive(group):
    whole, short, *_ = group.quotes
    path = f"/quotes/{whole['id']}/occurrences"
    first = group.get(path)
    assert group.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    group.call("DELETE", f"/articles/{short['article']['id']}")
    assert group.json(path)["total"] == 3
    assert group.call("PATCH", f"/quotes/{group.quotes[2]['id']}", json={"reject": True}).status_code == 200
    assert group.json(path)["total"] == 2
    group.refused(410, "gone", "GET", f"/quotes/{group.quotes[2]['id']}/occurrences")


def test_refused(archive):
    archive.refused(404, "not_found", "GET", "/quotes/aaaaaaaaaaaaa/occurrences")
    archive.refused(404, "not_found", "GET", "/quotes/x/occurrences", field="id")
    quote = archive.items("/quotes")[0]["id"]
    archive.refused(400, "unknown_parameter", "GET", f"/quotes/{quote}/occurrences?limit=5", field="limit")
    archive.refused(405, "method_not_allowed", "POST", f"/quotes/{quote}/occurrences")
