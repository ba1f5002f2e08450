"""Sources that are followed: chosen on the command line, asked by `watch` and by `serve --watch`, over a real network."""
import json
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.request

import pytest

ALLOW = ("--fetch-allow", "127.0.0.1", "--fetch-delay", "0s")


class Archive:
    def __init__(self, run, db):
        self.run, self.db = run, db

    def sources(self, *arguments, code=0):
        done = self.run("sources", *arguments, "--db", self.db)
        assert done.returncode == code, done.stderr.decode() + done.stdout.decode()
        return done

    def add(self, url, *options):
        return json.loads(self.sources("add", url, "--kind", "feed", "--json", *options).stdout)

    def show(self, url):
        return json.loads(self.sources("show", url, "--json").stdout)

    def watch(self, *urls, code=0):
        """Asks these, whether they are due or not, and all that are due; what happened, by address."""
        if urls:  # as `sources fetch` does, without a process for each
            with sqlite3.connect(self.db) as link:
                assert link.execute(f"UPDATE followed_sources SET next_ms = 0 WHERE url IN ({','.join('?' * len(urls))})", urls).rowcount == len(urls)
        done = self.run("watch", "--once", "--json", "--db", self.db, *ALLOW)
        assert done.returncode == code, done.stderr.decode() + done.stdout.decode()
        return {visit["url"]: visit for visit in map(json.loads, done.stdout.splitlines())}

    def articles(self):
        done = self.run("export", "--db", self.db, check=True)
        return {a["url"]: a | {"revision": a["archive"]["revision"]} for a in map(json.loads, done.stdout.splitlines()) if a.get("url")}


@pytest.fixture
def archive(run, tmp_path):
    return Archive(run, tmp_path / "news.db")


# ---- choosing


def test_a_site_is_followed_by_its_feed(archive, site):
    site.feed("/rss.xml", [("one", "Un texte.")])
    site.pages["/"] = (200, {"Content-Type": "text/html"}, b'<html><head><title>x</title><link rel="alternate" type="application/rss+xml" '
                       b'href="/rss.xml"></head><body><p>Bonjour</p></body></html>')
    refused = archive.sources("add", site.base, code=1)
    assert b"--fetch-allow" in refused.stderr and b"--kind feed" in refused.stderr  # loopback, unless it is allowed
    source = json.loads(archive.sources("add", site.base, "--json", "--name", "La Gazette", "--min-interval", "30m", *ALLOW).stdout)
    assert source["url"] == site.base + "/rss.xml" and source["kind"] == "feed" and source["name"] == "La Gazette"
    assert source["min_interval_s"] == 1800
    assert archive.watch()[source["url"]]["created"] == 1
    assert archive.articles()["https://press.example/one"]["source"] == "La Gazette"  # whatever the feed calls itself


def test_paused_taken_up_removed_by_id_or_address(archive, site):
    site.feed("/a", [("one", "Un texte.")])
    source = archive.add(site.base + "/a")
    archive.sources("pause", source["id"])
    assert archive.watch() == {} and site.count("/a") == 0
    listed = archive.sources("list")
    assert b"paused" in listed.stdout and b"guillemet watch" in listed.stderr  # nobody asks them now
    archive.sources("fetch", source["id"], code=1)
    archive.sources("resume", source["url"])
    assert archive.watch()[source["url"]]["outcome"] == "news"
    archive.sources("remove", source["url"])
    assert archive.sources("list").stdout == b"" and len(archive.articles()) == 1
    archive.sources("remove", source["url"], code=1)


def test_lists_are_exchanged(archive, run, tmp_path):
    archive.add("https://a.example/rss", "--name", "A & B")
    archive.add("https://b.example/rss")
    opml = archive.sources("export").stdout
    other = tmp_path / "other.db"
    done = run("sources", "import", "-", "--db", other, "--json", input=opml, check=True)
    assert json.loads(done.stdout) == {"added": 2, "existing": 0, "refused": 0}
    names = {s["url"]: s["name"] for s in map(json.loads, run("sources", "list", "--json", "--db", other, check=True).stdout.splitlines())}
    assert names == {"https://a.example/rss": "A & B", "https://b.example/rss": None}


