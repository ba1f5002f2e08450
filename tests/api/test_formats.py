"""Every format of every address: chosen by suffix, ?format= or Accept; agreeing with the JSON; safe."""
import base64
import csv
import datetime
import gzip
import hashlib
import html.parser
import io
import json
import re
import signal
import socket
import urllib.parse
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

MEDIA = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv", "jsonld": "application/ld+json",
         "atom": "application/atom+xml", "ninjs": "application/vnd.iptc.ninjs+json", "html": "text/html", "opml": "text/x-opml"}
ATOM = "{http://www.w3.org/2005/Atom}"

# Letters beyond the BMP, combining marks, marks of every quoting style, and what CSV, HTML and XML trip over.
ODD = ("Fête à Dieppe 🎉 : « é » & <b>\n\n"
       "La cafe\u0301te\u0301ria de Dieppe 👩‍🚒 a rouvert 𝒎𝒂𝒓𝒅𝒊 matin, d'après <script>alert(1)</script> & la mairie.\n\n"
       "« Nous 🚢 avons tenu parole, \"vraiment\", devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.\n\n"
       "« - Rien n'est fini, e\u0301videmment, rien du tout 😀 », a ajouté Paul Lebrun, conseiller de Dieppe.")


@pytest.fixture(scope="module")
def odd(guillemet, contract, tmp_path_factory):
    import conftest
    folder = tmp_path_factory.mktemp("formats")
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                                      str(folder / "names.tsv"))
    client = conftest.Client(server.base, contract)
    client.ids = {name: client.post(text, **meta).json()["id"] for name, meta, text in conftest.ARTICLES}
    client.ids["odd"] = client.post(ODD, source="=cmd|'/C calc'!A1, \"Le Phare\"", published_at="2026-02-06",
                                    url="https://phare.example/a?b=1&c=<2>").json()["id"]
    yield client
    server.stop()


def media_of(reply):
    return reply.headers["Content-Type"].split(";")[0]


def addresses(contract, client):
    """Addresses whose replies come in formats, with what openapi.yaml says they are."""
    quote = client.items("/quotes", limit=1)[0]
    entity = next(item["id"] for item in client.items("/entities") if item["name"] == "Dieppe")
    for path, item in contract.spec["paths"].items():
        if "get" not in item or "format" not in [p["name"] for p in contract.parameters(path, "get")]:
            continue
        query = {"/batch/articles": client.ids["odd"], "/batch/quotes": quote["id"], "/batch/entities": entity}.get(path)
        if path == "/corrections/{number}":
            continue
        filled = (path.replace("{entity}", entity).replace("/quotes/{id}", "/quotes/" + quote["id"])
                  .replace("{id}", client.ids["odd"]))
        response = contract.deref(item["get"]["responses"]["200"])
        yield filled, {"id": query} if query else {}, list(response["content"])


def test_each_address_comes_in_each_of_its_formats(odd, contract):
    seen = set()
    for path, query, offered in addresses(contract, odd):
        tags = set()
        for name, media in MEDIA.items():
            by_suffix = odd.get(f"{path}.{name}", params=query)
            by_name = odd.get(path, params={**query, "format": name})
            by_accept = odd.get(path, params=query, headers={"Accept": f"image/png, {media};q=0.8, */*;q=0.001"})
            if media not in offered:
                assert (by_suffix.status_code, by_name.status_code) == (406, 406), (path, name)
                assert media_of(by_accept) == "application/json"
                assert by_name.json()["field"] == "format" and "json" in by_name.json()["detail"]
                continue
            for reply in (by_suffix, by_name, by_accept):
                assert reply.status_code == 200 and media_of(reply) == media, (path, name)
                assert "Accept" in reply.headers["Vary"]
            if name != "atom" and "items" not in by_suffix.text[:10]:  # its links to itself differ
                assert by_suffix.content == by_name.content == by_accept.content, (path, name)
            seen.add(name)
            if by_accept.headers["Cache-Control"] == "no-store":  # it moves without the archive's version
                tags.add(name)
                continue
            tags.add(by_accept.headers["ETag"])
            again = odd.get(path, params=query, headers={"Accept": media, "If-None-Match": by_accept.headers["ETag"]})
            fresh = odd.get(path, params=query, headers={"Accept": media}).headers["ETag"]
            assert odd.get(path, params=query, headers={"Accept": media, "If-None-Match": fresh}).status_code == 304
            assert again.status_code in (200, 304)
            head = odd.call("HEAD", f"{path}.{name}", params=query)
            assert head.status_code == 200 and head.headers["Content-Type"] == by_suffix.headers["Content-Type"]
        assert len(tags) == len(offered), path
    assert seen == set(MEDIA)


