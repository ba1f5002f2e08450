"""backup, restore, check, purge and reanalyse as an operator runs them, beside a server that goes on."""
import json
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

TEXT = "Budget de Vannes\n\n« Rien n’est joué », a déclaré jeudi Aude Kermarec, maire de Vannes. Numéro {n}."


def lines_of(count, start=0, year=None):
    return b"".join(json.dumps({"external_id": f"d{n}", "source": f"Journal {n % 2}", "text": TEXT.format(n=n),
                                "published_at": f"{year or 2020 + n % 4}-03-0{1 + n % 9}"}).encode() + b"\n" for n in range(start, start + count))


def fill(run, db, count=40, **more):
    run("ingest", "--quiet", "--db", db, "--type", "application/x-ndjson", "-", input=lines_of(count, **more), check=True)
    return db


def is_whole(run, db):
    done = run("check", "--db", db)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return True


def articles(db):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return {row[0] for row in connection.execute("SELECT external_id FROM articles WHERE deleted_ms IS NULL")}


def touch(db, sql):
    connection = sqlite3.connect(db)
    connection.execute(sql)
    connection.commit()
    connection.close()


# ---- check

def test_check_finds_what_is_wrong(run, tmp_path):
    db = fill(run, tmp_path / "a.db")
    assert run("check", "--db", db, check=True).stdout == f"{db} is whole\n".encode()
    touch(db, "UPDATE entities SET mentions = mentions + 1 WHERE name = 'Aude Kermarec'")
    done = run("check", "--quick", "--db", db)
    assert done.returncode == 1 and b"entity Aude Kermarec: mentions is 41, should be 40" in done.stdout
    assert json.loads(run("check", "--quick", "--json", "--db", db).stdout) == {
        "whole": False, "faults": ["entity Aude Kermarec: mentions is 41, should be 40"]}
    touch(db, "UPDATE entities SET mentions = mentions - 1 WHERE name = 'Aude Kermarec'")
    touch(db, "UPDATE article_texts SET text = 'autre chose' WHERE article = 3")
    assert b"the index article_search doesn't match the texts" in run("check", "--db", db).stdout


# ---- backup and restore

def test_a_backup_beside_a_busy_server_is_one_whole_moment(run, serve, tmp_path):
    db = fill(run, tmp_path / "a.db")
    server = serve(db, "--open-writes")
    stop, written = threading.Event(), []

    def write():
        n = 1000
        while not stop.is_set():
            line = json.loads(lines_of(1, n))
            assert requests.post(server.base + "/articles", json=line, timeout=30).status_code == 201
            written.append(line["external_id"])
            n += 1
    writer = threading.Thread(target=write)
    writer.start()
    try:
        before = set(written)
        done = run("backup", "--json", "--db", db, tmp_path / "b.db", check=True)
        after = set(written)
    finally:
        stop.set()
        writer.join()
    assert articles(tmp_path / "b.db") >= {f"d{n}" for n in range(40)} | before
    assert len(articles(tmp_path / "b.db")) <= 41 + len(after)
    assert json.loads(done.stdout)["articles"] == len(articles(tmp_path / "b.db"))
    assert is_whole(run, tmp_path / "b.db") and is_whole(run, db)
    assert not list(tmp_path.glob("b.db?*"))  # one file: no log, nothing half


def test_a_backup_overwrites_nothing_unasked_and_leaves_nothing_half(run, tmp_path):
    db = fill(run, tmp_path / "a.db")
    (tmp_path / "b.db").write_bytes(b"mine")
    done = run("backup", "--db", db, tmp_path / "b.db")
    assert done.returncode == 3 and b"--force" in done.stderr and (tmp_path / "b.db").read_bytes() == b"mine"
    run("backup", "--force", "--db", db, tmp_path / "b.db", check=True)
    touch(db, "UPDATE article_texts SET text = 'autre chose' WHERE article = 3")  # a damaged archive makes no backup
    done = run("backup", "--force", "--db", db, tmp_path / "b.db")
    assert done.returncode == 3 and b"not whole" in done.stderr
    assert is_whole(run, tmp_path / "b.db") and sorted(p.name for p in tmp_path.glob("b.db*")) == ["b.db"]


def test_restore(run, serve, tmp_path):
    db = fill(run, tmp_path / "a.db")
    run("backup", "--db", db, tmp_path / "b.db", check=True)
    fill(run, db, 5, start=100)
    done = run("restore", "--db", db, tmp_path / "b.db")
    assert done.returncode == 3 and b"was changed 1 times since that backup" in done.stderr
    server = serve(db)
    done = run("restore", "--force", "--db", db, tmp_path / "b.db")
    assert done.returncode == 3 and b"is in use" in done.stderr
    assert requests.get(server.base + "/articles?limit=1", timeout=30).json()["total"] == 45
    server.stop()
    done = json.loads(run("restore", "--force", "--json", "--db", db, tmp_path / "b.db", check=True).stdout)
    assert done["articles"] == 40 == len(articles(db)) and is_whole(run, db)
    assert len(articles(done["kept"])) == 45 and is_whole(run, done["kept"])
    # Into a new place; and what is no archive goes nowhere.
    run("restore", "--db", tmp_path / "new.db", tmp_path / "b.db", check=True)
    assert articles(tmp_path / "new.db") == articles(db)
    (tmp_path / "bad.db").write_bytes((tmp_path / "b.db").read_bytes()[:100000])
    assert run("restore", "--force", "--db", db, tmp_path / "bad.db").returncode == 3
    (tmp_path / "text.db").write_bytes(b"Il pleut sur Brest.")
    assert run("restore", "--force", "--db", db, tmp_path / "text.db").returncode == 3
    assert is_whole(run, db)