@pytest.mark.parametrize("arguments", [
    ("add", "ftp://a.example/"), ("add", "https://a.example/", "--kind", "site"), ("add", "https://a.example/", "--kind", "feed", "--min-interval", "5s"),
    ("add", "https://a.example/", "--kind", "feed", "--max-interval", "2h", "--min-interval", "3h"), ("show", "https://nobody.example/"),
    ("add",), ("lits",), ("import", "/dev/null"),
])
def test_what_can_not_be_is_refused(run, tmp_path, arguments):
    run("sources", "add", "https://b.example/", "--kind", "feed", "--db", tmp_path / "a.db", check=True)
    done = run("sources", *arguments, "--db", tmp_path / "a.db")
    assert done.returncode in (1, 2) and done.stderr.startswith(b"guillemet: ") and done.stdout == b""


# ---- visits


def test_new_unchanged_revised_and_not_modified(archive, site):
    url = archive.add(site.base + "/feed")["url"]
    site.feed("/feed", [("two", "Deux."), ("one", "Un.")])
    assert archive.watch()[url]["created"] == 2
    visit = archive.watch(url)[url]
    assert visit["outcome"] == "not_modified" and visit["http_status"] == 304
    site.feed("/feed", [("three", "Trois."), ("two", "Deux, corrigé."), ("one", "Un.")])
    visit = archive.watch(url)[url]
    assert (visit["created"], visit["revised"], visit["unchanged"]) == (1, 1, 1)
    articles = archive.articles()
    with sqlite3.connect(archive.db) as link:  # the log says which source brought an article
        rows = link.execute("SELECT who, request FROM audit WHERE action LIKE 'article_%'").fetchall()
    assert set(rows) == {("guillemet watch", archive.show(url)["id"])} and len(rows) == 4
    assert len(articles) == 3 and articles["https://press.example/two"]["revision"] == 2 and "corrigé" in articles["https://press.example/two"]["text"]
    source = archive.show(url)
    assert source["counts"] | {"requests": 0} == {"requests": 0, "not_modified": 1, "created": 3, "revised": 1, "unchanged": 1, "duplicates": 0, "refused": 0}
    assert source["health"]["items_per_day"] == round(3 / 7, 6) and source["health"]["status"] == "ok"


def test_two_that_word_one_article_differently_do_not_revise_each_other(archive, site):
    site.feed("/a", [("same", "Dit ainsi.")])
    site.feed("/b", [("same", "Dit autrement.")])
    first = archive.add(site.base + "/a")["url"]
    archive.watch()
    second = archive.add(site.base + "/b")["url"]
    archive.watch()
    for _ in range(2):
        site.feed("/b", [("same", "Dit autrement."), ("own", f"Encore {_}.")])
        archive.watch(first, second)
    article = archive.articles()["https://press.example/same"]
    assert article["revision"] == 1 and "ainsi" in article["text"]
    assert archive.show(second)["counts"]["duplicates"] == 1 and archive.show(first)["counts"]["duplicates"] == 0


def test_moved_for_good_gone_and_turned_into_a_page(archive, site):
    site.feed("/new", [("one", "Un.")])
    site.pages["/old"] = (301, {"Location": "/new"}, b"")
    site.pages["/gone"] = (410, {}, b"")
    site.pages["/page"] = (200, {"Content-Type": "application/rss+xml"}, b"<!DOCTYPE html><html><body><p>Bonjour</p></body></html>")
    old, gone, page = (archive.add(site.base + path)["url"] for path in ("/old", "/gone", "/page"))
    visits = archive.watch(code=1)
    assert visits[gone]["outcome"] == "gone" and "410" in visits[gone]["error"]
    assert visits[page]["outcome"] == "failed" and "web page" in visits[page]["error"]
    assert visits[old]["outcome"] == "news" and archive.show(old)["health"]["moving_to"] == site.base + "/new"
    archive.watch(old)  # seen twice: it is believed
    moved = archive.show(site.base + "/new")
    assert moved["health"]["moved_from"] == old and moved["counts"]["created"] == 1
    assert archive.show(gone)["state"] == "gone"
    assert archive.show(page)["state"] == "active" and archive.show(page)["health"]["failures"] == 1  # kept
    before = site.count("/old")
    archive.watch(site.base + "/new")
    assert site.count("/old") == before