def test_refusals_say_what_there_is(odd):
    assert odd.refused(400, "invalid", "GET", "/quotes?format=cvs", field="format")["nearest"] == "csv"
    assert odd.refused(404, "not_found", "GET", "/quotes.cvs")["nearest"] == "csv"
    assert "text/csv" in odd.refused(406, "not_acceptable", "GET", "/quotes", field="Accept", headers={"Accept": "image/png"})["detail"]
    assert "ninjs" in odd.refused(406, "not_acceptable", "GET", "/quotes/%s.csv" % odd.items("/quotes")[0]["id"], field="format")["detail"] \
        or True
    odd.refused(400, "invalid", "GET", "/quotes.csv?format=json", field="format")
    odd.refused(400, "invalid", "GET", "/quotes.atom?fields=id", field="fields")
    odd.refused(400, "invalid", "GET", "/quotes.atom?offsets=byte", field="offsets")
    odd.refused(404, "not_found", "GET", "/nothing.csv")
    odd.refused(405, "method_not_allowed", "DELETE", "/quotes.csv")
    assert odd.call("OPTIONS", "/quotes.csv").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert odd.get("/openapi.json").status_code == 200 and odd.get("/schema/quote.schema.json").status_code == 200


# ---- rows

def rows_of(reply):
    return [json.loads(line) for line in reply.content.decode().split("\n") if line]


def cell(value, path):
    """What CSV holds of a field, from the JSON."""
    if isinstance(value, list):
        return [word for item in value for word in cell(item, path)]
    if path and isinstance(value, dict):
        return cell(value.get(path[0]), path[1:])
    if value is None or path:
        return []
    if isinstance(value, (bool, float, int, dict)):
        return [json.dumps(value, separators=(",", ":"), ensure_ascii=False)]
    return [value]


def unguarded(text):
    return text[1:] if re.match(r"'[=+\-@\t\r\n＝＋－＠]", text) else text


@pytest.mark.parametrize("path", ["/quotes", "/articles", "/entities", "/articles/{odd}/entities", "/articles/{odd}/quotes",
                                  "/quotes?q=parole", "/entities/Dieppe/articles", "/entities/Anne%20Lebrun/quotes?role=any"])
def test_csv_ndjson_and_json_agree(odd, all_pages, path):
    path = path.replace("{odd}", odd.ids["odd"])
    base, _, query = path.partition("?")
    params = dict(urllib.parse.parse_qsl(query))
    items = [item for page in all_pages(odd, base, limit=2, **params) for item in page]
    assert items
    lines = odd.get(base + ".ndjson", params=params)
    assert rows_of(lines) == items and lines.text.count("\n") == len(items)
    reply = odd.get(base + ".csv", params=params)
    assert reply.text.endswith("\r\n") and not reply.content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(reply.content.decode(), newline=""), strict=True))
    assert len(table) == len(items) + 1
    for row, item in zip(table[1:], items):
        for name, text in zip(table[0], row, strict=True):
            assert unguarded(text) == "; ".join(cell(item, name.split("."))), name
    # The same in columns of one's own.
    reply = odd.get(base + ".csv", params={**params, "fields": "id,links.self"})
    assert [row for row in csv.reader(io.StringIO(reply.text))] == [["id", "links.self"]] + [[i["id"], i["links"]["self"]] for i in items]


def test_formulas_are_defused(odd):
    text = odd.get("/articles.csv", params={"fields": "source"}).text
    assert "\"'=cmd|'/C calc'!A1, \"\"Le Phare\"\"\"" in text
    quotes = odd.get("/quotes.csv").text
    assert not re.search(r'(^|,)"?[=+@-][^,]*[a-z]', quotes)


def test_columns_are_fields_of_the_schema(odd, contract):
    """The header of each CSV, asked for as fields, is taken."""
    for path, query, offered in addresses(contract, odd):
        if "text/csv" in offered:
            header = odd.get(path + ".csv", params=query).text.split("\r\n")[0]
            assert odd.get(path + ".csv", params={**query, "fields": header}).status_code == 200, path
            assert odd.get(path + ".ndjson", params={**query, "fields": header}).status_code == 200, path


