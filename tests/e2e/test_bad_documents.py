"""Documents made to do harm: told with line or item, in bounded time and memory, and the rest is ingested."""
import gzip
import json
import os
import re
import resource
import shutil
import subprocess

import pytest

GOOD = "<item><title>Le port rouvre</title><guid>ok-{n}</guid><description>Le port de Dieppe a rouvert mardi matin, dit la mairie.</description></item>"
PAGE = "<!DOCTYPE html><html lang=fr><head><title>Le port rouvre</title></head><body><article><h1>Le port rouvre</h1><p>{}</p></article></body></html>"
SENTENCE = "Le port de Dieppe a rouvert mardi matin après trois semaines de travaux, a annoncé la mairie dans un communiqué. "
RSS = '<?xml version="1.0"?>{doctype}<rss version="2.0"><channel><title>Le Courrier</title>{items}</channel></rss>'


def feed(items, doctype=""):
    return RSS.format(doctype=doctype, items=items).encode()


@pytest.fixture
def take(run, guillemet, tmp_path):
    """take(name, bytes) → (summary, messages) of an ingest that must end by itself within 60 s and 400 MB of memory."""

    def call(name, data, *options, code=None):
        path = tmp_path / name
        path.write_bytes(data)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        done = run("ingest", "--db", tmp_path / "a.db", "--quiet", "--json", *options, path, timeout=60)
        assert done.returncode in (0, 1), done.stderr.decode()
        assert code is None or done.returncode == code, done.stderr.decode()
        most = 2_000_000 if "san-" in guillemet else 400_000  # KiB; a sanitizer keeps what is freed
        assert max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) < most, "memory"
        return json.loads(done.stdout.decode().splitlines()[-1]), done.stderr.decode()

    return call


LAUGHS = "<!DOCTYPE rss [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"


def test_billion_laughs(take):
    summary, said = take("a.rss", feed(GOOD.format(n=1) + "<item><title>&a11;</title><guid>x</guid></item>", LAUGHS))
    assert summary["created"] <= 2 and "ha" * 20 not in said


@pytest.mark.parametrize("doctype", [
    "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p; <!ENTITY x 'y'>]>",
    "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>"])
def test_external_entities_stay_outside(run, take, tmp_path, doctype):
    take("a.rss", feed(GOOD.format(n=1) + "<item><title>T &x;</title><guid>x</guid><description>Texte &x; long.</description></item>", doctype))
    out = run("export", "--db", tmp_path / "a.db").stdout.decode()
    assert "root:" not in out and "Le port rouvre" in out


def test_deep_nesting(take):
    deep = "<div>" * 200_000 + SENTENCE * 5 + "</div>" * 200_000
    summary, said = take("deep.html", PAGE.format(deep).encode())
    assert summary["created"] + summary["refused"] == 1
    assert summary["created"] or said.strip()