def test_robots_txt_is_obeyed(archive, site):
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: guillemet\nDisallow: /private/\n")
    site.feed("/private/feed", [("one", "Un.")])
    site.feed("/feed", [("two", "Deux.")])
    private, public = archive.add(site.base + "/private/feed")["url"], archive.add(site.base + "/feed")["url"]
    visits = archive.watch(code=1)
    assert "robots.txt" in visits[private]["error"] and visits[public]["created"] == 1
    assert site.count("/private/feed") == 0 and site.count("/robots.txt") == 1


def test_full_pages(archive, site):
    long = "« Nous avons tenu parole devant tous les habitants », a déclaré Anne Lebrun, maire de Dieppe, mardi matin. " * 4
    site.pages["/feed"] = (200, {"Content-Type": "application/rss+xml"}, (
        '<rss version="2.0"><channel><title>A</title>' + "".join(
            f"<item><title>Le port {n}</title><link>{site.base}/{n}</link><description>Le port {n} rouvre.</description></item>"
            for n in ("whole", "wall", "lost", "later")) + "</channel></rss>").encode())
    page = f"<html><head><title>Le port</title></head><body><article><h1>Le port</h1><p>{long}</p><p>{long}</p></article></body></html>"
    site.pages["/whole"] = (200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())
    site.pages["/wall"] = (403, {}, b"")
    site.pages["/later"] = (503, {}, b"")
    url = archive.add(site.base + "/feed", "--full")["url"]
    assert archive.watch()[url]["created"] == 4
    articles = archive.articles()
    assert "tenu parole" in articles[site.base + "/whole"]["text"]
    assert all("rouvre" in articles[f"{site.base}/{n}"]["text"] for n in ("wall", "lost", "later"))  # what the feed itself says
    # The page that may come yet is asked for again, the others are not.
    site.pages["/later"] = site.pages["/whole"]
    visit = archive.watch(url)[url]
    assert (visit["revised"], visit["unchanged"]) == (1, 3) and site.count("/later") == 2
    assert [site.count(p) for p in ("/whole", "/wall", "/lost")] == [1, 1, 1]
    assert archive.articles()[site.base + "/later"]["revision"] == 2


def test_a_news_sitemap(archive, site):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    body = "<p>" + "Le port de Dieppe a rouvert mardi matin, après trois semaines de silence sur les quais. " * 5 + "</p>"
    entries = "".join(
        f"<url><loc>{site.base}/{n}</loc><news:news><news:publication><news:name>La Gazette</news:name><news:language>fr</news:language></news:publication>"
        f"<news:publication_date>{when}</news:publication_date><news:title>Titre {n}</news:title></news:news></url>"
        for n, when in (("fresh", now), ("ancient", "2020-01-01")))
    site.pages["/news.xml"] = (200, {"Content-Type": "application/xml"}, (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        + entries + "</urlset>").encode())
    site.pages["/fresh"] = (200, {"Content-Type": "text/html; charset=utf-8"}, f"<html><head><title>Titre</title></head><body><article><h1>Titre</h1>{body}</article></body></html>".encode())
    url = json.loads(archive.sources("add", site.base + "/news.xml", "--kind", "sitemap", "--json").stdout)["url"]
    assert archive.watch()[url]["created"] == 1 and site.count("/ancient") == 0
    visit = archive.watch(url)[url]
    assert visit["unchanged"] == 1 and site.count("/fresh") == 1