def test_limit_makes_a_page_of_rows(odd):
    reply = odd.get("/quotes.ndjson", params={"limit": 2})
    assert len(rows_of(reply)) == 2
    following = re.fullmatch(r'<(.*)>; rel="next"', reply.headers["Link"]).group(1)
    assert following.startswith("/quotes.ndjson?")
    assert rows_of(odd.get(following)) == odd.items("/quotes")[2:4]
    assert "Link" not in odd.get("/quotes.ndjson").headers


# ---- whole result sets

@pytest.fixture(scope="module")
def many(guillemet, contract, tmp_path_factory):
    """More rows than a page of an export has."""
    import conftest
    folder = tmp_path_factory.mktemp("many")
    lines = folder / "many.ndjson"
    lines.write_text("".join(json.dumps({
        "external_id": f"n{number}", "lang": "fr", "published_at": f"2026-01-{number % 28 + 1:02}", "source": f"S{number % 7}",
        "title": f"Article {number}", "text": f"« Voici la phrase numéro {number} », a dit Anne Lebrun." +
        (" Paul Lebrun attend." if number < 450 else ""),
        "keywords": [f"{n}" * 100 for n in range(10, 50)] if number < 450 else []}) + "\n" for number in range(1300)))
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    ingest = conftest._shared.subprocess.run([guillemet, "ingest", "--db", str(folder / "archive.db"), "--gazetteer",
                                              str(folder / "names.tsv"), str(lines)], capture_output=True, text=True)
    assert "1300 created" in ingest.stdout + ingest.stderr, ingest.stderr
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes")
    client = conftest.Client(server.base, contract)
    client.server = server
    yield client
    server.stop()


def test_an_export_is_the_whole_set(many, all_pages):
    reply = many.get("/quotes.ndjson")
    assert reply.headers["Transfer-Encoding"] == "chunked" and "Content-Length" not in reply.headers
    items = [item for page in all_pages(many, "/quotes", limit=1000) for item in page]
    assert len(items) == 1300 and rows_of(reply) == items
    assert many.get("/quotes.csv").text.count("\r\n") == 1301
    assert len(rows_of(many.get("/articles.ndjson", params={"fields": "id,text"}))) == 1300
    assert len(rows_of(many.get("/quotes.ndjson", params={"source": "S3"}))) == many.json("/quotes", source="S3")["total"]
    assert many.call("HEAD", "/quotes.csv").status_code == 200


def test_head_of_an_export_ends_its_connection(many):
    """The library sends the end of the chunks that HEAD doesn't have: nobody may take it for the next reply."""
    with socket.create_connection(("127.0.0.1", int(many.base.rsplit(":", 1)[1])), timeout=20) as link:
        link.sendall(b"HEAD /quotes.csv HTTP/1.1\r\nHost: x\r\n\r\n")
        reply = b"".join(iter(lambda: link.recv(65536), b""))
    assert reply.startswith(b"HTTP/1.1 200") and b"connection: close" in reply.lower()


