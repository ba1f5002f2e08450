"""What must be refused, and how clearly."""
import json
import socket

import pytest

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
LISTS = ["/articles", "/entities", "/quotes", "/entities/dieppe/articles", "/entities/dieppe/quotes"]


# ---- parameters

@pytest.mark.parametrize("path", LISTS)
def test_unknown_parameters_are_named(archive, path):
    archive.refused(400, "unknown_parameter", "GET", path + "?limti=5", field="limti", nearest="limit")
    problem = archive.refused(400, "unknown_parameter", "GET", path + "?zzz=1", field="zzz")
    assert "limit" in problem["detail"] and "nearest" not in problem
    archive.refused(400, "unknown_parameter", "GET", path + "?LIMIT=5", field="LIMIT")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query,field", [("limit=0", "limit"), ("limit=1001", "limit"), ("limit=ten", "limit"), ("limit=", "limit"),
                                         ("limit", "limit"), ("limit=-5", "limit"), ("limit=5.0", "limit"), ("limit=5&limit=6", "limit"),
                                         ("sort=best", "sort"), ("cursor=abc", "cursor"), ("cursor=", "cursor")])
def test_malformed_parameters(archive, path, query, field):
    archive.refused(400, "invalid", "GET", f"{path}?{query}", field=field)


@pytest.mark.parametrize("query,field,nearest", [
    ("from=yesterday", "from", None), ("to=2026-13-01", "to", None), ("from=2026-02-03T25:00:00Z", "from", None),
    ("from=2026-02-03&to=2026-02-01", "to", None), ("type=quote", "type", None), ("type=inderect", "type", "indirect"),
    ("lang=x", "lang", None), ("lang=français", "lang", None), ("q=", "q", None), ("q=%20", "q", None), ("speaker=", "speaker", None),
    ("q=" + "a" * 513, "q", None), ("sort=newst", "sort", "newest")])
def test_malformed_filters(archive, query, field, nearest):
    archive.refused(400, "invalid", "GET", "/quotes?" + query, field=field, nearest=nearest)


def test_include(archive):
    archive.refused(400, "invalid", "GET", "/articles?include=txt", field="include", nearest="text")
    archive.refused(400, "invalid", "GET", "/articles?include=text&limit=101", field="limit")
    archive.refused(400, "invalid", "GET", f"/articles/{archive.ids['port']}?include=", field="include")
    archive.refused(400, "unknown_parameter", "GET", f"/articles/{archive.ids['port']}?limit=1", field="limit")
    archive.refused(400, "unknown_parameter", "GET", "/healthz?x=1", field="x")


def raw_get(archive, target):
    """As it is: HTTP libraries mend addresses before they send them."""
    with socket.create_connection(("127.0.0.1", archive.server.port), timeout=20) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        reply = b"".join(iter(lambda: raw.recv(65536), b""))
    return int(reply.split()[1]), reply.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("target", ["/articles%00/evil", "/articles?q=%00", "/articles?q=%zz", "/articles?q=%", "/articles?q=%ff",
                                    "/articles/%c0%af", "/entities/%ed%a0%80", "/articles?=x", "http://x/articles", "/articles/../quotes",
                                    "/articles#x"])
def test_malformed_addresses(archive, contract, target):
    status, body = raw_get(archive, target)
    assert status == 400
    contract.validate(json.loads(body), "problem")


@pytest.mark.parametrize("path", ["/article", "/articles/x/y/z", "/Articles", "/articles/x/entity", "/favicon.ico"])
def test_unknown_addresses(archive, path):
    archive.refused(404, "not_found", "GET", path)


@pytest.mark.parametrize("id", ["1", "0000000000000", "aaaaaaaaaaaaa", "AAAAAAAAAAAAA", "zzzzzzzzzzzzz", "x" * 300, "%E2%82%AC"])
def test_unknown_ids(archive, id):
    archive.refused(404, "not_found", "GET", f"/articles/{id}")
    archive.refused(404, "not_found", "GET", f"/articles/{id}/quotes")
    archive.refused(404, "not_found", "GET", f"/quotes/{id}")


def test_too_many_parameters(archive):
    assert archive.call("GET", "/articles?" + "&".join("q=1" for _ in range(200))).status_code == 400


# ---- bodies

def refuse_plain(api, status, code, body, headers=PLAIN, **checks):
    return api.refused(status, code, "POST", "/articles", data=body, headers=headers, **checks)


def test_not_utf8_says_where(api):
    problem = refuse_plain(api, 400, "invalid", b"Bonjour \xff\xfe monde")
    assert "8" in problem["detail"], problem


