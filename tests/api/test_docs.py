"""/docs and /problems: what a person reads about the service, served by itself."""
import gzip
import hashlib
import html.parser
import re


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        attributes = dict(attributes)
        assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
        self.found += [attributes[name] for name in ("href", "src") if name in attributes]


def links(reply):
    page = Links()
    page.feed(reply.text)
    assert not {"base", "iframe", "form"} & set(page.tags)
    return [link for link in page.found if link != "data:,"]


def test_the_reference_is_self_contained(archive):
    reply = archive.get("/docs")
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert not re.search(r"<script[^>]*>[^<]", reply.text) and "<style" not in reply.text
    found = links(reply)
    assert len(found) == 5
    for link in found:
        assert link.startswith("/") and archive.get(link).status_code == 200, link
        assert archive.call("HEAD", link).status_code == 200
    script = archive.get("/docs/docs.js").text
    assert "https://" not in script and "http://" not in script


def test_vendored_files_are_the_published_ones(archive, root):
    folder = root / "server" / "docs" / "vendor" / "swagger-ui"
    noted = re.findall(r"^ {4}([0-9a-f]{64})  (\S+)$", (folder / "README.md").read_text(), re.M)
    assert [name for _, name in noted] == ["swagger-ui-bundle.js", "swagger-ui.css"]
    for digest, name in noted:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
        for encoding in ("identity", "gzip"):
            reply = archive.get(f"/docs/{name}", headers={"Accept-Encoding": encoding})
            assert hashlib.sha256(reply.content).hexdigest() == digest, name
            assert reply.headers.get("Content-Encoding", "identity") == encoding
    assert "swagger-ui-dist" in (root / "NOTICE").read_text()


def test_no_other_files(archive):
    for odd in ("docs.js.gz", "README.md", "..%2Fopenapi.yaml", "swagger-ui.css.map", "x"):
        archive.refused(404, "not_found", "GET", "/docs/" + odd)


def test_links_of_the_reference_follow_the_base(start):
    client = start("--open-writes", "--base-path", "/archive")
    reply = client.session.get(client.base + "/archive/docs")
    assert all(link.startswith("/archive/") for link in links(reply)) and 'data-base="/archive"' in reply.text
    for link in links(reply):
        assert client.session.get(client.base + link).status_code == 200


# ---- problems

def codes_of_the_source(root):
    """Every code that the server may send: the table's, and each that a handler names."""
    table = re.findall(r'\{"([a-z_]+)", \d{3}, ', (root / "server" / "http" / "problem.c").read_text())
    named = set()
    for path in (root / "server").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'reply_problem\([^;]*?"([a-z_]+)"', text))
        named |= set(re.findall(r'refuse\(request, "([a-z_]+)"', text))
        named |= set(re.findall(r'problem_code = "([a-z_]+)"', text))
        named |= set(re.findall(r'jsonw_key_text\(&?w, "code", "([a-z_]+)"\)', text))
    return table, named


def test_every_code_has_its_page_in_three_formats(archive, root):
    table, named = codes_of_the_source(root)
    assert len(table) > 20 and len(named) > 5 and named <= set(table), named - set(table)
    listed = archive.json("/problems")
    assert [item["code"] for item in listed["items"]] == table and listed["total"] == len(table)
    assert {path.stem for path in (root / "server" / "docs" / "problems").glob("*.md")} == set(table)
    tags = set()
    for item in listed["items"]:
        text, page, data = (archive.get(item["type"], headers={"Accept": accept})
                            for accept in ("*/*", "text/html,*/*;q=0.5", "application/json"))
        assert text.headers["Content-Type"] == "text/plain; charset=utf-8" and f"`{item['code']}`" in text.text
        assert f"HTTP status {item['status']}" in text.text, item["code"]
        assert page.headers["Content-Type"] == "text/html; charset=utf-8" and f"<code>{item['code']}</code>" in page.text
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        data = data.json()
        assert {key: data[key] for key in item} == item and data["meaning"] and data["what_to_do"], item["code"]
        assert data["meaning"].split("\n")[0] in text.text
        tags |= {text.headers["ETag"], page.headers["ETag"]}
        for link in links(page):
            assert archive.get(link).status_code == 200
    assert len(tags) == 2 * len(table)
    archive.refused(406, "not_acceptable", "GET", "/problems/gone", field="Accept", headers={"Accept": "image/png"})
    assert all(archive.get(link).status_code == 200 for link in links(archive.get("/problems", headers={"Accept": "text/html"})))
