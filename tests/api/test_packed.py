"""Bodies that come packed: Content-Encoding of POST and PUT."""
import gzip
import struct

TEXT = ("Budget\n\n« Rien n’est joué », a déclaré jeudi Anne Lebrun, maire de Dieppe.\n\n"
        "Le conseil de Dieppe se réunira mardi pour voter le budget de la ville.").encode()
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def zstd(data):
    """A frame of one block as it is: what every decoder takes."""
    return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data)) + (len(data) << 3 | 1).to_bytes(3, "little") + data


def post(api, body, coding, path="/articles", method="POST", **headers):
    return api.call(method, path, data=body, headers={**PLAIN, "Content-Encoding": coding, **headers})


def test_packed_bodies_are_unpacked(api):
    ids = set()
    for coding, body in (("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("X-GZIP", gzip.compress(TEXT)), ("zstd", zstd(TEXT))):
        reply = post(api, body, coding)
        assert reply.status_code in (200, 201), reply.text
        ids.add(reply.json()["id"])
    assert len(ids) == 1
    reply = post(api, gzip.compress(TEXT + b" Encore."), "gzip", f"/articles/{ids.pop()}", "PUT")
    assert reply.json()["outcome"] == "revised"
    reply = post(api, gzip.compress(TEXT), "gzip", "/articles?dry_run=true")
    assert [quote["text"] for quote in reply.json()["quotes"]] == ["Rien n’est joué"]


def test_packed_bulks(api):
    lines = b"".join(b'{"external_id": "%d", "text": "Le port de Dieppe a rouvert, dit la mairie, jour %d."}\n' % (n, n) for n in range(3))
    for coding, body in (("gzip", gzip.compress(lines[:60]) + gzip.compress(lines[60:])), ("zstd", zstd(lines))):
        reply = post(api, body, coding, **{"Content-Type": "application/x-ndjson"})
        assert reply.status_code == 200 and len(reply.json()["items"]) == 3, reply.text
    assert api.json("/articles")["total"] == 3
    cut = post(api, gzip.compress(lines)[:-9], "gzip", **{"Content-Type": "application/x-ndjson"})
    assert cut.status_code in (207, 400) and "end too early" in cut.text
    assert post(api, lines, "br", **{"Content-Type": "application/x-ndjson"}).status_code == 415


def test_what_can_not_be_unpacked_is_told(api):
    reply = post(api, TEXT, "br")
    assert reply.status_code == 415 and reply.headers["Accept-Encoding"] == "gzip, zstd"
    assert reply.json()["field"] == "content-encoding" and "gzip, zstd" in reply.json()["detail"]
    assert post(api, TEXT, "gzip, zstd").status_code == 415
    whole = gzip.compress(TEXT)
    for body, words in ((whole[:-12], "end too early"), (TEXT, "damaged"), (whole + b"more", "damaged"), (b"", "")):
        reply = post(api, body, "gzip")
        assert reply.status_code == 400 and words in reply.json()["detail"], reply.text
    assert api.json("/articles")["total"] == 0


def test_bombs_are_too_large(start):
    api = start("--open-writes", "--body-limit", "1M")
    for body, coding in ((gzip.compress(bytes(30_000_000)), "gzip"), (gzip.compress(b"a " * 600_000), "gzip"), (zstd(bytes(0)) + zstd_bomb(), "zstd")):
        reply = post(api, body, coding)
        assert reply.status_code == 413, reply.text
        assert "longer than 1048576 bytes" in reply.json()["detail"]


def zstd_bomb():
    """Blocks of one repeated byte: 128 KiB in four bytes."""
    block = (131072 << 3 | 1 << 1).to_bytes(3, "little") + b" "
    return b"\x28\xb5\x2f\xfd\x00\x38" + block * 4000 + (1).to_bytes(3, "little")


def test_a_wrong_content_type_is_told(api):
    for kind, body in (("application/pdf", b"%PDF-1.7"), ("image/png", b"x"), ("application/octet-stream", TEXT)):
        reply = api.call("POST", "/articles", data=body, headers={"Content-Type": kind})
        assert reply.status_code == 415 and reply.json()["field"] == "content-type"
        for taken in ("text/plain", "text/html", "application/rss+xml", "application/json", "application/x-ndjson"):
            assert taken in reply.json()["detail"]
    reply = api.call("POST", "/articles", data=TEXT, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400 and "JSON" in reply.json()["detail"]
    reply = api.call("POST", "/articles", data=b"%PDF-1.7\0\1", headers={"Content-Type": "text/plain"})
    assert reply.status_code == 400 and "NUL" in reply.json()["detail"]
