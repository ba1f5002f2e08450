"""The user's own names, from every command that analyses, on an archive that is there already, and reloaded."""
import json
import signal
import time

import requests

TEXT = ("Une journée sur les quais\n\nLe cercle des riverains proteste contre le tramway, comme Zorbek Antille.\n\n"
        "« Nous tiendrons », a déclaré Zorbek Antille. À Vrillon, le CDR attend.")
GAZETTEER = ("# les noms de la rédaction\n"
             "add\tORG\tcercle des riverains\n"
             "retype\tMISC\tZorbek Antille\n"
             "alias\tCDR\tcercle des riverains\n"
             "forbid\tVrillon\n")


def names(entities):
    return {e["name"]: e["type"] for e in entities}


def is_honoured(entities):
    found = names(entities)
    assert found["cercle des riverains"] == "ORG" and found["Zorbek Antille"] == "MISC", found
    assert "Vrillon" not in found and "CDR" not in found, found


def test_every_command_honours_it(run, serve, tmp_path):
    (tmp_path / "mine.tsv").write_text(GAZETTEER)
    (tmp_path / "text.txt").write_text(TEXT)
    own = ["--gazetteer", tmp_path / "mine.tsv"]
    is_honoured(json.loads(run("analyse", *own, tmp_path / "text.txt", check=True).stdout)["entities"])
    db = tmp_path / "a.db"
    run("ingest", "--db", db, tmp_path / "text.txt", check=True)
    base = serve(db).base
    assert "cercle des riverains" not in names(requests.get(base + "/entities").json()["items"])
    run("reanalyse", "--db", db, "--all", *own, check=True)  # the whole archive, beside the server
    is_honoured(requests.get(base + "/entities").json()["items"])
    circle = requests.get(base + "/entities/cdr").json()
    assert circle["name"] == "cercle des riverains" and circle["resolved_from"] == "cdr"
    other = tmp_path / "b.db"
    run("ingest", "--db", other, *own, tmp_path / "text.txt", check=True)
    is_honoured(requests.get(serve(other).base + "/entities").json()["items"])


def dry(base):
    return requests.post(base + "/articles?dry_run=true&lang=fr", data=TEXT.encode(), headers={"Content-Type": "text/plain"}).json()["entities"]


def eventually(check):
    until = time.monotonic() + 20
    while not check() and time.monotonic() < until:
        time.sleep(0.05)
    assert check()


def test_hangup_reloads_it(serve, tmp_path):
    file = tmp_path / "mine.tsv"
    file.write_text("add\tLOC\tcercle des riverains\n")
    server = serve(tmp_path / "a.db", "--open-writes", "--gazetteer", str(file))
    assert names(dry(server.base))["cercle des riverains"] == "LOC"
    file.write_text(GAZETTEER)
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: names(dry(server.base))["cercle des riverains"] == "ORG")
    file.write_text("add\tORG\ta\nfrob\tb\n")  # bad: told, and what was in force stays
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "not reloaded" in server.said())
    assert "line 2" in server.said() and "mine.tsv" in server.said()
    is_honoured(dry(server.base))
    assert server.process.poll() is None
