"""/sources: what is followed, chosen and changed by people. (Asking them: e2e/test_watch.py.)"""
import xml.etree.ElementTree as ElementTree

import pytest

import conftest


@pytest.fixture(scope="module")
def api(guillemet, contract, tmp_path_factory):
    """One server for all of them: each test has addresses of its own."""
    folder = tmp_path_factory.mktemp("following")
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes")
    yield conftest.Client(server.base, contract)
    server.stop()


def add(api, url, status=201, **fields):
    reply = api.call("POST", "/sources", json={"url": url, **fields})
    assert reply.status_code == status, reply.text
    return reply.json()


def patch(api, source, change, **headers):
    return api.call("PATCH", f"/sources/{source['id']}", json=change, headers=headers)


def test_added_shown_and_listed(api):
    reply = api.call("POST", "/sources", json={"url": " HTTPS://Added.Example/Rss?x=1#top ", "name": "La Gazette", "lang": "fr", "section": "monde",
                                               "full": True, "min_interval_s": 600, "max_interval_s": 7200})
    source = reply.json()
    assert reply.status_code == 201 and reply.headers["Location"] == source["links"]["self"]
    assert source["url"] == "https://added.example/Rss?x=1" and source["kind"] == "feed" and source["state"] == "active"
    assert (source["full"], source["lang"], source["section"], source["min_interval_s"]) == (True, "fr", "monde", 600)
    health = source["health"]
    assert health["status"] == "new" and health["error"] is None and health["last_attempt_at"] is None and health["next_attempt_at"]
    assert set(source["counts"].values()) == {0} and source["revision"] == 1
    assert api.json(source["links"]["self"]) == source
    assert source in api.items("/sources", limit=1000)
    # The same address twice is one source.
    api.refused(409, "conflict", "POST", "/sources", field="url", json={"url": "https://added.example/Rss?x=1"})


def test_filters_and_pages(api, all_pages):
    feed, page = add(api, "https://filters.example/a"), add(api, "https://filters.example/b", kind="page", state="paused")
    ids = lambda **query: {item["id"] for item in api.items("/sources", limit=1000, **query)}
    assert feed["id"] in ids(kind="feed") and page["id"] not in ids(kind="feed") and page["id"] in ids(kind="page", state="paused")
    assert page["id"] not in ids(state="active") and feed["id"] in ids(failing="false") and not ids(failing="true")
    assert page["health"]["status"] == "paused" and page["health"]["next_attempt_at"] is None
    paged = [item["id"] for items in all_pages(api, "/sources", limit=2) for item in items]
    assert paged == [item["id"] for item in api.items("/sources", limit=1000)] and len(set(paged)) == len(paged)
    api.refused(400, "invalid", "GET", "/sources?state=lost", field="state")


def test_formats(api):
    add(api, "https://formats.example/?a=1&b=2", name="L'<Écho>")
    rows = api.get("/sources.ndjson").text.splitlines()
    assert len(rows) == api.json("/sources")["total"]
    table = api.get("/sources", headers={"Accept": "text/csv"}).text
    assert table.startswith("id,url,kind,state,") and "https://formats.example/?a=1&b=2" in table
    reply = api.get("/sources", params={"format": "opml"})
    assert reply.headers["Content-Type"].startswith("text/x-opml") and "sources.opml" in reply.headers["Content-Disposition"]
    outlines = {o.get("xmlUrl"): o.get("text") for o in ElementTree.fromstring(reply.content).iter("outline")}
    assert outlines["https://formats.example/?a=1&b=2"] == "L'<Écho>" and len(outlines) == len(rows)
    assert api.get("/sources", params={"format": "opml", "limit": 1}).text.count("<outline") == 1
    api.refused(406, "not_acceptable", "GET", "/sources.atom")
    api.refused(406, "not_acceptable", "GET", "/articles.opml")


def test_changed_paused_and_taken_up_again(api):
    source = add(api, "https://changed.example/", name="A", section="s")
    changed = patch(api, source, {"state": "paused", "section": None, "name": "B"}).json()
    assert (changed["state"], changed["section"], changed["name"], changed["revision"]) == ("paused", None, "B", 2)
    assert changed["health"]["status"] == "paused" and changed["url"] == source["url"]
    api.refused(409, "conflict", "POST", f"/sources/{source['id']}/fetch", field="state")
    again = patch(api, source, {"state": "active"}).json()
    assert again["state"] == "active" and again["health"]["next_attempt_at"]
    reply = api.call("POST", f"/sources/{source['id']}/fetch")
    assert reply.status_code == 202 and reply.json()["revision"] == 3  # that it is asked is no change of it
    other = add(api, "https://changed.example/other")
    api.refused(409, "conflict", "PATCH", f"/sources/{other['id']}", field="url", json={"url": source["url"]})