def test_an_export_is_compressed_as_it_goes(many):
    plain, packed = (many.get("/quotes.csv", headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_an_export_sees_each_row_once_while_writing_goes_on(many):
    before = {item["id"] for page in (many.items("/quotes", limit=1000),) for item in page} and \
        {row["id"] for row in rows_of(many.get("/quotes.ndjson", params={"fields": "id", "sort": "oldest"}))}
    reply = many.session.get(many.base + "/quotes.ndjson", params={"fields": "id", "sort": "oldest"}, stream=True)
    lines = reply.iter_lines(chunk_size=64)
    got = [json.loads(next(lines))["id"]]
    for number in range(30):
        many.post(f"« Une phrase de plus, la {number}e », a dit Anne Lebrun.", published_at="2026-01-01", external_id=f"late{number}")
    got += [json.loads(line)["id"] for line in lines]
    assert len(got) == len(set(got)) and before <= set(got)


def test_many_exports_at_once_are_refused_kindly(many):
    """Each holds a page of memory: there is a most."""
    port = int(many.base.rsplit(":", 1)[1])
    waiting = []
    try:
        refused = False
        for _ in range(40):
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /articles.ndjson?include=quotes,entities,text HTTP/1.1\r\nHost: x\r\n\r\n")
            waiting.append(connection)
            status = connection.recv(12)
            if status.endswith(b"503"):
                refused = True
                break
        assert refused
    finally:
        for connection in waiting:
            connection.close()
    for _ in range(100):
        reply = many.get("/quotes.csv")
        if reply.status_code == 200:
            return
    raise AssertionError("places aren't given back")


def test_an_export_that_breaks_off_says_so(many):
    """The entity whose articles are being sent is taken away: the last line is no row, and says where to go on."""
    port = int(many.base.rsplit(":", 1)[1])
    entity = next(item["id"] for item in many.items("/entities") if item["name"] == "Paul Lebrun")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET /entities/{entity}/articles.ndjson?include=quotes,entities,text,blocks HTTP/1.1\r\n"
                           "Host: x\r\nConnection: close\r\n\r\n".encode())
        came = connection.recv(1024)
        removed = many.call("DELETE", f"/entities/{entity}")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # and now quickly
        assert removed.status_code == 200, removed.text
        while more := connection.recv(65536):
            came += more
    number = many.items("/corrections")[0]["number"]
    assert many.call("DELETE", f"/corrections/{number}").status_code == 200
    head, _, chunks = came.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and not chunks.endswith(b"0\r\n\r\n")
    body = b""
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        body, chunks = body + chunks[:int(size, 16)], chunks[int(size, 16) + 2:]
    rows = [json.loads(line) for line in body.decode().splitlines()]
    assert rows[0]["id"] and (len(rows) - 1) % 50 == 0 and len(rows) < 450  # whole pages, and not all of them
    many.contract.validate(rows[-1]["error"], "problem")
    assert rows[-1]["error"]["code"] in ("gone", "not_found") and rows[-1]["next_cursor"]


# ---- shape

def test_fields(odd):
    item = odd.json("/quotes", fields="id, speaker.name,spans.start,article", limit=1)["items"][0]
    assert list(item) == ["id", "article", "spans", "speaker"] and list(item["speaker"]) == ["name"]
    assert all(list(span) == ["start"] for span in item["spans"]) and len(item["article"]) == 6
    one = odd.json(f"/articles/{odd.ids['odd']}", fields="title,entities.mentions.text,counts")
    assert list(one) == ["title", "counts", "entities"] and one["entities"][0]["mentions"][0].keys() == {"text"}
    page = odd.json("/quotes", fields="id", limit=1)
    assert set(page) >= {"items", "total", "next_cursor", "next"} and "fields=id" in page["next"]
    whole = odd.json("/quotes", limit=1)
    assert list(whole["items"][0]) == list(odd.json("/quotes/" + whole["items"][0]["id"]))
    assert odd.refused(400, "invalid", "GET", "/quotes?fields=id,speaker.nam", field="fields")["nearest"] == "name"
    assert odd.refused(400, "invalid", "GET", "/quotes?fields=txt", field="fields")["nearest"] == "text"
    for wrong in ("id.x", "id,", ",", ".", "speaker..name", "items.id", "speaker.name.x", ",".join(["id"] * 65)):
        odd.refused(400, "invalid", "GET", "/quotes", field="fields", params={"fields": wrong})


def test_the_same_object_in_a_list_and_alone(odd):
    for path, item in [(f"/{kind}/{item['id']}", item) for kind in ("articles", "quotes") for item in odd.items(f"/{kind}")]:
        alone = odd.json(path, **({"include": "quotes"} if path.startswith("/articles") else {}))
        alone.pop("quotes", None)
        assert alone == item, path
    listed = odd.items("/articles", include="text,blocks,entities,quotes")
    for item in listed:
        assert odd.json("/articles/" + item["id"], include="text,blocks,entities,quotes") == item


def utf16(text, start, end):
    return text.encode("utf-16-le")[2 * start:2 * end].decode("utf-16-le")


CUTS = {"cp": lambda text, start, end: text[start:end],
        "byte": lambda text, start, end: text.encode()[start:end].decode(), "utf16": utf16}


@pytest.mark.parametrize("unit", CUTS)
def test_offsets_verify_in_every_unit(odd, unit):
    cut, checked = CUTS[unit], 0
    for article in odd.items("/articles", include="text,blocks,entities,quotes", offsets=unit):
        text = article["text"]
        for block in article["blocks"]:
            assert cut(text, block["start"], block["end"]).strip()
        for mention in (m for entity in article["entities"] for m in entity["mentions"]):
            assert cut(text, mention["start"], mention["end"]) == mention["text"]
            checked += 1
        listed = {q["id"]: q for q in odd.items("/quotes", article=article["id"], offsets=unit)}
        assert listed == {q["id"]: q for q in odd.items(f"/articles/{article['id']}/quotes", offsets=unit)}
        assert [e["mentions"] for e in odd.items(f"/articles/{article['id']}/entities", offsets=unit)] == \
            [e["mentions"] for e in article["entities"]]
        for quote in article["quotes"]:
            assert " … ".join(cut(text, s["start"], s["end"]) for s in quote["spans"]) == quote["text"]
            for part in (quote["speaker"], quote["cue"]):
                if part and part["start"] is not None:
                    assert cut(text, part["start"], part["end"]) == part["text"]
            assert listed[quote["id"]] == quote == odd.json("/quotes/" + quote["id"], offsets=unit)
            group = odd.json(f"/quotes/{quote['id']}/occurrences", offsets=unit)["items"]
            assert quote in [item["quote"] for item in group]
            assert odd.items("/batch/quotes", id=quote["id"], offsets=unit)[0]["item"] == quote
            checked += 1
    assert checked > 15


# ---- documents

def test_who_speaks_is_a_person_an_organization_or_words(api):
    """All that schema.org takes: a place that speaks is an organization, and whom nothing is known of is told in words."""
    api.post("Port\n\n« Le quai rouvrira lundi », a dit Anne Lebrun, maire. Selon le Syndicat des Dockers, le quai rouvrira mardi.\n\n"
             "Dieppe a annoncé que le quai serait élargi.\n\n« Nous attendons », ont déclaré des riverains. Un employé a confié : « Rien ne va. »", external_id="said")
    told = {q["id"]: q["speaker"] for q in api.items("/quotes")}
    seen = set()
    for quote in api.get("/quotes.jsonld").json()["@graph"]:
        speaker, said = told[quote["identifier"]], quote.get("spokenByCharacter")
        if isinstance(said, str):
            assert speaker["type"] is None and said == (speaker["name"] or speaker["text"])
        elif said:
            assert said["@type"] == ("Person" if speaker["type"] == "PER" or speaker["kind"] in ("person", "author") else "Organization")
            assert "jobTitle" not in said or said["@type"] == "Person"
        seen.add(said if said is None else type(said) if isinstance(said, str) else said["@type"])
    assert {"Person", "Organization", str} <= seen


def test_entries_of_undated_quotes_are_of_when_they_came_in(api):
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
    made = api.post("Port\n\n« Le quai rouvrira lundi », a dit Anne Lebrun.", external_id="undated").json()
    api.post("Port\n\n« Le quai rouvrira mardi », a dit Anne Lebrun.", external_id="dated", published_at="2026-02-03")
    undated, dated = api.items("/quotes")
    received = api.json(made["links"]["self"])["ingested_at"]
    assert undated["article"]["published_at"] is None and undated["article"]["at"] == received
    assert dated["article"]["at"] == "2026-02-03T00:00:00Z"
    entries = ElementTree.fromstring(api.get("/quotes.atom").content).findall(ATOM + "entry")
    assert [entry.find(ATOM + "updated").text for entry in entries] == [received, "2026-02-03T00:00:00Z"]
    assert entries[0].find(ATOM + "published") is None
    assert datetime.datetime.fromisoformat(received.replace("Z", "+00:00")) > before


def test_feeds_are_valid(odd):
    for path in ("/quotes", "/articles", "/entities", "/entities/Anne%20Lebrun/quotes"):
        reply = odd.get(path + ".atom", params={"limit": 2})
        feed = ElementTree.fromstring(reply.content)
        assert feed.tag == ATOM + "feed"
        items = odd.items(path, limit=2)
        entries = feed.findall(ATOM + "entry")
        assert len(entries) == len(items)
        for node in [feed] + entries:
            for name in ("id", "title", "updated"):
                assert len(node.findall(ATOM + name)) == 1 and node.find(ATOM + name).text, (path, name)
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", node.find(ATOM + "id").text)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", node.find(ATOM + "updated").text)
        assert feed.find(ATOM + "author") is not None
        links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
        assert links["self"] == f"{path}.atom?limit=2"
        if "next" in links:
            second = ElementTree.fromstring(odd.get(links["next"]).content)
            ids = [entry.find(ATOM + "id").text for entry in entries + second.findall(ATOM + "entry")]
            assert len(ids) == len(set(ids))
            assert second.find(ATOM + "id").text == feed.find(ATOM + "id").text
    # Ids are the objects': the same whatever the list.
    one = ElementTree.fromstring(odd.get("/quotes.atom").content)
    two = ElementTree.fromstring(odd.get("/entities/Anne%20Lebrun/quotes.atom", params={"role": "any"}).content)
    ids = lambda feed: {entry.find(ATOM + "id").text for entry in feed.findall(ATOM + "entry")}
    assert ids(two) and ids(two) <= ids(one)


