"""`guillemet ingest https://…` and `guillemet discover`, against a server that misbehaves."""
import gzip
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest
import requests

from misbehaving import Site, page, redirect, zstd_of_one_byte

LONG = "La décision, attendue depuis plusieurs jours, a été saluée par l'opposition, qui réclamait son départ depuis des mois. "


def article(title, head="", body=""):
    return (f"<html lang='fr'><head><meta charset='utf-8'><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
            f"<p>« Je quitte mes fonctions », a déclaré lundi Aude Kermarec, maire de Vannes, devant le conseil réuni. {LONG}</p>"
            f"<p>{LONG}{LONG}</p>{body}</article></body></html>")


def feed(*items):
    inside = "".join(f"<item><title>{title}</title><link>{link}</link><description>{text}</description>"
                     f"<pubDate>Thu, 26 Nov 2026 09:00:00 GMT</pubDate></item>" for title, link, text in items)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>La Presse</title>{inside}</channel></rss>"


@pytest.fixture
def site():
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def fetch(run, tmp_path):
    """fetch("ingest", …): with an archive of its own, allowed to ask this machine, without pauses."""

    def call(command, *arguments, **options):
        db = ["--db", tmp_path / "a.db"] if command == "ingest" else []
        return run(command, *db, "--fetch-allow", "127.0.0.1", "--fetch-delay", "0s", *arguments, **options)

    return call


def told(done):
    """{address: what was said of it}"""
    return {line.split(": ")[1]: line.split(": ", 2)[2] for line in done.stderr.decode().splitlines() if line.count(": ") > 1}


def stored(run, tmp_path):
    lines = run("export", "--db", tmp_path / "a.db", check=True).stdout.splitlines()
    return [r for r in map(json.loads, lines) if r.get("text")]


# ---- what servers do

def endless(_, send):
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    while True:
        send(b"encore " * 8192)


def drops(ending):
    def answer(_, send):
        send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not ending.wait(0.02):
            send(b"x")
    return answer


def packed(coding, body):
    return page("text/html", body, Content_Encoding=coding)


@pytest.fixture
def wicked(site):
    ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    cases = {
        "/endless": (endless, "more than 65536 bytes"),
        "/announced": (f"{ok}Content-Length: 999999999\r\n\r\n".encode(), "would send 999999999 bytes"),
        "/gzip-bomb": (packed("gzip", gzip.compress(bytes(30_000_000))), "longer than 65536 bytes"),
        "/zstd-bomb": (packed("zstd", zstd_of_one_byte(30_000_000)), "longer than 65536 bytes"),
        "/gzip-twice": (packed("gzip, gzip", gzip.compress(gzip.compress(b"x"))), "gzip, gzip, which wasn't asked for"),
        "/gzip-damaged": (packed("gzip", gzip.compress(b"x" * 999)[:-12]), "cut"),
        "/short": (f"{ok}Content-Length: 5000\r\n\r\n<p>peu".encode(), "127.0.0.1"),
        "/two-lengths": (f"{ok}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd".encode(), "two lengths"),
        "/http09": (b"<html><p>sans en-t\xc3\xaate</html>", "HTTP/0.9"),
        "/nothing": (b"", "Empty reply"),
        "/long-headers": (ok.encode() + (b"X: " + b"y" * 900 + b"\r\n") * 200, "headers"),
        "/round": (redirect("/there"), "more than 5 redirects"),
        "/there": (redirect("/round"), "more than 5 redirects"),
        "/to-private": (redirect("http://10.0.0.1/"), "--fetch-allow 10.0.0.0/8"),
        "/to-metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "--fetch-allow 169.254.0.0/16"),
        "/to-neighbour": (redirect(f"http://127.0.0.2:{site.port}/page"), "--fetch-allow 127.0.0.0/8"),
        "/to-number": (redirect("http://2130706434/"), "127.0.0.2"),
        "/to-mapped": (redirect("http://[::ffff:127.0.0.2]/"), "--fetch-allow 127.0.0.0/8"),
        "/to-file": (redirect("file:///etc/passwd"), "only http and https"),
        "/to-ftp": (redirect("ftp://127.0.0.1/x"), "only http and https"),
        "/to-secret": (redirect("http://moi:mot@127.0.0.1/"), "none is ever sent"),
        "/429": (page("text/plain", "", "429 Too Many Requests", Retry_After="120"), "asks to come back in 120 s"),
        "/503": (page("text/plain", "", "503 Busy"), "busy"),
        "/410": (page("text/plain", "", "410 Gone"), "gone for good"),
        "/image": (page("image/png", b"\x89PNG\r\n\x1a\n\x00\x00"), "no reader"),
    }
    for path, (answer, _) in cases.items():
        site[path] = answer
    return {site.url(path): words for path, (_, words) in cases.items()}


