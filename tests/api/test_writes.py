"""POST, PUT, DELETE: outcomes, identity, revisions, tombstones, conditions, tokens, dry runs."""
import threading

import pytest
import requests

TEXT = "Le port rouvre\n\n« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe."


def test_created_then_unchanged_then_revised(api):
    first = api.post(TEXT, url="https://gazette.example/a?utm_campaign=y#top")
    made = first.json()
    assert made["outcome"] == "created" and made["revision"] == 1
    assert first.headers["Location"] == made["links"]["self"] == f"/articles/{made['id']}"
    assert api.json(first.headers["Location"])["text"] == TEXT
    again = api.post(TEXT, 200, url="https://gazette.example/a?utm_campaign=y#top").json()
    assert (again["id"], again["revision"], again["outcome"]) == (made["id"], 1, "unchanged")
    revised = api.post(TEXT + " Fin.", 200, url="https://GAZETTE.example/a").json()
    assert (revised["id"], revised["revision"], revised["outcome"]) == (made["id"], 2, "revised")
    assert api.json("/articles")["total"] == 1
    assert api.json(f"/articles/{made['id']}")["text"].endswith(" Fin.")


def test_identity(api):
    by_text = api.post(TEXT).json()["id"]
    by_id = api.post(TEXT, external_id="x1").json()["id"]
    assert by_text != by_id
    known = api.post(TEXT, 200, external_id="x1", url="https://gazette.example/b").json()  # by a key that it had
    assert known["id"] == by_id and known["outcome"] == "revised"
    assert api.post(TEXT, 200, url="https://gazette.example/b").json()["id"] == by_id  # and by the one it got
    assert api.post("Autre\n\nUn autre texte, assez long pour compter.", external_id="x2").json()["id"] not in (by_text, by_id)


def test_the_same_id_on_every_machine(api, start):
    other = start("--open-writes", db="other.db")
    assert api.post(TEXT, url="https://gazette.example/c").json()["id"] == other.post(TEXT, url="https://gazette.example/c").json()["id"]


def test_json_document(api):
    made = api.post_json({"text": TEXT, "url": "https://gazette.example/json", "title": "Autre titre", "source": "La Gazette",
                          "bylines": ["Jo Martin"], "keywords": ["port", "grève"], "lang": "fr", "published_at": "2026-02-03T10:00:00+01:00",
                          "section": "Région", "colour": "blue", "meta": {"a": 1}}).json()
    fields = [w["detail"] for w in made["warnings"] if w["code"] == "unknown_field"]
    assert len(fields) == 2 and any("colour" in f for f in fields) and any("meta" in f for f in fields), made["warnings"]
    article = api.json(made["links"]["self"])
    assert article["text"] == TEXT and article["title"] == "Autre titre" and article["bylines"] == ["Jo Martin"]
    assert article["keywords"] == ["port", "grève"] and article["section"] == "Région"
    assert article["published_at"] == "2026-02-03T09:00:00Z"


def test_the_servers_language_is_for_documents_that_name_none(start):
    english = start("--open-writes", "--lang", "en", db="english.db")
    for made, lang in ((english.post("Xyzzy\n\nPlugh."), "en"), (english.post("Xyzzy\n\nPlugh plover.", lang="fr"), "fr"),
                       (english.post_json({"text": "Frobozz.", "lang": "fr"}), "fr")):
        assert english.json(made.json()["links"]["self"])["lang"] == lang


def test_document_wins_over_parameters(api):
    made = api.post_json({"text": TEXT, "source": "Document"}, source="Parameter", url="https://gazette.example/p").json()
    article = api.json(made["links"]["self"])
    assert article["source"] == "Document" and article["url"] == "https://gazette.example/p"


def test_dry_run_stores_nothing(api, contract):
    for reply in (api.post(TEXT, 200, dry_run="true"), api.post_json({"text": TEXT}, 200, dry_run="true")):
        analysis = reply.json()
        contract.validate(analysis, "analysis")
        assert analysis["text"] == TEXT and analysis["quotes"][0]["speaker"]["name"] == "Anne Lebrun"
        assert list(analysis)[:6] == ["id", "lang", "lang_confidence", "text", "title", "standfirst"]
    assert api.json("/articles")["total"] == 0


def test_a_dry_run_is_what_analyse_prints(api, run, tmp_path):
    import json
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    printed = json.loads(run("analyse", "--gazetteer", tmp_path / "names.tsv", path, check=True).stdout)
    assert api.post(TEXT, 200, dry_run="true").json() == printed