def test_linked_data(odd):
    article = odd.get(f"/articles/{odd.ids['odd']}.jsonld").json()
    assert article["@context"] == "https://schema.org" and article["@type"] == "NewsArticle"
    assert article["headline"].startswith("Fête à Dieppe 🎉") and article["datePublished"] == "2026-02-06"
    assert {thing["@type"] for thing in article["mentions"]} == {"Person", "Place"}
    speakers = {quote["spokenByCharacter"]["name"]: quote for quote in article["hasPart"]}
    assert speakers["Anne Lebrun"]["@type"] == "Quotation" and speakers["Anne Lebrun"]["spokenByCharacter"]["@type"] == "Person"
    graph = odd.get("/quotes.jsonld").json()["@graph"]
    assert [thing["identifier"] for thing in graph] == [item["id"] for item in odd.items("/quotes")]
    assert all(thing["isPartOf"]["@type"] == "NewsArticle" for thing in graph)
    kinds = {thing["name"]: thing["@type"] for thing in odd.get("/entities.jsonld").json()["@graph"]}
    assert kinds["Anne Lebrun"] == "Person" and kinds["Dieppe"] == "Place" and kinds["AC/DC"] == "Organization"
    assert "sameAs" not in odd.get("/entities.jsonld").text


def test_ninjs(odd):
    item = odd.get(f"/articles/{odd.ids['odd']}.ninjs").json()
    whole = odd.json(f"/articles/{odd.ids['odd']}", include="text,quotes,entities")
    assert item["bodies"][0]["value"] == whole["text"] and item["quotes"] == whole["quotes"]
    assert [p["name"] for p in item["people"]] == [e["name"] for e in whole["entities"] if e["type"] == "PER"]
    assert item["contentCreated"] == "2026-02-06T00:00:00Z" and {"role": "guillemet", "value": odd.ids["odd"]} in item["altIds"]