def test_each_fault_is_told_and_spoils_nothing_else(fetch, site, wicked):
    site["/page"] = page("text/html", article("Vannes perd sa maire"))
    done = fetch("ingest", "--fetch-limit", "64KiB", *wicked, site.url("/page"))
    assert done.returncode == 1
    said = told(done)
    wrong = {url: said.get(url) for url, words in wicked.items() if words not in said.get(url, "")}
    assert not wrong
    assert done.stdout.decode().startswith(f"1 created, 0 revised, 0 unchanged, {len(wicked)} refused")


def test_a_server_s_words_are_not_for_the_terminal(fetch, site):
    site["/x"] = page("text/html", "x", Content_Encoding="\x1b]0;moi\x07\x1b[2J")
    done = fetch("ingest", site.url("/x"))
    assert b"wasn't asked for" in done.stderr and not set(done.stderr) & {0x1B, 0x07}


def test_whoever_takes_too_long_is_given_up(fetch, site):
    ending = threading.Event()
    site["/drops"] = drops(ending)
    site["/hangs"] = lambda _, send: ending.wait()
    done = fetch("ingest", "--fetch-timeout", "400ms", site.url("/drops"), site.url("/hangs"))
    ending.set()
    assert done.returncode == 1
    assert "took too long" in told(done)[site.url("/drops")]
    assert "took too long" in told(done)[site.url("/hangs")]