# ---- purge

def test_purge(run, serve, tmp_path):
    db = fill(run, tmp_path / "a.db")
    server = serve(db)
    old = {n for n in range(40) if 2020 + n % 4 < 2022}
    told = json.loads(run("purge", "--older-than", "2022-01-01", "--dry-run", "--json", "--db", db, check=True).stdout)
    assert (told["found"], told["deleted"], len(articles(db))) == (len(old), 0, 40)
    told = json.loads(run("purge", "--older-than", "2022-01-01", "--source", "Journal 0", "--json", "--db", db, check=True).stdout)
    assert told["deleted"] == len([n for n in old if n % 2 == 0])
    assert articles(db) == {f"d{n}" for n in range(40) if n not in old or n % 2}
    told = json.loads(run("purge", "--older-than", "2022-01-01", "--json", "--db", db, check=True).stdout)
    assert told["deleted"] == len([n for n in old if n % 2])
    assert requests.get(server.base + "/articles?limit=1", timeout=30).json()["total"] == 40 - len(old)
    assert is_whole(run, db)
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT count(*) FROM audit WHERE who = 'guillemet purge' AND action = 'article_delete'"
                                  ).fetchone()[0] == len(old)
    # The tombstone holds against a feed that still has the article, unless it is asked to give way.
    line = lines_of(1)
    assert b"was deleted" in run("ingest", "--db", db, "--type", "application/x-ndjson", "-", input=line).stderr
    run("ingest", "--revive", "--db", db, "--type", "application/x-ndjson", "-", input=line, check=True)
    assert "d0" in articles(db) and is_whole(run, db)


@pytest.mark.parametrize("age", ["", "90", "-3d", "3 days", "hier"])
def test_purge_wants_to_know_what_is_old(run, tmp_path, age):
    db = fill(run, tmp_path / "a.db", 1)
    done = run("purge", "--db", db, "--older-than", age)
    assert done.returncode == 2 and b"--older-than takes an age" in done.stderr and len(articles(db)) == 1


def test_purge_by_age(run, tmp_path):
    db = fill(run, tmp_path / "a.db", 4)
    fill(run, db, 2, start=10, year=time.gmtime().tm_year + 1)
    assert json.loads(run("purge", "--older-than", "8w", "--json", "--db", db, check=True).stdout)["deleted"] == 4
    assert articles(db) == {"d10", "d11"}


def test_purge_of_texts(run, serve, tmp_path):
    """Metadata, names and quotes stay, with offsets that hold; the text is gone from replies, search, export and file."""
    db, copy, export = tmp_path / "a.db", tmp_path / "b.db", tmp_path / "all.ndjson"
    text = ("Budget de Vannes\n\nLa salle était comble et glaciale, 🙂 ou presque. « Rien n’est joué », a déclaré jeudi Aude Kermarec, maire de "
            "Vannes, avant de quitter l’estrade.\n\nLe vote aura lieu lundi.")
    document = {"external_id": "t", "source": "Journal", "lang": "fr", "standfirst": "Un soir d’hiver.", "published_at": "2020-03-01"}
    lines = [json.dumps(document | {"text": text.replace("glaciale", "froide")}), json.dumps(document | {"text": text})]
    run("ingest", "--quiet", "--db", db, "--type", "application/x-ndjson", "-", input="\n".join(lines).encode(), check=True)
    fill(run, db, 2, start=1)
    server = serve(db)

    def get(path):
        return requests.get(server.base + path, timeout=30).json()

    before = get("/articles?q=kermarec&source=Journal&include=text,quotes,entities")["items"][0]
    aside = ["--older-than", "2021-01-01", "--source", "Journal", "--text-only", "--json"]
    told = json.loads(run("purge", "--db", db, *aside, "--dry-run", check=True).stdout)
    assert (told["found"], told["deleted"], told["text_only"]) == (1, 0, True)
    assert json.loads(run("purge", "--db", db, *aside, check=True).stdout)["deleted"] == 1
    assert json.loads(run("purge", "--db", db, *aside, check=True).stdout)["found"] == 0

    path = f"/articles/{before['id']}"
    after = get(path + "?include=text,quotes,entities")
    assert (after["text_rights"], after["text"], after["standfirst"]) == ("purged", None, None)
    same = ("title", "source", "published_at", "word_count", "entities", "counts", "revision")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    quote = before["quotes"][0] | {"before": None, "after": None}
    assert after["quotes"] == [quote] and quote["text"] == "Rien n’est joué"
    assert get(path + "/revisions")["total"] == 1 and get(path + "/revisions/2")["text_rights"] == "purged"
    for words, count in (("comble", 0), ("hiver", 0), ("joué", 1), ("kermarec", 1), ("title:budget", 1), ("froide", 0)):
        assert get(f"/articles?source=Journal&q={words}")["total"] == count, words
    assert get("/articles/changes?limit=10")["items"][-1]["id"] == before["id"]

    # What is left travels; nothing of it is analysed anew; the same text brings nothing back, another one does.
    run("export", "--db", db, "-o", export, check=True)
    assert b"comble" not in export.read_bytes() and b"estrade" not in export.read_bytes()
    run("ingest", "--quiet", "--db", copy, export, check=True)
    for archive in (db, copy):
        assert is_whole(run, archive)
        with sqlite3.connect(archive) as connection:
            kept = connection.execute("SELECT text FROM article_texts t JOIN articles a ON a.id = t.article WHERE text_purged_ms > 0").fetchall()
        assert len(kept) == 1 and len(kept[0][0]) == len(text) and "".join(kept[0][0].replace("\U000E0020", "").split()) == (
            "BudgetdeVannes,.«Rienn’estjoué»,adéclaréAudeKermarec,mairedeVannes,’..")
    assert b"2 articles" in run("reanalyse", "--all", "--db", db, check=True).stdout
    assert get(path + "?include=quotes")["quotes"] == after["quotes"]
    run("ingest", "--quiet", "--db", db, "--type", "application/x-ndjson", "-", input=lines[1].encode(), check=True)
    assert get(path)["text_rights"] == "purged"
    run("ingest", "--quiet", "--db", db, "--type", "application/x-ndjson", "-", input=lines[1].replace("lundi", "mardi").encode(), check=True)
    assert get(path)["text_rights"] == "full" and get(path + "/revisions/2")["text"] is None
    assert is_whole(run, db)


