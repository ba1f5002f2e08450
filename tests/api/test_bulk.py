"""POST /articles with many documents: lines, arrays, feeds; what goes wrong with one of them or with all."""
import concurrent.futures
import gzip
import json

import pytest

LINES = {"Content-Type": "application/x-ndjson"}
TEXT = "Le port rouvre\n\n« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe."


def send(api, documents, headers=LINES, **params):
    body = documents if isinstance(documents, (str, bytes)) else "\n".join(json.dumps(d) for d in documents)
    return api.call("POST", "/articles", params=params, data=body.encode() if isinstance(body, str) else body, headers=headers)


def doc(n, **more):
    return {"url": f"https://gazette.example/{n}", "text": f"{TEXT} Édition {n}.", **more}


def test_lines_are_answered_one_by_one(api):
    reply = send(api, [doc(1), doc(2), doc(1)], source="La Gazette", lang="fr")
    assert reply.status_code == 200
    bulk = reply.json()
    assert [item["outcome"] for item in bulk["items"]] == ["created", "created", "unchanged"]
    assert [item["status"] for item in bulk["items"]] == [201, 201, 200]
    assert [item["line"] for item in bulk["items"]] == [1, 2, 3] and bulk["items"][0]["id"] == bulk["items"][2]["id"]
    assert bulk["totals"] == {"items": 3, "created": 2, "revised": 0, "unchanged": 1, "failed": 0}
    assert {a["source"] for a in api.items("/articles")} == {"La Gazette"}
    again = send(api, [doc(1, text=TEXT + " Revu."), doc(2)], source="La Gazette", lang="fr").json()
    assert again["totals"] == {"items": 2, "created": 0, "revised": 1, "unchanged": 1, "failed": 0}
    assert again["items"][0]["revision"] == 2


def test_a_bad_item_spoils_no_other(api):
    deleted = api.post_json(doc(9)).json()["links"]["self"]
    api.call("DELETE", deleted)
    lines = [json.dumps(doc(1)), "", "not json", json.dumps({"title": "no text"}), json.dumps(doc(9)), json.dumps(doc(2, colour="red")),
             json.dumps({"text": "x" * 100, "published_at": "yesterday"}), '{"text": "cut']
    reply = send(api, "\n".join(lines))
    assert reply.status_code == 207
    items = reply.json()["items"]
    assert [(item["index"], item["line"], item["status"]) for item in items] == [
        (0, 1, 201), (1, 3, 400), (2, 4, 400), (3, 5, 410), (4, 6, 201), (5, 7, 400), (6, 8, 400)]
    assert items[2]["problem"]["field"] == "/text" and "line 4" in items[2]["problem"]["detail"]
    assert items[3]["problem"]["code"] == "gone" and items[5]["problem"]["field"] == "/published_at"
    assert [warning["code"] for warning in items[4]["warnings"]] == ["unknown_field"]
    assert reply.json()["totals"] == {"items": 7, "created": 2, "revised": 0, "unchanged": 0, "failed": 5}
    assert api.json("/articles")["total"] == 2
    revived = send(api, [doc(9)], revive="true").json()["items"][0]
    assert revived["status"] == 201 and revived["id"] == deleted.rsplit("/", 1)[1]


def test_only_what_is_new(api):
    send(api, [doc(1)])
    reply = send(api, [doc(1, text="Autre."), doc(2)], {**LINES, "If-None-Match": "*"})
    assert [item["status"] for item in reply.json()["items"]] == [412, 201]
    assert reply.json()["items"][0]["problem"]["code"] == "precondition_failed"


def test_an_array_and_a_feed(api):
    array = send(api, json.dumps([doc(1), {"text": 5}, doc(2)]), {"Content-Type": "application/json"})
    assert array.status_code == 207
    assert [(item["status"], item["line"]) for item in array.json()["items"]] == [(201, None), (400, None), (201, None)]
    assert "item 2" in array.json()["items"][1]["problem"]["detail"]
    entries = "".join(f"<item><title>Le port {n}</title><link>https://gazette.example/f{n}</link><description>Le port rouvre {n}.</description></item>"
                      for n in range(3))
    feed = send(api, f'<rss version="2.0"><channel><title>G</title>{entries}<item/></channel></rss>', {"Content-Type": "application/rss+xml"})
    assert [item["status"] for item in feed.json()["items"]] == [201, 201, 201, 400]
    assert send(api, json.dumps([doc(5)]), {"Content-Type": "application/json"}).json()["totals"]["items"] == 1  # one in an array is a bulk
    assert send(api, json.dumps(doc(6)), {"Content-Type": "application/json"}).json()["outcome"] == "created"  # one alone is none