def test_if_match(api):
    source = add(api, "https://match.example/")
    address = source["links"]["self"]
    tag = api.get(address).headers["ETag"]
    assert api.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert patch(api, source, {"name": "A"}, **{"If-Match": tag}).status_code == 200
    assert api.get(address, headers={"If-None-Match": tag}).status_code == 200
    for stale in (tag, '"1"', "nonsense"):
        api.refused(412, "precondition_failed", "PATCH", address, json={"name": "B"}, headers={"If-Match": stale})
        api.refused(412, "precondition_failed", "DELETE", address, headers={"If-Match": stale})
    api.refused(400, "invalid", "POST", address + "/fetch", field="If-Match", headers={"If-Match": tag})
    # A visit, or the wish for one, spoils nobody's change.
    tag = api.get(address).headers["ETag"]
    api.call("POST", address + "/fetch")
    assert patch(api, source, {"name": "B"}, **{"If-Match": tag}).status_code == 200
    reply = api.call("DELETE", address, headers={"If-Match": '"3"'})
    assert reply.status_code == 200 and reply.json() == {"id": source["id"], "outcome": "removed"}
    api.refused(404, "not_found", "GET", address)
    api.refused(404, "not_found", "DELETE", address)
    api.refused(404, "not_found", "PATCH", address, json={"name": "x"})


@pytest.mark.parametrize("field,body", [
    ("url", {}), ("url", {"name": "x"}), ("url", {"url": 1}), ("url", {"url": "ftp://a.example/"}), ("url", {"url": "https://me:pw@a.example/"}),
    ("url", {"url": "https://a.example/" + "x" * 2000}), ("url", {"url": "https://a.example/ x"}), ("url", {"url": ""}),
    ("kind", {"url": "https://bad.example/", "kind": "site"}), ("state", {"url": "https://bad.example/", "state": "gone"}),
    ("name", {"url": "https://bad.example/", "name": ""}), ("name", {"url": "https://bad.example/", "name": "x" * 257}),
    ("lang", {"url": "https://bad.example/", "lang": "f"}), ("lang", {"url": "https://bad.example/", "lang": "fr_FR"}),
    ("section", {"url": "https://bad.example/", "section": ["a"]}), ("full", {"url": "https://bad.example/", "full": "yes"}),
    ("min_interval_s", {"url": "https://bad.example/", "min_interval_s": 59}), ("min_interval_s", {"url": "https://bad.example/", "min_interval_s": 1.5}),
    ("max_interval_s", {"url": "https://bad.example/", "max_interval_s": 2592001}),
    ("max_interval_s", {"url": "https://bad.example/", "min_interval_s": 600, "max_interval_s": 60}),
])
def test_bad_fields_are_named(api, field, body):
    api.refused(400, "invalid", "POST", "/sources", field=field, json=body)


def test_bad_bodies(api):
    api.refused(400, "invalid", "POST", "/sources", field="nmae", nearest="name", json={"url": "https://bad.example/", "nmae": "x"})
    api.refused(400, "invalid", "POST", "/sources", data=b"[]", headers={"Content-Type": "application/json"})
    api.refused(400, "invalid", "POST", "/sources", data=b"{", headers={"Content-Type": "application/json"})
    api.refused(415, "unsupported", "POST", "/sources", data=b"https://a.example/", headers={"Content-Type": "text/plain"})
    source = add(api, "https://bodies.example/")
    api.refused(415, "unsupported", "PATCH", source["links"]["self"], data=b"{}", headers={"Content-Type": "text/plain"})
    api.refused(400, "invalid", "PATCH", source["links"]["self"], field="url", json={})
    api.refused(404, "not_found", "GET", "/sources/nonsense", field="id")
    assert api.json(source["links"]["self"])["revision"] == 1


OPML = """<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Presse"><outline type="rss" text="Un" xmlUrl="https://opml.example/1"/><outline text="Deux" xmlUrl="https://opml.example/2"/></outline>
<outline text="x" xmlUrl="ftp://opml.example/3"/><outline text="Encore" xmlUrl="https://opml.example/1"/>
<outline text="y" xmlUrl="https://me:secret@opml.example/4"/></body></opml>"""


def test_opml_in(api):
    def send(body, kind="text/x-opml"):
        return api.call("POST", "/sources", data=body.encode(), headers={"Content-Type": kind})
    reply = send(OPML)
    done = reply.json()
    assert reply.status_code == 200 and (done["added"], done["existing"], done["refused"]) == (2, 1, 2) and done["first_refusal"]
    names = {item["url"]: item["name"] for item in api.items("/sources", limit=1000)}
    assert names["https://opml.example/1"] == "Un" and names["https://opml.example/2"] == "Deux"
    assert send(OPML, "text/xml; charset=utf-8").json()["added"] == 0
    assert send(api.get("/sources.opml").text).json()["existing"] == len(names)
    assert send("<rss/>").status_code == 400


def test_for_writers_alone(start, run):
    client = start()
    token = run("token", "create", "editor", "--db", client.db, check=True).stdout.decode().strip()
    for method, path in (("GET", "/sources.opml"), ("GET", "/sources"), ("GET", "/sources/aaaaaaaaaaaaa"), ("POST", "/sources"), ("PATCH", "/sources/aaaaaaaaaaaaa"),
                         ("DELETE", "/sources/aaaaaaaaaaaaa"), ("POST", "/sources/aaaaaaaaaaaaa/fetch")):
        assert client.call(method, path).status_code == 401, f"{method} {path}"
    headers = {"Authorization": f"Bearer {token}"}
    assert client.call("POST", "/sources", json={"url": "https://a.example/"}, headers=headers).status_code == 201
    assert client.get("/sources", headers=headers).json()["total"] == 1