def test_put(api):
    id = api.post(TEXT, url="https://gazette.example/put").json()["id"]
    put = lambda text, **headers: api.call("PUT", f"/articles/{id}", data=text.encode(), headers={"Content-Type": "text/plain", **headers})
    assert put(TEXT + " Bis.").json()["outcome"] == "revised"
    assert put(TEXT + " Bis.").json()["outcome"] == "unchanged"
    api.refused(404, "not_found", "PUT", "/articles/aaaaaaaaaaaaa", data=TEXT, headers={"Content-Type": "text/plain"})
    api.refused(404, "not_found", "PUT", "/articles/7", data=TEXT, headers={"Content-Type": "text/plain"})


def test_if_match(api):
    id = api.post(TEXT, url="https://gazette.example/match").json()["id"]
    path = f"/articles/{id}"

    def put(text, tag):
        return api.call("PUT", path, data=text.encode(), headers={"Content-Type": "text/plain", "If-Match": tag})

    etag = api.get(path).headers["ETag"]
    api.post("Autre\n\nUn autre article, qui ne change pas le premier.")  # moves the archive, not the article
    assert put(TEXT + " 2", etag).json()["revision"] == 2
    assert put(TEXT + " 3", etag).status_code == 412
    assert put(TEXT + " 3", '"1"').json()["code"] == "precondition_failed"
    assert put(TEXT + " 3", '"2"').json()["revision"] == 3
    assert put(TEXT + " 4", 'W/"3"').json()["revision"] == 4
    assert put(TEXT + " 5", "*").json()["revision"] == 5
    for odd in ("5", '"five"', '""', '"0"', '"5', "W/", '"5" x', '"99999999999999999999"'):
        assert put(TEXT + " 6", odd).status_code == 412, odd
    assert api.call("DELETE", path, headers={"If-Match": '"4"'}).status_code == 412
    assert api.call("DELETE", path, headers={"If-Match": '"5"'}).json()["outcome"] == "deleted"


def test_tombstone(api):
    made = api.post(TEXT, url="https://gazette.example/gone").json()
    quote = api.items("/quotes")[0]["id"]
    deleted = api.call("DELETE", made["links"]["self"])
    assert deleted.status_code == 200 and deleted.json()["outcome"] == "deleted"
    for link in made["links"].values():
        api.refused(410, "gone", "GET", link)
    api.refused(410, "gone", "DELETE", made["links"]["self"])
    api.refused(410, "gone", "POST", "/articles?url=https://gazette.example/gone", data=TEXT, headers={"Content-Type": "text/plain"})
    api.refused(410, "gone", "PUT", made["links"]["self"], data=TEXT, headers={"Content-Type": "text/plain"})
    assert api.get(f"/quotes/{quote}").status_code in (404, 410)
    assert api.json("/articles")["total"] == api.json("/quotes")["total"] == api.json("/entities")["total"] == 0
    revived = api.post(TEXT, None, url="https://gazette.example/gone", revive="true").json()
    assert revived["id"] == made["id"] and api.json(made["links"]["self"])["text"] == TEXT
    assert api.json("/quotes")["total"] == 1


def test_delete_unknown(api):
    api.refused(404, "not_found", "DELETE", "/articles/aaaaaaaaaaaaa")


# ---- who may write

@pytest.fixture
def closed(start, run, tmp_path):
    client = start()
    client.tokens = {}
    for scope in ("read", "write", "admin"):
        done = run("token", "create", scope, "--scopes", scope, "--db", client.db, check=True)
        client.tokens[scope] = next(word for word in done.stdout.decode().split() if word.startswith("glm_"))
    return client


def plain(**headers):
    return {"data": TEXT.encode(), "headers": {"Content-Type": "text/plain", **headers}}


def test_writes_need_a_token(closed):
    reply = closed.call("POST", "/articles", **plain())
    assert reply.status_code == 401 and reply.json()["code"] == "unauthenticated"
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    for value in ("Bearer", "Bearer ", "Bearer glm_wrong", "Basic dTpw", "glm_", closed.tokens["write"], "Bearer " + "x" * 3000):
        assert closed.call("POST", "/articles", **plain(Authorization=value)).status_code == 401, value
    assert closed.call("POST", "/articles", **plain(Authorization="Bearer " + closed.tokens["read"])).status_code == 403
    assert closed.json("/articles")["total"] == 0
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert closed.call("POST", "/articles", **plain(Authorization=f"{scheme} {closed.tokens['write']}")).status_code in (200, 201)
    id = closed.items("/articles")[0]["id"]
    assert closed.call("DELETE", f"/articles/{id}").status_code == 401
    assert closed.call("DELETE", f"/articles/{id}", headers={"Authorization": "Bearer " + closed.tokens["admin"]}).status_code == 200