def test_packed_lines(api):
    body = gzip.compress("\n".join(json.dumps(doc(n)) for n in range(300)).encode())
    reply = send(api, body, {**LINES, "Content-Encoding": "gzip"})
    assert reply.status_code == 200 and reply.json()["totals"]["created"] == 300
    assert send(api, body, {**LINES, "Content-Encoding": "gzip", "Prefer": "respond-async"}).json()["totals"]["items"] == 300
    bomb = gzip.compress(b"{}\n" * 8_000_000)
    api.refused(413, "too_large", "POST", "/articles", data=bomb, headers={**LINES, "Content-Encoding": "gzip"})
    api.refused(400, "invalid", "POST", "/articles", data=body[:-9], headers={**LINES, "Content-Encoding": "gzip"})
    api.refused(415, "unsupported", "POST", "/articles", data=body, headers={**LINES, "Content-Encoding": "br"})


def test_what_is_refused_whole(api):
    assert "not JSON" in api.refused(400, "invalid", "POST", "/articles", data='[{"text":"a"},', headers={"Content-Type": "application/json"})["detail"]
    for empty in ("", "\n \n"):
        api.refused(400, "invalid", "POST", "/articles", data=empty, headers=LINES)
    api.refused(400, "invalid", "POST", "/articles", data="[]", headers={"Content-Type": "application/json"})
    for name, value in (("url", "https://gazette.example/x"), ("external_id", "x"), ("title", "x")):
        api.refused(400, "invalid", "POST", f"/articles?{name}={value}", field=name, data=json.dumps(doc(1)), headers=LINES)
    too_many = api.refused(413, "too_large", "POST", "/articles", data="{}\n" * 10001, headers=LINES)
    assert "10001" in too_many["detail"] and "10000" in too_many["detail"]
    api.refused(400, "invalid", "PUT", "/articles/aaaaaaaaaaaaa", data=json.dumps([doc(1), doc(2)]), headers={"Content-Type": "application/json"})
    assert api.json("/articles")["total"] == 0


def test_a_bulk_of_nothing_but_bad_lines(api):
    reply = send(api, "{}\n" * 2000)
    assert reply.status_code == 207 and reply.json()["totals"] == {"items": 2000, "created": 0, "revised": 0, "unchanged": 0, "failed": 2000}


def test_dry_run_stores_nothing(api):
    reply = send(api, [doc(1), {"text": 1}], dry_run="true")
    good, bad = reply.json()["items"]
    assert reply.status_code == 207 and reply.json()["dry_run"] is True
    assert (good["status"], good["outcome"], good["revision"]) == (200, None, None) and good["counts"]["quotes"] == 1
    assert bad["status"] == 400 and api.json("/articles")["total"] == 0
    assert send(api, [doc(1)]).json()["items"][0]["id"] == good["id"]


@pytest.mark.parametrize("n", [65, 200])
def test_more_than_a_window(api, n):
    """Results keep the order of the body while many documents are under way at a time."""
    documents = [doc(i) if i % 7 else {"text": i} for i in range(n)]
    bulk = send(api, documents).json()
    assert [item["index"] for item in bulk["items"]] == list(range(n))
    assert [item["status"] for item in bulk["items"]] == [201 if i % 7 else 400 for i in range(n)]
    for i in (1, n - 1):
        if i % 7:
            assert api.json(f"/articles/{bulk['items'][i]['id']}")["url"].endswith(f"/{i}")


def test_too_many_bulks_are_told_to_come_back(api):
    """Two run and 16 wait; the others hear so at once, and what was taken is stored."""
    def one(n):
        return send(api, [doc(f"{n}/{i}") for i in range(700 if n < 2 else 1)])

    with concurrent.futures.ThreadPoolExecutor(26) as pool:
        long = [pool.submit(one, n) for n in range(2)]
        while api.json("/articles")["total"] < 2:  # both threads are busy
            pass
        replies = [done.result() for done in [pool.submit(one, n) for n in range(2, 26)]]
    refused = [reply for reply in replies if reply.status_code == 503]
    assert refused and all(reply.json()["code"] == "busy" and int(reply.headers["Retry-After"]) > 0 for reply in refused)
    assert len(refused) <= 8 and {reply.status_code for reply in replies} == {200, 503}
    assert [done.result().json()["totals"]["created"] for done in long] == [700, 700]
    assert api.json("/articles")["total"] == 1400 + len(replies) - len(refused)
