"""--model: other weights in place of those that are compiled in."""
import json
import os
import pathlib
import sqlite3

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
FR = ROOT / "server" / "lang" / "fr" / "entities.model"
EN = ROOT / "server" / "lang" / "en" / "entities.model"
TEXT = "Le groupe Baltis a ouvert une usine à Corvenac, puis il a parlé du budget de la ville.\n"
TOWN = ("Corvenac", "LOC")


def checksum(data):
    """The file's own sum, as tagger_model.c makes it: the header without its last field, then the rest."""
    total = 14695981039346656037
    for part in (data[:80], data[84:]):
        whole = len(part) // 8 * 8
        words = [int.from_bytes(part[i:i + 8], "little") for i in range(0, whole, 8)]
        for word in words:
            total = (total ^ word) * 1099511628211 % 2**64
            total ^= total >> 32
        for byte in part[whole:]:
            total = (total ^ byte) * 1099511628211 % 2**64
    return (total ^ total >> 32) % 2**32


def empty_model(lang):
    """Weights that know nothing: one empty slot."""
    body = bytearray(88 + 8 + 16 + 19 * 17 * 4 + 4)
    at = {"keys": 88, "rows": 96, "clusters": 112}
    head = b"guillemet-names\0" + b"".join(n.to_bytes(4, "little") for n in (
        2, 17, 1, 0, at["keys"], at["rows"], at["clusters"], at["clusters"], at["clusters"], len(body)))
    body[:len(head)] = head
    body[56:60] = b"\0\0\x80\x3f"  # a scale of 1.0
    body[60:60 + len(lang)] = lang.encode()
    body[80:84] = checksum(bytes(body)).to_bytes(4, "little")
    return bytes(body)


@pytest.fixture
def blank(tmp_path):
    (tmp_path / "blank.model").write_bytes(empty_model("fr"))
    return tmp_path / "blank.model"


def version_of(run, *options):
    found = json.loads(run("analyse", "--lang", "fr", *options, "-", input=TEXT.encode(), check=True).stdout)
    return found["analyser"], [(e["name"], e["type"]) for e in found["entities"]]


def test_it_is_used_and_told(run, blank):
    plain, names = version_of(run)
    assert "+" not in plain and TOWN in names
    same, same_names = version_of(run, "--model", FR)
    assert same.startswith(plain + "+fr.") and same_names == names
    other, other_names = version_of(run, "--model", f"fr={blank}")
    assert other.startswith(plain + "+fr.") and other != same and TOWN not in other_names
    both, _ = version_of(run, "--model", f"{FR},en={EN}")
    assert both.startswith(same + ".en.")


def test_every_command_takes_it(run, serve, blank, tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    db, gold = tmp_path / "a.db", tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "1", "lang": "fr", "text": TEXT, "entities": [
        {"start": TEXT.index("Corvenac"), "end": TEXT.index("Corvenac") + 8, "type": "LOC", "text": "Corvenac"}]}) + "\n")

    def recall(*options):
        done = run("evaluate", "--task", "entities", "--json", *options, gold, check=True)
        return json.loads(done.stdout)["types"]["LOC"]["recall"]

    assert recall() == 100 and recall("--model", blank) == 0
    run("ingest", "--db", db, "--lang", "fr", "--model", blank, tmp_path / "text.txt", check=True)
    def stored():
        return sqlite3.connect(db).execute("SELECT count(*) FROM entities WHERE name = 'Corvenac' AND type = 2").fetchone()[0]

    assert stored() == 0
    again = json.loads(run("reanalyse", "--db", db, "--json", check=True).stdout)
    assert again["reanalysed"] == 1 and stored() == 1, "articles read with other weights are found by their analyser"
    assert json.loads(run("reanalyse", "--db", db, "--json", check=True).stdout)["reanalysed"] == 0
    assert json.loads(run("reanalyse", "--db", db, "--json", "--model", blank, check=True).stdout)["reanalysed"] == 1
    server = serve(tmp_path / "b.db", "--open-writes", "--model", f"fr={blank}")
    reply = requests.post(server.base + "/articles", json={"text": TEXT, "lang": "fr"})
    assert reply.status_code == 201
    assert requests.get(server.base + "/entities?type=LOC").json()["total"] == 0


def test_the_environment_and_the_file_may_say_it(run, blank, tmp_path):
    plain, _ = version_of(run)
    done = run("analyse", "--lang", "fr", "-", input=TEXT.encode(), env=dict(os.environ, GUILLEMET_MODEL=str(blank)), check=True)
    assert json.loads(done.stdout)["analyser"] != plain
    (tmp_path / "g.conf").write_text(f"model = fr={blank}\n")
    assert version_of(run, "--config", tmp_path / "g.conf")[0] != plain


def test_a_bad_one_is_refused_at_start(run, blank, tmp_path):
    # Each command once; what is wrong with the file is the same reader's business in all of them.
    commands = [["analyse", "-"], ["ingest", "--db", tmp_path / "no.db", "-"], ["serve", "--db", tmp_path / "no.db"],
                ["evaluate", "--task", "entities", "-"]]

    def refused(data, *words, option="{}"):
        (tmp_path / "bad.model").write_bytes(data)
        value = option.format(tmp_path / "bad.model")
        for command in commands:
            done = run(command[0], "--model", value, *command[1:], input=TEXT.encode(), timeout=20)
            said = done.stderr.decode()
            assert done.returncode in (2, 3) and all(word in said for word in words), (command, done.returncode, said)
        del commands[1:]

    good = bytearray(blank.read_bytes())
    for at in (20, 70, 100, len(good) - 1):
        damaged = bytearray(good)
        damaged[at] ^= 4
        refused(damaged, "bad.model", "damaged" if at > 20 else "label")
    refused(good[:-8], "bad.model", "damaged")
    refused(good[:40], "bad.model", "no name model")
    refused(b"", "bad.model", "no name model")
    refused(b'{"weights": []}', "bad.model", "no name model")
    refused(good[:16] + b"\1" + good[17:], "version 1", "reads version 2")
    refused(good, 'for "fr", not for "en"', option="en={}")
    refused(empty_model("oc"), 'for "oc"', "no language pack")
    refused(good, "two name models", option="{0},{0}")
    done = run("analyse", "--model", tmp_path / "none.model", "-", input=b"")
    assert done.returncode in (2, 3) and "none.model" in done.stderr.decode()