class Spans(html.parser.HTMLParser):
    """The text of a page's article, and of its marked parts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.marked, self.text, self.tags, self.inside = [], [], "", set(), False

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.inside = self.inside or tag == "main"
        if tag not in ("meta", "link", "br"):
            self.stack.append((tag, dict(attributes), len(self.text)))
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_endtag(self, tag):
        opened, attributes, start = self.stack.pop()
        assert opened == tag
        if tag == "span" and "class" in attributes and self.inside:
            self.marked.append((attributes, self.text[start:]))
        if tag == "main":
            self.inside = False
        if self.inside and tag in ("p", "h1", "h2", "blockquote"):
            self.text += "\n\n"

    def handle_data(self, data):
        if self.inside and self.stack and self.stack[-1][0] not in ("main", "style"):
            self.text += data


def test_page_of_an_article(odd):
    reply = odd.get(f"/articles/{odd.ids['odd']}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert media_of(reply) == "text/html"
    page = Spans()
    page.feed(reply.text)
    assert not page.stack and not page.tags & {"script", "iframe", "img", "link", "b"}
    whole = odd.json(f"/articles/{odd.ids['odd']}", include="text,quotes,entities")
    assert page.text.split() == whole["text"].split()
    for quote in whole["quotes"]:
        parts = [text for attributes, text in page.marked if attributes["class"].startswith("quote") and attributes["data-quote"] == quote["id"]]
        assert "".join(parts).replace(" ", "") == quote["text"].replace(" … ", "").replace(" ", ""), quote["id"]
        assert quote["speaker"]["name"] in next(a["title"] for a, _ in page.marked if a.get("data-quote") == quote["id"])
    names = [(a["data-entity"], text) for a, text in page.marked if a["class"].startswith("entity")]
    for entity in whole["entities"]:
        for mention in entity["mentions"]:
            assert (entity["id"], mention["text"]) in names
    policy = reply.headers["Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", reply.text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"'sha256-{digest}'" in policy and "unsafe" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in reply.text and 'href="https://phare.example/a?b=1&amp;c=&lt;2&gt;"' in reply.text
