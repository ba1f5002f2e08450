"""What an article said before, and what changed from one revision to another."""
import pytest

ONE = ("Le port rouvre\n\nLes grues tournent de nouveau depuis mardi matin.\n\n"
       "« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe.\n\nLa grève est finie.")
TWO = ("Le port rouvre enfin\n\nLes grues tournent de nouveau depuis mardi matin.\n\n"
       "« Nous avons tenu parole devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.\n\n"
       "« Rien n'est réglé pour les dockers », a répondu Paul Lebrun.")


@pytest.fixture
def path(api):
    made = api.post(ONE, url="https://gazette.example/r").json()
    api.post(TWO, 200, url="https://gazette.example/r")
    return made["links"]["self"]


def test_list(api, path, all_pages):
    newest, first = api.items(path + "/revisions")
    assert (newest["revision"], newest["current"], newest["title"]) == (2, True, "Le port rouvre enfin")
    assert (first["revision"], first["current"], first["title"], first["changes"]) == (1, False, "Le port rouvre", None)
    assert newest["changes"]["paragraphs"] == {"same": 1, "added": 1, "removed": 1, "changed": 2}
    assert newest["hash"] != first["hash"]
    for n in range(3, 8):
        api.post(TWO + f" {n}", 200, url="https://gazette.example/r")
    assert [r["revision"] for page in all_pages(api, path + "/revisions", limit=2) for r in page] == [7, 6, 5, 4, 3, 2, 1]


def test_one(api, path):
    old, new = api.json(path + "/revisions/1"), api.json(path + "/revisions/2")
    assert old["text"] == ONE and new["text"] == TWO == api.json(path)["text"]
    assert [old["text"][b["start"]:b["end"]] for b in old["blocks"]] == ONE.split("\n\n")
    assert old["blocks"][0]["kind"] == "title" and old["text_rights"] == "full"
    for odd in ("0", "3", "x", "1e1", "-1", "99999999999999"):
        api.refused(404, "not_found", "GET", f"{path}/revisions/{odd}", field="revision")


def test_difference(api, path):
    diff = api.json(path + "/revisions/diff")
    assert (diff["from"]["revision"], diff["to"]["revision"]) == (1, 2)
    assert [p["change"] for p in diff["paragraphs"]] == ["changed", "same", "changed", "removed", "added"]
    for part in diff["paragraphs"]:
        for side, text in (("from", ONE), ("to", TWO)):
            if part[side]:
                assert text[part[side]["start"]:part[side]["end"]] == part[side]["text"]
    words = diff["paragraphs"][2]["words"]
    assert [w["text"] for w in words if w["op"] == "delete"] == ["tous"]
    assert [w["text"] for w in words if w["op"] == "insert"] == ["toute la ville"]
    for side, skipped in (("from", "insert"), ("to", "delete")):
        assert " ".join(w["text"] for w in words if w["op"] != skipped) == diff["paragraphs"][2][side]["text"].replace("\u00a0", " ")
    kinds = {q["change"]: q for q in diff["quotes"]["items"]}
    assert kinds["changed"]["to"] == {"text": "Nous avons tenu parole devant toute la ville", "speaker": "Anne Lebrun"}
    assert kinds["added"]["to"]["text"] == "Rien n'est réglé pour les dockers" and kinds["added"]["from"] is None
    assert diff["quotes"]["same"] == 0


def test_difference_turned_round_and_with_itself(api, path):
    back = api.json(path + "/revisions/diff", **{"from": 2, "to": 1})
    assert [p["change"] for p in back["paragraphs"]] == ["changed", "same", "changed", "removed", "added"]
    assert {q["change"] for q in back["quotes"]["items"]} == {"changed", "removed"}
    same = api.json(path + "/revisions/diff", **{"from": 2, "to": 2})
    assert {p["change"] for p in same["paragraphs"]} == {"same"} and same["quotes"] == {"same": 2, "items": []}
    assert same["changes"]["words"] == {"added": 0, "removed": 0}


def test_what_is_refused(api, path):
    api.refused(404, "not_found", "GET", path + "/revisions/diff?from=1&to=9", field="to")
    api.refused(404, "not_found", "GET", path + "/revisions/diff?from=9&to=1", field="from")
    api.refused(404, "not_found", "GET", path + "/revisions/diff?to=1", field="from")
    api.refused(400, "invalid", "GET", path + "/revisions/diff?from=0", field="from")
    api.refused(400, "unknown_parameter", "GET", path + "/revisions/diff?since=1")
    api.refused(404, "not_found", "GET", "/articles/aaaaaaaaaaaaa/revisions")
    api.call("DELETE", path)
    for tail in ("/revisions", "/revisions/1", "/revisions/diff"):
        api.refused(410, "gone", "GET", path + tail)


def test_not_modified(api, path):
    for tail in ("/revisions", "/revisions/1", "/revisions/diff"):
        tag = api.get(path + tail).headers["ETag"]
        assert api.get(path + tail, headers={"If-None-Match": tag}).status_code == 304
    api.post(TWO + " Suite.", 200, url="https://gazette.example/r")
    assert api.get(path + "/revisions", headers={"If-None-Match": tag}).status_code == 200


def test_the_newest_hundred_are_kept(api):
    made = api.post(ONE, url="https://gazette.example/many").json()
    for n in range(104):
        api.post(f"Bref.\n\nVersion {n}.", 200, url="https://gazette.example/many", lang="fr")
    path = made["links"]["self"]
    assert [r["revision"] for r in api.items(path + "/revisions", limit=1000)] == list(range(105, 4, -1))
    api.refused(404, "not_found", "GET", path + "/revisions/4", field="revision")
    assert api.json(path + "/revisions/5")["text"].endswith("Version 3.")