# ---- reanalyse

def test_an_archive_that_made_ids_otherwise(run, tmp_path):
    """An address with www. made another id once; analysed anew, such an article answers to all of its addresses."""
    db = tmp_path / "a.db"

    def ingest(url, text):
        line = json.dumps({"url": url, "text": text, "lang": "fr"}).encode()
        return run("ingest", "--db", db, "--type", "application/x-ndjson", "-", input=line, check=True).stdout.split(b" in ")[0]

    ingest("https://www.gazette.example/port", "Le port rouvre.")
    with sqlite3.connect(db) as connection:  # as an older program left it
        connection.execute("UPDATE articles SET public_id = public_id + 1, analyser = 'old'")
        connection.execute("UPDATE counters SET key = 'old' WHERE name = 'articles.analyser'")
        connection.commit()
    run("reanalyse", "--db", db, check=True)
    assert ingest("http://gazette.example/port/?utm_source=x", "Le port rouvre mardi.").startswith(b"0 created, 1 revised")
    assert ingest("https://amp.gazette.example/port", "Le port rouvre mardi.").startswith(b"0 created, 0 revised, 1 unchanged")
    assert ingest("https://m.gazette.example/port", "Le port rouvre jeudi.").startswith(b"0 created, 1 revised")
    assert is_whole(run, db)


def analysers(db):
    with sqlite3.connect(db) as connection:
        return dict(connection.execute("SELECT analyser, count(*) FROM articles GROUP BY 1"))


@pytest.mark.parametrize("everything", [False, True])
def test_reanalyse_is_stopped_and_goes_on_beside_a_server(guillemet, run, serve, tmp_path, everything):
    db = fill(run, tmp_path / "a.db")
    server = serve(db, "--open-writes")
    entity = requests.get(server.base + "/entities/aude-kermarec", timeout=30).json()["id"]
    assert requests.patch(f"{server.base}/entities/{entity}", json={"name": "Aude Kermarec-Le Goff"}, timeout=30).status_code == 200
    touch(db, "UPDATE articles SET analyser = 'older'")
    touch(db, "UPDATE counters SET key = 'older' WHERE name = 'articles.analyser'")
    command = [guillemet, "reanalyse", "--db", db, "--rate", "25", *(["--all"] if everything else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while analysers(db).get("older", 0) == 40 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    done = int(out.split()[0])
    left = analysers(db)["older"]
    assert 0 < done < 40 and left == 40 - done
    again = ["--all", "--after", err.decode().split("--after ")[1].split()[0]] if everything else []
    rest = json.loads(run("reanalyse", "--db", db, "--json", "--nice", *again, check=True).stdout)
    assert rest["reanalysed"] == left and len(analysers(db)) == 1
    assert requests.get(f"{server.base}/entities/{entity}", timeout=30).json()["name"] == "Aude Kermarec-Le Goff"
    assert is_whole(run, db)


def test_after_is_of_all(run, tmp_path):
    db = fill(run, tmp_path / "a.db", 1)
    assert run("reanalyse", "--db", db, "--after", "d3ojb22kkmo26").returncode == 2
    assert b"there is no article" in run("reanalyse", "--db", db, "--all", "--after", "d3ojb22kkmo26").stderr