def test_ctrl_c_ends_a_fetch(guillemet, site, tmp_path):
    ending = threading.Event()
    site["/hangs"] = lambda _, send: ending.wait()
    process = subprocess.Popen([guillemet, "ingest", "--db", tmp_path / "a.db", "--fetch-allow", "127.0.0.1", site.url("/hangs")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    site.wait_for("/hangs")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    ending.set()
    assert process.returncode == 130
    assert out.startswith(b"0 created") and b"stopped" in err and b"refused" not in err


def test_what_is_no_address_is_told(fetch):
    cases = {"http://moi@presse.example/": "user name", "http://[fe80::1%25lo]/": "interface", "http://presse.example\\@10.0.0.1/": "",
             "http://": "", "http://10.0.0.1:99999/": "", "http://0x7f.0.0.2/": "127.0.0.2", "http://[::1]/": "--fetch-allow ::1/128"}
    done = fetch("ingest", *cases)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1 and len(lines) == len(cases)
    for line, words in zip(lines, cases.values()):
        assert words in line
    assert fetch("ingest", "--fetch-allow", "10.0.0", "http://10.0.0.1/").returncode == 2
    assert fetch("ingest", "--fetch-contact", "moi)\r\nX: y", "http://10.0.0.1/").returncode == 2
    assert fetch("ingest", "--full", "page.html").returncode == 2


# ---- what comes of it

def test_pages_are_read_in_the_charset_that_they_are_in(fetch, run, site, tmp_path):
    text = article("Élections à Évreux")
    site["/utf8-called-latin"] = page("text/html; charset=iso-8859-1", text)
    site["/latin-called-utf8"] = page("text/html; charset=utf-8", text.replace("utf-8", "x").replace("Évreux", "Évian").encode("cp1252"))
    site["/said-inside"] = page("text/html", text.replace("utf-8", "iso-8859-1").replace("Évreux", "Étel").encode("latin-1"))
    site["/gzip"] = page("text/html", gzip.compress(text.replace("Évreux", "Épinal").encode()), Content_Encoding="gzip")
    done = fetch("ingest", *map(site.url, ["/utf8-called-latin", "/latin-called-utf8", "/said-inside", "/gzip"]))
    assert done.returncode == 0, done.stderr
    assert sorted(a["title"] for a in stored(run, tmp_path)) == [f"Élections à {v}" for v in ("Épinal", "Étel", "Évian", "Évreux")]


def test_moved_for_good_is_told(fetch, run, site, tmp_path):
    site["/old"] = redirect("/new", "301 Moved Permanently")
    site["/new"] = page("text/html", article("Vannes perd sa maire"))
    done = fetch("ingest", site.url("/old"))
    assert done.returncode == 0
    assert f"{site.url('/old')} has moved for good to {site.url('/new')}" in done.stderr.decode()
    assert [a["url"] for a in stored(run, tmp_path)] == [site.url("/new")]


def test_a_feed_that_flaps(fetch, site):
    answers = iter([page("text/plain", "", "500 Oops"), page("text/plain", feed(("Un", site.url("/1"), LONG))),
                    page("text/html", "<html><body>Bonjour</body></html>"), page("text/html", feed(("Un", site.url("/1"), LONG)))])
    site["/rss"] = lambda _, send: send(next(answers))
    codes, sums = [], []
    for _ in range(4):
        done = fetch("ingest", site.url("/rss"))
        codes.append(done.returncode)
        sums.append(done.stdout.decode().split(" in ")[0])
    assert codes[0] == 1 and codes[1] == 0 and codes[3] == 0
    assert sums[1].startswith("1 created") and sums[3].startswith("0 created, 0 revised, 1 unchanged")


def test_a_page_without_an_article_says_where_the_feed_is(fetch, site):
    site["/"] = page("text/html", "<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head><body></body></html>")
    assert f"a feed of its site may be at {site.url('/rss')}" in told(fetch("ingest", site.url("/")))[site.url("/")]


def test_full_reads_the_pages_of_a_feed(fetch, run, site, tmp_path):
    link = site.url("/a?utm_source=rss")
    site["/robots.txt"] = page("text/plain", "User-agent: *\nDisallow: /secret\n")
    site["/rss"] = page("application/rss+xml", feed(("Un", link, "Résumé."), ("Un", site.url("/a"), "Résumé."),
                                                    ("Deux", site.url("/secret/b"), "Résumé du deuxième."),
                                                    ("Trois", site.url("/c"), "Résumé du troisième."), ("Quatre", site.url("/d"), LONG * 20)))
    site["/a?utm_source=rss"] = page("text/html", article("Un", body="<p>La suite.</p>"))
    site["/d"] = page("text/html", article("Quatre"))  # a wall: the feed says more
    first = fetch("ingest", site.url("/rss"))
    assert first.stdout.decode().startswith("4 created")
    done = fetch("ingest", "--full", site.url("/rss"))
    assert done.returncode == 1  # two pages couldn't be had, and that is told
    said = done.stderr.decode()
    assert f"{site.url('/secret/b')}: the site's robots.txt forbids robots to read this address" in said and f"{site.url('/c')}: the server answers 404" in said
    assert site.asked.count("/a?utm_source=rss") == 1 and "/a" not in site.asked and "/secret/b" not in site.asked
    assert site.asked.count("/robots.txt") == 1
    articles = {a["title"]: a for a in stored(run, tmp_path)}
    assert len(articles) == 4
    assert "La suite." in articles["Un"]["text"] and articles["Un"]["published_at"] == "2026-11-26T09:00:00Z"
    assert articles["Un"]["source"] == "La Presse"
    assert articles["Deux"]["text"].endswith("Résumé du deuxième.") and len(articles["Quatre"]["text"]) > 2000


def test_full_reads_the_pages_of_a_sitemap(fetch, run, site, tmp_path):
    site["/news.xml"] = page("application/xml", "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
                             f"<url><loc>{site.url('/a')}</loc><news:news><news:publication><news:name>La Presse</news:name></news:publication>"
                             "<news:publication_date>2026-11-25</news:publication_date><news:title>Un</news:title></news:news></url>"
                             f"<url><loc>{site.url('/a')}#x</loc></url><url><loc>{site.url('/b')}</loc></url></urlset>")
    site["/index.xml"] = page("application/xml", f"<sitemapindex><sitemap><loc>{site.url('/news.xml')}</loc></sitemap></sitemapindex>")
    site["/a"] = page("text/html", article("Un"))
    said = told(fetch("ingest", site.url("/news.xml"), site.url("/index.xml")))
    assert "--full reads them" in said[site.url("/news.xml")] and site.url("/news.xml") in said[site.url("/index.xml")]
    done = fetch("ingest", "--full", site.url("/news.xml"))
    assert done.stdout.decode().startswith("1 created, 0 revised, 0 unchanged, 1 refused")
    assert site.asked.count("/a") == 1
    [one] = stored(run, tmp_path)
    assert (one["published_at"], one["source"]) == ("2026-11-25", "La Presse")


def test_a_host_that_can_t_say_what_it_allows_is_left_alone(fetch, site):
    site["/rss"] = page("application/rss+xml", feed(("Un", site.url("/a"), "Résumé.")))
    site["/robots.txt"] = page("text/plain", "", "500 Oops")
    done = fetch("ingest", "--full", site.url("/rss"))
    assert "its robots.txt can't be read" in done.stderr.decode() and "/a" not in site.asked
    assert done.stdout.decode().startswith("1 created")


def test_a_page_takes_no_other_site_s_place(fetch, run, site, tmp_path):
    site["/a"] = page("text/html", article("Un", head="<link rel='canonical' href='https://presse.example/vrai'>"))
    site["/b"] = page("text/html", article("Deux", head=f"<link rel='canonical' href='{site.url('/deux')}'>"))
    site["/rss"] = page("application/rss+xml", feed(("Un", site.url("/a"), "Résumé."), ("Deux", site.url("/b"), "Résumé.")))
    fetch("ingest", "--full", site.url("/rss"), check=True)
    fetch("ingest", site.url("/a"), site.url("/b"), check=True)
    assert sorted(a["canonical_url"] for a in stored(run, tmp_path)) == [site.url("/a"), site.url("/deux")]


def test_an_export_that_is_fetched_deletes_nothing(fetch, run, site, tmp_path):
    site["/a"] = page("text/html", article("Un"))
    fetch("ingest", site.url("/a"), check=True)
    [one] = stored(run, tmp_path)
    export = run("export", "--db", tmp_path / "a.db", check=True).stdout.decode()
    tombstone = json.dumps({"archive": {**one["archive"], "deleted_at": "2026-11-26T10:00:00Z"}})
    (tmp_path / "export.ndjson").write_text(tombstone + "\n")
    site["/export"] = page("application/x-ndjson", export + tombstone + "\n")
    fetch("ingest", site.url("/export"))
    assert [a["url"] for a in stored(run, tmp_path)] == [one["url"]]
    fetch("ingest", tmp_path / "export.ndjson")  # the same from a file, which is somebody's own
    assert stored(run, tmp_path) == []


# ---- discover

def test_discover_lists_what_it_has_read(fetch, site):
    site["/"] = page("text/html", "<link rel='alternate' type='application/rss+xml' href='/rss'>"
                     "<link rel='alternate' type='application/atom+xml' href='/gone'><a href='/not-a-feed/rss'>RSS</a>")
    site["/not-a-feed/rss"] = page("text/html", "<p>Nos flux</p>")
    site["/rss"] = page("text/plain", feed(("Un", site.url("/1"), LONG), ("Deux", site.url("/2"), LONG)))
    site["/robots.txt"] = page("text/plain", f"Sitemap: {site.url('/plan.xml')}\n")
    site["/plan.xml"] = page("application/xml", f"<sitemapindex><sitemap><loc>{site.url('/news.xml.gz')}</loc></sitemap>"
                             f"<sitemap><loc>{site.url('/2019.xml')}</loc></sitemap></sitemapindex>")
    site["/news.xml.gz"] = page("application/gzip", gzip.compress(
        b"<urlset><url><loc>https://presse.example/1</loc><news:title>Un</news:title></url></urlset>"))
    done = fetch("discover", "--json", site.url("/"))
    assert done.returncode == 0
    assert [(r["kind"], r["url"], r["items"], r["title"], r["named_by"], bool(r["error"])) for r in map(json.loads, done.stdout.splitlines())] == [
        ("feed", site.url("/rss"), 2, "La Presse", "page", False),
        ("news_sitemap", site.url("/news.xml.gz"), 1, None, "sitemap index", False),
        ("feed", site.url("/gone"), 0, None, "page", True)]
    assert "/2019.xml" not in site.asked and "/feed" not in site.asked
    assert b"2 items" in fetch("discover", site.url("/")).stdout


def test_discover_shows_what_an_index_is_made_of(fetch, site):
    site["/plan.xml"] = page("application/xml", f"<sitemapindex><sitemap><loc>{site.url('/2026.xml')}</loc></sitemap>"
                             f"<sitemap><loc>{site.url('/2025.xml')}</loc></sitemap></sitemapindex>")
    site["/2026.xml"] = page("application/xml", f"<urlset><url><loc>{site.url('/1')}</loc></url></urlset>")
    done = fetch("discover", "--json", site.url("/plan.xml"))
    assert [(r["kind"], r["url"], r["items"]) for r in map(json.loads, done.stdout.splitlines())] == [("sitemap", site.url("/2026.xml"), 1)]
    assert "/2025.xml" not in site.asked


def test_discover_guesses_last(fetch, site):
    site["/"] = page("text/html", "<p>Bonjour")
    site["/atom.xml"] = page("application/xml", feed(("Un", site.url("/1"), LONG)))
    done = fetch("discover", "--json", site.url("/"))
    assert [(r["url"], r["named_by"]) for r in map(json.loads, done.stdout.splitlines())] == [(site.url("/atom.xml"), "guess")]
    site["/atom.xml"] = page("text/plain", "", "404 Not Found")
    done = fetch("discover", site.url("/"))
    assert done.returncode == 1 and b"no feed and no sitemap found" in done.stderr


# ---- TLS

@pytest.fixture
def secure(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    site = Site((certificate, key))
    site.certificate = certificate
    yield site
    site.stop()


def test_certificates_are_checked(fetch, secure, site, tmp_path):
    secure["/a"] = page("text/html", article("Un"))
    secure["/down"] = redirect(site.url("/a"))
    site["/a"] = page("text/html", article("Deux"))
    done = fetch("ingest", secure.url("/a"))
    assert done.returncode == 1
    assert "certificate of 127.0.0.1 can't be trusted: self-signed certificate" in done.stderr.decode() and secure.asked == []
    trusting = ["--fetch-ca-file", secure.certificate]
    done = fetch("ingest", *trusting, secure.url("/a"), secure.url("/down"))
    assert done.stdout.decode().startswith("1 created, 0 revised, 0 unchanged, 1 refused")
    assert "which isn't secure" in told(done)[secure.url("/down")] and site.asked == []
    other = Site((secure.certificate, tmp_path / "key.pem"))
    other.scheme = "https"
    done = fetch("ingest", *trusting, f"https://localhost:{other.port}/a", "--fetch-allow", "127.0.0.1 ::1")
    other.stop()
    assert "can't be trusted" in done.stderr.decode()  # it names another host
    assert fetch("ingest", "--fetch-ca-file", tmp_path / "missing", secure.url("/a")).returncode == 2


# ---- what is connected to

@pytest.fixture
def trap(site):
    """A feed and pages full of addresses that nobody asked for, private ones and of this machine, and proxies in the environment."""
    inside = "".join(f"<{tag}>" for tag in (
        "img src='http://127.0.0.2/i.png'", "script src='http://10.0.0.1/s.js'", "link rel='stylesheet' href='http://169.254.169.254/'",
        "link rel='preload' href='http://192.168.1.1/'", "link rel='alternate' type='application/rss+xml' href='http://127.0.0.3/rss'",
        "iframe src='http://[::1]/'", "a href='http://127.0.0.4/' ping='http://127.0.0.5/'", "base href='http://127.0.0.6/'",
        "meta http-equiv='refresh' content='0;url=http://127.0.0.7/'", "video poster='http://127.0.0.8/'"))
    site["/a"] = page("text/html", article("Un", head=inside, body=inside), Link="<http://127.0.0.9/>; rel=preload", Refresh="0; url=http://127.0.0.9/")
    site["/b"] = redirect("http://127.0.0.2/")
    site["/rss"] = page("application/xml", f"<?xml-stylesheet href='http://127.0.0.2/x.xsl'?><!DOCTYPE rss SYSTEM 'http://127.0.0.2/x.dtd' "
                        f"[<!ENTITY e SYSTEM 'http://127.0.0.2/e'>]>" + feed(("Un", site.url("/a"), "Résumé &e;"), ("Deux", site.url("/b"), "Résumé."),
                                                                          ("Trois", "http://127.0.0.2/trois", "Résumé.")).split("?>", 1)[1])
    return site


@pytest.fixture
def traced(guillemet, trap, tmp_path):
    """traced(command…): runs it under strace; it may have connected to the trap's site and nobody else."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")

    def call(*command):
        log = tmp_path / "strace.log"
        proxy = "http://127.0.0.10:1"
        environment = {**os.environ, "http_proxy": proxy, "HTTPS_PROXY": proxy, "ALL_PROXY": proxy,
                       "ASAN_OPTIONS": "detect_leaks=0"}  # leak detection traces too: one tracer at a time
        done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", log, guillemet, *command, "--db", tmp_path / "a.db",
                               "--fetch-allow", "127.0.0.1", "--fetch-delay", "0s"], env=environment, capture_output=True, timeout=120)
        if b"ptrace" in done.stderr:
            pytest.skip("tracing is not permitted here")
        lines = [line for line in log.read_text(errors="replace").splitlines() if "sin_addr" in line or "sin6_addr" in line]
        assert any("connect(" in line for line in lines), done.stderr.decode()
        assert [line for line in lines if f'sin_port=htons({trap.port}), sin_addr=inet_addr("127.0.0.1")' not in line] == []
        assert sorted(set(trap.asked)) == ["/a", "/b", "/robots.txt", "/rss"], done.stderr.decode()
        return done

    return call


def test_ingest_connects_to_nobody_else(traced, trap):
    done = traced("ingest", "--full", trap.url("/rss"), trap.url("/a"), trap.url("/b"))
    assert done.stdout.startswith(b"3 created"), done.stderr.decode()


def test_the_watch_connects_to_nobody_else(traced, trap, run, tmp_path):
    run("sources", "add", "--full", "--kind", "feed", trap.url("/rss"), "--db", tmp_path / "a.db", check=True)
    assert b"3 new" in traced("watch", "--once").stdout


def test_an_address_in_a_request_is_never_fetched(serve, site, tmp_path, monkeypatch):
    """POST /articles names where an article is from; only what is posted is read."""
    monkeypatch.setenv("GUILLEMET_FETCH_ALLOW", "127.0.0.1")
    server = serve(tmp_path / "a.db", "--open-writes")
    for document in ({"url": site.url("/a")}, {"url": site.url("/a"), "text": "Un titre\n\nDu texte, et rien que du texte."}):
        reply = requests.post(server.base + "/articles", json=document, timeout=30)
        assert reply.status_code in (201, 422, 400)
    assert site.asked == []
