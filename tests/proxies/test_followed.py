"""Sources that the real nginx serves as files: its validators, its compression, its redirects."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time

import pytest

import conftest

NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log {folder}/access.log; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; gzip on; gzip_types *; gzip_min_length 1; types {{ application/rss+xml xml; }}
server {{ listen 127.0.0.1:{port}; root {folder}/www;
location = /moved.xml {{ return 301 /feed.xml; }}
location = /no-etag.xml {{ etag off; try_files /feed.xml =404; }} }} }}
"""


@pytest.fixture
def nginx(tmp_path):
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(program, os.X_OK):
        pytest.skip("nginx isn't installed: make deps-proxies")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "www").mkdir()
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, port=port))
    running = subprocess.Popen([program, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path), "-e", str(tmp_path / "error.log")])
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", tmp_path
    running.terminate()
    running.wait(20)


def test_conditional_requests_and_compression(nginx, run):
    base, folder = nginx
    db, feed = folder / "news.db", folder / "www" / "feed.xml"
    feed.write_text(conftest.rss([("one", "Un texte.")]))
    os.utime(feed, (1770000000, 1770000000))
    urls = [f"{base}/{name}" for name in ("feed.xml", "no-etag.xml", "moved.xml")]
    for url in urls:
        run("sources", "add", url, "--kind", "feed", "--db", db, check=True)

    def watch():
        with sqlite3.connect(db) as link:
            link.execute("UPDATE followed_sources SET next_ms = 0")
        done = run("watch", "--once", "--json", "--db", db, "--fetch-allow", "127.0.0.1", "--fetch-delay", "0s", check=True)
        return {v["url"]: v for v in map(json.loads, done.stdout.splitlines())}

    first = watch()
    assert [first[url]["http_status"] for url in urls] == [200] * 3 and sum(v["created"] for v in first.values()) == 1
    again = watch()
    assert [again[url]["outcome"] for url in urls] == ["not_modified"] * 3  # by ETag, by date alone, behind a redirect
    feed.write_text(conftest.rss([("two", "Un autre."), ("one", "Un texte, corrigé.")]))
    third = watch()  # what moved for good would be asked where another source asks already, so it stays
    assert sum(v["created"] for v in third.values()) == 1 and sum(v["revised"] for v in third.values()) == 1
    with sqlite3.connect(db) as link:
        assert link.execute("SELECT sum(created), sum(revised), sum(duplicates) FROM followed_sources").fetchone() == (2, 1, 4)
        assert link.execute("SELECT count(*) FROM followed_sources WHERE url = ?", [urls[2]]).fetchone() == (1,)
    assert (folder / "access.log").read_text().count(" 304 ") == 3