def test_a_revoked_token_is_worth_nothing(closed, run):
    run("token", "revoke", "write", "--db", closed.db, check=True)
    assert closed.call("POST", "/articles", **plain(Authorization="Bearer " + closed.tokens["write"])).status_code == 401


def test_refused_writes_do_not_read_the_body(closed):
    reply = closed.call("POST", "/articles", data=b"x" * 5_000_000, headers={"Content-Type": "text/plain"})
    assert reply.status_code == 401


def test_private_reads(start, run, tmp_path):
    private = start("--private-reads", db="private.db")
    assert private.call("GET", "/articles").status_code == 401
    assert private.get("/healthz").status_code == 200 and private.get("/openapi.yaml").status_code == 200
    done = run("token", "create", "reader", "--scopes", "read", "--db", private.db, check=True)
    token = next(word for word in done.stdout.decode().split() if word.startswith("glm_"))
    assert private.get("/articles", headers={"Authorization": "Bearer " + token}).status_code == 200


def test_open_writes_are_not_for_other_origins(api):
    assert api.call("POST", "/articles", **plain(Origin="https://evil.example")).status_code == 403
    assert api.call("DELETE", "/articles/aaaaaaaaaaaaa", headers={"Origin": "null"}).status_code == 403
    assert api.call("POST", "/articles", **plain(Origin=api.base)).status_code == 201


def test_writers_and_readers_at_once(api):
    """Everything acknowledged is there; readers never see half an article."""
    acknowledged, faults = [], []

    def write(worker):
        try:
            for n in range(15):
                reply = api.contract.check(requests.post(
                    api.base + "/articles", params={"external_id": f"w{worker}-{n}", "lang": "fr"},
                    data=f"Titre {worker} {n}\n\n« Voici ma parole numéro {n} à vous tous », a déclaré Anne Lebrun, maire.".encode(),
                    headers={"Content-Type": "text/plain"}, timeout=60))
                assert reply.status_code == 201, reply.text
                acknowledged.append(reply.json()["id"])
        except Exception as fault:  # told by the main thread
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        for article in api.items("/articles", limit=10, include="entities,quotes"):
            assert article["counts"]["quotes"] == len(article["quotes"]) == 1
            assert article["counts"]["entities"] == len(article["entities"])
    for writer in writers:
        writer.join()
    assert not faults, faults
    assert len(acknowledged) == 60 and {a["id"] for a in api.items("/articles", limit=1000)} == set(acknowledged)
    anne = api.json("/entities/anne-lebrun")
    assert anne["articles"] == anne["quotes_by"] == 60


def test_if_none_match_only_creates(api):
    url = "/articles?lang=fr&url=https://gazette.example/new"

    def post(text, method="POST", path=url):
        return api.call(method, path, data=text.encode(), headers={"Content-Type": "text/plain", "If-None-Match": "*"})

    assert post("Il pleut à Brest.").status_code == 201
    refused = post("Il neige à Brest.")
    assert refused.status_code == 412 and refused.json()["code"] == "precondition_failed"
    [article] = api.items("/articles")
    assert post("Il neige à Brest.", "PUT", f"/articles/{article['id']}").status_code == 412
    kept = api.json(f"/articles/{article['id']}")
    assert kept["revision"] == 1 and kept["text"].strip() == "Il pleut à Brest."


def test_if_match_is_nowhere_ignored(api):
    id = api.post(TEXT, url="https://gazette.example/condition").json()["id"]
    for method, path in (("POST", "/articles"), ("PATCH", "/entities/anne-lebrun"), ("DELETE", "/entities/anne-lebrun"),
                         ("POST", "/entities/anne-lebrun/merge"), ("DELETE", "/jobs/aaaaaaaaaaaaa"), ("DELETE", "/corrections/1")):
        api.refused(400, "invalid", method, path, field="If-Match", headers={"If-Match": '"1"', "Content-Type": "application/json"})
    assert api.call("DELETE", f"/articles/{id}", headers={"If-Match": "*"}).status_code == 200
