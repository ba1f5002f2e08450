"""kill -9 of a watcher amid visits: every item becomes one article, with its last text, and is counted once."""
import os
import random
import sqlite3
import subprocess
import time

import conftest

KILLS = 60 if os.environ.get("FAULT_LONG") == "1" else 8
FEEDS, SHOWN, EDITED_AFTER = 5, 10, 3


class Growing:
    """A feed that has one item more at every second request, and corrects each when three more have come."""

    def __init__(self, number):
        self.number, self.asked, self.frozen = number, 0, False

    def newest(self):
        return self.asked // 2

    def text(self, k):
        return f"Texte {k} du fil {self.number}" + (", corrigé." if self.newest() >= k + EDITED_AFTER else ".")

    def name(self, k):
        return f"f{self.number}-{k}"

    def answer(self, request):
        self.asked += not self.frozen
        newest = self.newest()
        tag = f'"{newest}"'
        if request.headers.get("If-None-Match") == tag:
            return 304, {"ETag": tag}, b""
        items = [(self.name(k), self.text(k)) for k in range(newest, max(newest - SHOWN, -1), -1)]
        return 200, {"ETag": tag, "Content-Type": "application/rss+xml"}, conftest.rss(items).encode()


def check(db, feeds):
    with sqlite3.connect(db) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = link.execute("SELECT a.url, t.text, a.revision FROM articles a JOIN article_texts t ON t.article = a.id").fetchall()
        texts = {url.rpartition("/")[2]: (text, revision) for url, text, revision in rows}
        assert len(texts) == len(rows) == sum(feed.newest() + 1 for feed in feeds)
        for feed in feeds:
            for k in range(feed.newest() + 1):
                text, revision = texts[feed.name(k)]
                assert feed.text(k) in text and revision in (1, 2), (text, revision)
        counted = link.execute("SELECT sum(created), sum(revised), sum(duplicates) FROM followed_sources").fetchone()
        assert counted == (len(rows), sum(revision - 1 for _, _, revision in rows), 0)
        assert link.execute("SELECT count(*) FROM followed_items WHERE owner = 1").fetchone() == (len(rows),)


def test_killed_while_watching(guillemet, run, site, tmp_path):
    db, chance = tmp_path / "news.db", random.Random(5)
    feeds = [Growing(n) for n in range(FEEDS)]
    for feed in feeds:
        site.pages[f"/{feed.number}"] = feed.answer
        run("sources", "add", f"{site.base}/{feed.number}", "--kind", "feed", "--db", db, check=True)
    options = ["--db", str(db), "--fetch-allow", "127.0.0.1", "--fetch-delay", "0s", "--watch-min-interval", "1s", "--watch-max-interval", "1s"]
    for _ in range(KILLS):
        asked = len(site.asked)
        with open(tmp_path / "watch.log", "ab") as log:
            watcher = subprocess.Popen([guillemet, "watch", *options], stdout=log, stderr=log)
        until = time.monotonic() + 60
        while len(site.asked) < asked + 3 and time.monotonic() < until:  # it is at work
            time.sleep(0.01)
        time.sleep(chance.random() * 0.4)
        watcher.kill()
        watcher.wait()
    for feed in feeds:
        feed.frozen = True
    assert "Sanitizer" not in (tmp_path / "watch.log").read_text()
    with sqlite3.connect(db) as link:  # as `sources fetch` does
        link.execute("UPDATE followed_sources SET next_ms = 0")
    run("watch", "--once", *options, check=True)
    check(db, feeds)
    assert all(feed.newest() > 0 for feed in feeds)
