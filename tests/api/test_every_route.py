"""What holds for each address of the route table: HEAD, OPTIONS, 405, ETag and 304, Cache-Control, gzip."""
import email.utils
import json

import pytest

import conftest

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# No tag: what is asked every few seconds and never the same.
LIVE = ("/healthz", "/readyz", "/metrics", "/jobs")
# The program's own: they change with it alone.
KEPT = ("/schema/", "/docs/", "/problems")


@pytest.fixture(scope="module")
def table(run):
    paths = {}
    for route in json.loads(run("routes", "--json", check=True).stdout):
        paths.setdefault(route["path"], set()).add(route["method"])
    return paths


@pytest.fixture(scope="module")
def archive(guillemet, contract, tmp_path_factory):
    """One of its own: a correction, a second revision and a job are made in it."""
    folder = tmp_path_factory.mktemp("routes")
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                                      str(folder / "names.tsv"))
    client = conftest.Client(server.base, contract)
    client.ids = {name: client.post(text, **meta).json()["id"] for name, meta, text in conftest.ARTICLES}
    client.call("PUT", "/articles/" + client.ids["port"], data=(conftest.ARTICLES[0][2] + " La ville attend.").encode(),
                headers={"Content-Type": "text/plain; charset=utf-8"})
    yield client
    server.stop()


@pytest.fixture(scope="module")
def filled(archive, table):
    """Each path with its parameters filled in, so that a GET of it is found."""
    quote = archive.items("/quotes", limit=1)[0]["id"]
    entity = next(item["id"] for item in archive.items("/entities") if item["name"] == "Anne Lebrun")
    archive.call("PATCH", f"/quotes/{quote}", json={"type": "direct"}, headers={"Content-Type": "application/json"})
    job = archive.call("POST", "/articles", data=b'{"text": 1}\n' * 2,
                       headers={"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}).json()["id"]
    source = archive.call("POST", "/sources", json={"url": "https://gazette.example/rss.xml"}).json()["id"]
    values = {"{entity}": entity, "{number}": "1", "{name}": "docs.css", "{code}": "gone"}
    query = {"/batch/articles": "?id=" + archive.ids["port"], "/batch/quotes": "?id=" + quote, "/batch/entities": "?id=" + entity,
             "/suggest": "?q=leb", "/timeline": "", "/facets": ""}
    addresses = {}
    for path in table:
        address = path.replace("/quotes/{id}", "/quotes/" + quote).replace("{id}", archive.ids["port"])
        address = address.replace("/schema/{name}", "/schema/quote.schema.json").replace("{revision}", "1")
        if path.startswith("/jobs/"):
            address = path.replace("{id}", job)
        if path.startswith("/sources/"):
            address = path.replace("{id}", source)
        for name, value in values.items():
            address = address.replace(name, value)
        addresses[path] = address + query.get(path, "")
    return addresses


def allowed(methods):
    return sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))


def test_options_and_405(archive, table, filled):
    for path, methods in table.items():
        reply = archive.call("OPTIONS", filled[path])
        assert reply.status_code == 204 and not reply.content, path
        assert reply.headers["Allow"].split(", ") == allowed(methods), path
        for method in METHODS:
            if method not in allowed(methods):
                reply = archive.call(method, filled[path])
                assert reply.status_code == 405, f"{method} {path}"
                assert reply.headers["Allow"].split(", ") == allowed(methods), f"{method} {path}"
                assert method == "HEAD" or reply.json()["code"] == "method_not_allowed"


def test_get_head_tags_and_caching(archive, table, filled):
    asked = 0
    for path, methods in table.items():
        if "GET" not in methods:
            continue
        address = filled[path]
        plain = archive.get(address, headers={"Accept-Encoding": "identity"})
        if plain.status_code != 200:
            assert plain.status_code == 400, f"{address}: {plain.text[:300]}"  # needs parameters that are not known here
            continue
        asked += 1
        head = archive.call("HEAD", address, headers={"Accept-Encoding": "identity"})
        assert head.status_code == 200 and not head.content, path
        for name in ("Content-Type", "ETag", "Cache-Control", "Vary", "Link", "Last-Modified"):
            assert head.headers.get(name) == plain.headers.get(name), f"{path} {name}"
        live = path.startswith(LIVE) or path == "/sources"  # of one source there is a tag
        kept = path.startswith(KEPT)
        assert plain.headers["Cache-Control"] == ("no-store" if live else "public, max-age=3600" if kept else "max-age=0, must-revalidate"), path
        assert ("Last-Modified" in plain.headers) == (path in ("/articles/{id}", "/articles/{id}/revisions/{revision}")), path  # of what is made from many rows no date is honest
        if live:
            assert "ETag" not in plain.headers, path
            continue
        assert head.headers["Content-Length"] == plain.headers["Content-Length"], path
        tag = plain.headers["ETag"]
        for value in (tag, f'"x", {tag}', tag.replace("W/", ""), "*"):
            for method in ("GET", "HEAD"):
                reply = archive.call(method, address, headers={"If-None-Match": value, "Accept-Encoding": "identity"})
                assert reply.status_code == 304 and not reply.content and reply.headers["ETag"] == tag, f"{method} {path} {value}"
                assert reply.headers["Cache-Control"] == plain.headers["Cache-Control"] and reply.headers.get("Vary") == plain.headers.get("Vary")
        assert archive.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
        packed = archive.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed.content == plain.content and packed.headers["ETag"] == tag, path
        if len(plain.content) > 2000 and not path.startswith(("/openapi", "/schema")):
            assert packed.headers.get("Content-Encoding") == "gzip", path
    assert asked > 20


def test_unknown_parameters_are_refused_everywhere(archive, table, filled):
    for path, methods in table.items():
        if "GET" in methods:
            address = filled[path] + ("&" if "?" in filled[path] else "?") + "flds=x"
            problem = archive.refused(400, "unknown_parameter", "GET", address, field="flds")
            assert ("format" in problem["detail"]) == ("fields" in problem["detail"]), path


def test_an_article_says_when_it_changed(archive):
    """For readers and caches; whether it is still current only the ETag says: names in it change without it."""
    path = "/articles/" + archive.ids["concert"]
    whole = archive.get(path)
    changed = email.utils.parsedate_to_datetime(whole.headers["Last-Modified"])
    assert changed.isoformat()[:19] == whole.json()["updated_at"][:19]
    assert archive.get(path + ".html").headers["Last-Modified"] == whole.headers["Last-Modified"]
    assert archive.get(path, headers={"If-Modified-Since": whole.headers["Last-Modified"]}).status_code == 200
    archive.refused(404, "not_found", "GET", "/problems/nothing")
    assert archive.get("/problems/nothing").headers["Cache-Control"] == "no-store"