def test_a_text_node_of_ten_megabytes(take):
    summary, said = take("big.html", PAGE.format((SENTENCE * (10_500_000 // len(SENTENCE)))).encode(), "--dry-run")
    assert summary["refused"] == 1 and "bytes" in said  # an article holds at most 10 MiB


def test_binary_that_poses_as_a_page(take):
    summary, said = take("picture.html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400)
    assert summary == {**summary, "created": 0, "refused": 1} and "picture.html" in said
    summary, said = take("nul.txt", b"Un texte\0 avec un octet nul.")
    assert summary["refused"] == 1 and "NUL" in said


def test_mixed_encodings_in_one_file(run, take, tmp_path):
    lines = [json.dumps({"external_id": "1", "text": "L’été est là."}, ensure_ascii=False).encode(),
             json.dumps({"external_id": "2", "text": "L'été est là."}, ensure_ascii=False).encode("latin-1"),
             json.dumps({"external_id": "3", "text": "Encore un été."}, ensure_ascii=False).encode()]
    summary, said = take("mixed.ndjson", b"\n".join(lines) + b"\n", code=1)
    assert summary["created"] == 2 and "mixed.ndjson:2" in said
    page = PAGE.format("Été utf-8. " + SENTENCE * 3).encode() + "<p>Été latin. </p>".encode("latin-1")
    summary, _ = take("mixed.html", page, code=0)
    text = run("export", "--db", tmp_path / "a.db").stdout.decode()
    assert "Été utf-8" in text or "\\u00c9t\\u00e9 utf-8" in text


@pytest.mark.parametrize("date", ["1601-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00", "99999-01-01", "2026-02-30"])
def test_dates_out_of_this_world(run, take, tmp_path, date):
    summary, said = take("a.ndjson", json.dumps({"text": "Un texte.", "published_at": date}).encode() + b"\n" +
                         json.dumps({"text": "Un autre texte."}).encode() + b"\n")
    assert summary["created"] + summary["refused"] == 2 and summary["created"] >= 1
    assert not summary["refused"] or "a.ndjson:1" in said and "published_at" in said
    item = f"<item><title>Le port</title><guid>1</guid><pubDate>{date}</pubDate><description>Le port de Dieppe a rouvert.</description></item>"
    summary, said = take("a.rss", feed(item), code=0)
    assert summary["created"] == 1  # a feed's wrong date is left out


def test_endless_titles_and_addresses(run, take, tmp_path):
    long = "a" * 100_000
    summary, said = take("a.ndjson", b"\n".join(json.dumps(d).encode() for d in [
        {"text": "Un texte.", "title": long}, {"text": "Deux textes.", "url": "https://e.org/" + long},
        {"text": "Trois textes.", "url": "javascript:alert(1)"}, {"text": "Quatre textes."}]))
    assert summary["created"] >= 1
    for line in re.findall(r"a\.ndjson:(\d)", said):
        assert line in "123"
    assert len(said) < 3000
    page = f"<!DOCTYPE html><html><head><title>{long}</title><link rel=canonical href='javascript:alert(1)'><meta property=og:url content='https://e.org/{long}'>" \
           f"</head><body><article><p>{SENTENCE * 4}</p></article></body></html>"
    take("a.html", page.encode())
    out = [json.loads(line) for line in run("export", "--db", tmp_path / "a.db").stdout.decode().splitlines()]
    for document in out:
        assert not str(document.get("url") or "").startswith("javascript") and not str(document.get("canonical_url") or "").startswith("javascript")
        assert len(document.get("url") or "") <= 4096


def test_a_bad_item_is_named_and_the_rest_goes_in(take):
    items = GOOD.format(n=1) + "<item></item>" + GOOD.format(n=2).replace("Dieppe", "Brest")
    summary, said = take("a.rss", feed(items), code=1)
    assert summary["created"] == 2 and summary["refused"] == 1 and "item 2" in said


def test_guids_given_twice(take):
    items = GOOD.format(n=1) + GOOD.format(n=1).replace("mardi", "jeudi") + GOOD.format(n=2).replace("Dieppe", "Brest")
    summary, _ = take("a.rss", feed(items), code=0)
    assert (summary["created"], summary["revised"]) == (2, 1)  # the later one is the newer revision


def test_a_long_feed(take):
    """As many items as a slow machine reads in a second or two."""
    item = "<item><title>Brève {0}</title><guid>b-{0}</guid><description>Brève numéro {0}.</description></item>"
    summary, _ = take("long.rss", feed("".join(item.format(n) for n in range(800))), "--dry-run", code=0)
    assert summary["read"] == 800


def test_packed_bombs_and_cut_files(take):
    summary, said = take("bomb.html.gz", gzip.compress(b"<html><body>" + b"<p>" * 8_000_000))
    assert summary["created"] == 0 and "times their size" in said
    lines = b"".join(json.dumps({"external_id": str(n), "text": f"Texte {os.urandom(30).hex()}"}).encode() + b"\n" for n in range(300))
    packed = gzip.compress(lines)
    summary, said = take("cut.ndjson.gz", packed[:len(packed) // 2], code=1)
    assert 100 < summary["created"] < 200 and summary["refused"] == 1
    assert f"cut.ndjson.gz:{summary['created'] + 1}: " in said and "too early" in said


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_nothing_is_opened_because_of_a_document(guillemet, tmp_path):
    """Everything in a document that names something else: no file of it is opened and nobody is connected to."""
    names = {
        "xxe.rss": feed("<item><title>T &x;</title><guid>1</guid><description>&x;</description></item>",
                        "<!DOCTYPE rss SYSTEM 'file:///tmp/witness-dtd' [<!ENTITY x SYSTEM 'file:///tmp/witness-entity'>"
                        "<!ENTITY % p SYSTEM 'http://127.0.0.1:9/witness'> %p;]>"),
        "include.rss": feed('<item xmlns:xi="http://www.w3.org/2001/XInclude"><title>T</title><guid>2</guid>'
                            '<description><xi:include href="/tmp/witness-include"/>Texte.</description></item>'),
        "page.html": (f"<!DOCTYPE html><html><head><base href='file:///tmp/'><link rel=stylesheet href='witness.css'><script src='http://127.0.0.1:9/w.js'></script>"
                      f"<link rel=canonical href='http://127.0.0.1:9/witness'><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/witness'></head>"
                      f"<body><iframe src='file:///tmp/witness-frame'></iframe><article><img src='http://127.0.0.1:9/witness.png'><p>{SENTENCE * 4}</p></article></body></html>").encode(),
        "a.ndjson": json.dumps({"text": "Un texte.", "url": "http://127.0.0.1:9/witness", "image": "file:///tmp/witness-image"}).encode(),
        "ld.jsonld": json.dumps({"@context": "http://127.0.0.1:9/witness", "@type": "NewsArticle", "headline": "T", "articleBody": SENTENCE,
                                 "url": "http://127.0.0.1:9/witness"}).encode(),
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in names.items():
        (folder / name).write_bytes(data)
    log = tmp_path / "strace.log"
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # leak detection traces too: one tracer at a time
    done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=open,openat,openat2,connect,sendto,execve", "-o", log, guillemet, "ingest", "--db",
                           tmp_path / "a.db", "--quiet", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, env=environment)
    if b"ptrace" in done.stderr:
        pytest.skip("tracing is not permitted here")
    assert done.returncode in (0, 1), done.stderr.decode()
    calls = log.read_text(errors="replace").splitlines()
    assert any("page.html" in call for call in calls), "the trace saw nothing"
    assert not [call for call in calls if "connect(" in call or "sendto(" in call or "witness" in call]
    opened = {match[1] for call in calls if (match := re.search(r'open\w*\((?:\w+, )?"([^"]+)"', call))}
    allowed = (str(tmp_path), "/proc/", "/sys/", "/etc/ld.so", "/lib", "/usr/lib", "/etc/localtime", "/usr/share/zoneinfo", "/dev/", str(guillemet))
    assert not [path for path in opened if path.startswith("/") and not path.startswith(allowed)], opened