def test_latin1_is_converted_when_declared_or_clear(api):
    text = "L'été à Dieppe\n\nLes élèves ont été reçus à l'école de Dieppe, où « tout est prêt » pour la rentrée, dit-on."
    made = api.call("POST", "/articles", data=text.encode("cp1252"), headers={"Content-Type": "text/plain; charset=iso-8859-1"})
    assert made.status_code == 201 and api.json(made.json()["links"]["self"])["text"] == text
    undeclared = api.call("POST", "/articles?external_id=u", data=text.encode("cp1252"), headers={"Content-Type": "text/plain"})
    assert undeclared.status_code in (201, 400)
    if undeclared.status_code == 201:
        assert api.json(undeclared.json()["links"]["self"])["text"] == text and undeclared.json()["warnings"]


def name_of(value):
    return repr(value[:24]) if isinstance(value, (bytes, str)) else None


@pytest.mark.parametrize("body", [b"", b"\n \t\n", b"\xef\xbb\xbf"], ids=name_of)
def test_empty(api, body):
    refuse_plain(api, 400, "invalid", body)


def test_nul_bytes(api):
    assert "byte 16" in refuse_plain(api, 400, "invalid", b"Titre\n\nUn texte \x00 avec un trou.")["detail"]


def test_media_types(api):
    for media in ("application/x-www-form-urlencoded", "image/png", "application/pdf", "text/rtf"):
        problem = refuse_plain(api, 415, "unsupported", b"Titre\n\nUn texte.", {"Content-Type": media})
        assert "text/plain" in problem["detail"] and "application/json" in problem["detail"]
    refuse_plain(api, 415, "unsupported", b"Titre", {"Content-Type": "text/plain; charset=klingon"})


@pytest.mark.parametrize("document,field", [
    ({"text": 5}, "/text"), ({"text": "Un texte.", "title": ["a"]}, "/title"), ({"text": "Un texte.", "bylines": {"name": "Jo"}}, "/bylines"),
    ({"text": "Un texte.", "bylines": ["Jo", 7]}, "/bylines/1"), ({"text": "Un texte.", "published_at": "mardi"}, "/published_at"),
    ({"text": "Un texte.", "published_at": 5}, "/published_at"), ({"text": "Un texte.", "url": "pas une adresse"}, "/url"),
    ({"text": "Un texte.", "keywords": {}}, "/keywords"), ({"text": None}, None), ({}, None), ({"title": "t"}, None)])
def test_wrong_types_name_the_pointer(api, document, field):
    api.refused(400, "invalid", "POST", "/articles", json=document, field=field)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"null", b'"text"', b'{"text":"a","text":"b"}', b'{"text":"a",}', b"{'text':'a'}",
                                  b'{"text":"\\ud800 seul"}', b'{"text":"a\\u0000b"}', b'{"text":NaN}', b'{"text":"a"} x', b'{"text":"\xff"}',
                                  b'{"text":1e400}', b"[" * 100000, b'{"a":' * 100000], ids=name_of)
def test_broken_json(api, body):
    assert api.call("POST", "/articles", data=body, headers=JSON).status_code == 400


def test_malformed_metadata_parameters(api):
    for query, field in [("published_at=mardi", "published_at"), ("lang=x", "lang"), ("dry_run=yes", "dry_run"), ("titel=x", "titel"),
                         ("url=", "url")]:
        assert api.refused(400, "unknown_parameter" if field == "titel" else "invalid", "POST", "/articles?" + query, data=b"Un texte.",
                           headers=PLAIN, field=field)
    refuse = api.refused(400, "invalid", "POST", "/articles?url=pas-une-adresse", data=b"Titre\n\nUn texte.", headers=PLAIN)
    assert "url" in refuse.get("field", "")


def test_ten_megabytes_of_one_line(api):
    reply = api.post("mot " * 2_500_000, None)
    assert reply.status_code in (201, 413)
    assert api.get("/healthz").status_code == 200


def test_too_large_is_refused_unread(start):
    small = start("--open-writes", "--body-limit", "64KiB", db="small.db")
    assert small.post("Titre\n\n" + "un mot " * 1000).status_code == 201
    problem = small.refused(413, "too_large", "POST", "/articles", data=b"x" * 70_000, headers=PLAIN)
    assert "65536" in problem["detail"]
    with socket.create_connection(("127.0.0.1", small.server.port), timeout=20) as raw:
        raw.sendall(b"POST /articles HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000000\r\n\r\n")
        assert raw.recv(65536).startswith(b"HTTP/1.1 413 ")  # before a byte of the body


def test_bodies_where_none_is_taken(archive):
    assert archive.call("DELETE", "/articles/aaaaaaaaaaaaa", data=b"x").status_code == 413
