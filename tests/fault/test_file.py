"""The archive's file is moved, removed or damaged under a running server: nothing is acknowledged that nobody will find again."""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest


def ask(server, path, body=None):
    request = urllib.request.Request(server.base + path, data=body, headers={"Content-Type": "text/plain; charset=utf-8"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def text_of(n):
    return f"Conseil {n}\n\n« La séance {n} est levée », a déclaré Aude Kermarec, maire de Vannes.\n".encode()


@pytest.mark.parametrize("how, word", [("replaced", "was replaced"), ("removed", "was removed")])
def test_a_file_that_goes_away(serve, run, tmp_path, how, word):
    """Whoever restores a backup by hand under a running server: its writes would go into a file without a name."""
    db = tmp_path / "a.db"
    server = serve(db, "--open-writes")
    assert ask(server, "/articles", text_of(1))[0] == 201
    run("backup", "--db", db, tmp_path / "copy.db", check=True)
    if how == "replaced":
        shutil.copy(tmp_path / "copy.db", tmp_path / "new.db")
        os.replace(tmp_path / "new.db", db)
    else:
        db.unlink()
    status, text = ask(server, "/articles", text_of(2))
    problem = json.loads(text)
    assert status == 503 and problem["code"] == "unavailable" and word in problem["detail"] and "restart" in problem["detail"], text
    for probe in ("/healthz", "/readyz"):
        status, text = ask(server, probe)
        assert status == 503 and word in text
    assert word in server.said()
    server.stop()
    if how == "removed":
        shutil.copy(tmp_path / "copy.db", db)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").unlink(missing_ok=True)
    again = serve(db, "--open-writes")  # and after a restart all is well
    assert ask(again, "/articles", text_of(2))[0] == 201
    assert json.loads(ask(again, "/articles")[1])["total"] == 2


def test_a_damaged_page_is_told_and_the_rest_is_served(serve, run, tmp_path):
    db = tmp_path / "a.db"
    first = serve(db, "--open-writes")
    for n in range(30):
        assert ask(first, f"/articles?external_id={n}", text_of(n))[0] == 201
    first.stop()
    root = subprocess.run(["sqlite3", str(db), "SELECT rootpage FROM sqlite_schema WHERE name = 'quotes'; PRAGMA page_size"],
                          check=True, capture_output=True, text=True).stdout.split()
    page, size = map(int, root)
    with open(db, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    server = serve(db, "--open-writes")
    status, text = ask(server, "/quotes?limit=5")
    problem = json.loads(text)
    assert status in (500, 503) and "backup" in problem["detail"], text
    assert ask(server, "/healthz")[0] == 200 and server.process.poll() is None
    check = run("check", "--db", db)
    assert check.returncode == 3 and b"restore a backup" in check.stderr


def test_two_servers_on_one_file(serve, tmp_path):
    """It is no accident that must be prevented: both read and write, and see each other's."""
    db = tmp_path / "a.db"
    servers = [serve(db, "--open-writes") for _ in range(2)]
    for n in range(12):
        assert ask(servers[n % 2], f"/articles?external_id={n}", text_of(n))[0] == 201
        assert json.loads(ask(servers[1 - n % 2], "/articles?limit=1")[1])["total"] == n + 1


@pytest.mark.parametrize("header", ["for=", "for=\"", "for=[::1;proto=https", ";;;,,,=", "proto=gopher;host=a b/c?d", "host=\"evil.example\\\"", "x" * 8000,
                                    "for=1.2.3.4;" * 500])
@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix"])
def test_a_trusted_proxy_that_sends_garbage(trusting, name, header):
    request = urllib.request.Request(trusting.base + "/articles?limit=1", headers={name: header})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            assert reply.status == 200 and "evil" not in reply.read().decode()
    except urllib.error.HTTPError as refused:
        assert refused.code == 400 and json.loads(refused.read())["code"]


@pytest.fixture(scope="module")
def trusting(guillemet, tmp_path_factory):
    spec = importlib.util.spec_from_file_location("shared", pathlib.Path(__file__).parent.parent / "conftest.py")
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    folder = tmp_path_factory.mktemp("trusting")
    server = shared.Running(guillemet, folder / "a.db", folder / "log", "--trusted-proxies", "127.0.0.1")
    yield server
    server.stop()