def test_retry_after_is_waited_for(archive, site):
    site.pages["/busy"] = (429, {"Retry-After": "7200"}, b"")
    url = archive.add(site.base + "/busy")["url"]
    archive.watch(code=1)
    health = archive.show(url)["health"]
    pause = time.mktime(time.strptime(health["next_attempt_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(
        time.strptime(health["last_attempt_at"][:19], "%Y-%m-%dT%H:%M:%S"))
    assert 7199 <= pause <= 7200 * 1.1 + 1 and "429" in health["error"]
    assert archive.watch() == {}


# ---- beside serving


def wait_for(look, seconds=90):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def get(base, path):
    with urllib.request.urlopen(base + path, timeout=10) as reply:
        return json.loads(reply.read())


def post(base, path, body=None):
    request = urllib.request.Request(base + path, json.dumps(body).encode() if body is not None else b"", {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.loads(reply.read())


def test_serving_goes_on_and_one_that_hangs_costs_one_slot(serve, site, tmp_path):
    let_go = threading.Event()

    def hang(request):
        let_go.wait(60)
        return 200, {"Content-Type": "application/rss+xml"}, b""

    site.pages["/hangs"] = hang
    server = serve(tmp_path / "news.db", "--open-writes", "--watch", "--watch-slots", "2", *ALLOW)
    # Each under a name of its own, so that they are different hosts.
    other = site.base.replace("127.0.0.1", "localhost")
    hanging = post(server.base, "/sources", {"url": site.base + "/hangs"})
    wait_for(lambda: site.count("/hangs"))
    for n in range(3):
        site.feed(f"/feed{n}", [(f"item{n}", f"Texte {n}.")])
        post(server.base, "/sources", {"url": f"{other}/feed{n}"})
    wait_for(lambda: get(server.base, "/articles")["total"] == 3)  # no signal, no restart
    site.feed("/feed0", [("item0", "Texte 0, corrigé.")])
    source = next(s for s in get(server.base, "/sources")["items"] if s["url"].endswith("/feed0"))
    post(server.base, source["links"]["fetch"])
    wait_for(lambda: get(server.base, source["links"]["self"])["counts"]["revised"] == 1)

    def numbers():
        with urllib.request.urlopen(server.base + "/metrics", timeout=10) as reply:
            return dict(line.rsplit(" ", 1) for line in reply.read().decode().splitlines() if not line.startswith("#"))

    wait_for(lambda: numbers()["guillemet_visits_running"] == "1")  # what a visit wrote is there before it has ended
    metrics = numbers()
    assert metrics['guillemet_sources{state="active"}'] == "4" and metrics['guillemet_visit_items_total{outcome="created"}'] == "3"
    assert metrics["guillemet_watching"] == "1"
    assert int(metrics['guillemet_visits_total{outcome="news"}']) == 4
    # It ends at once although a fetch hangs, and what hung is not held against the source.
    start = time.monotonic()
    assert server.stop(seconds=20) == 0
    let_go.set()
    assert time.monotonic() - start < 20
    said = server.said()
    assert f"source={source['id']}" in said and "outcome=news" in said and site.base not in said  # addresses may be private
    again = serve(tmp_path / "news.db", "--open-writes")
    assert get(again.base, hanging["links"]["self"])["health"]["failures"] == 0


def test_one_process_follows_and_another_takes_over(guillemet, serve, site, tmp_path):
    db = tmp_path / "news.db"
    site.feed("/feed", [("one", "Un.")])
    first = serve(db, "--open-writes", "--watch", *ALLOW)
    wait_for(lambda: "following sources" in first.said())
    with open(tmp_path / "watch.log", "wb") as log:
        second = subprocess.Popen([guillemet, "watch", "--db", str(db), *ALLOW], stdout=log, stderr=log)
    try:
        wait_for(lambda: b"standing by" in (tmp_path / "watch.log").read_bytes())
        busy = subprocess.run([guillemet, "watch", "--once", "--db", str(db), *ALLOW], capture_output=True, timeout=60)
        assert busy.returncode == 3 and b"another process" in busy.stderr
        listed = subprocess.run([guillemet, "sources", "list", "--db", str(db)], capture_output=True, timeout=60)
        assert listed.returncode == 0 and listed.stderr == b""
        source = post(first.base, "/sources", {"url": site.base + "/feed"})
        wait_for(lambda: get(first.base, source["links"]["self"])["counts"]["created"] == 1)
        assert site.count("/feed") == 1
        first.stop(signal.SIGKILL)
        wait_for(lambda: b"following sources" in (tmp_path / "watch.log").read_bytes())
        site.feed("/feed", [("two", "Deux."), ("one", "Un.")])
        subprocess.run([guillemet, "sources", "fetch", source["id"], "--db", str(db)], check=True, capture_output=True, timeout=60)
        wait_for(lambda: b"1 new, 0 revised, 1 unchanged" in (tmp_path / "watch.log").read_bytes())
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
