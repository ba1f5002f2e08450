"""A language added as a folder, without building anything."""
import json

import pytest
import requests

TABLES = {
    "langid": "ta\t100\nvo\t100\nke\t100\nni\t100\nsuni\t100",
    "grammar": "ta\tdet\nvo\tprep\nke\tthat\nni\tcoord and\nsuni\tbe fin",
    "person_titles": "don\tm\ndona\tf",
    "places": "tarvik\tcity",
    "cue_verbs": "karu\tkarun\tneutral\tind.pst.3s\tqx",
}
TEXT = ("Ta melora vo Tarvik suni grelo\n\nTa melora vo Tarvik suni grelo ni ta dovar suni pelo vo ta sarga, ni ta melora suni pelo.\n\n"
        "Don Belo Karasti karu ke ta dovar suni grelo.\n")


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "qkl"
    folder.mkdir()
    for name, lines in TABLES.items():
        (folder / f"{name}.tsv").write_text(f"# source: invented for this test\n{lines}\n")
    return folder


def test_its_articles_are_understood(run, serve, pack, tmp_path):
    found = json.loads(run("analyse", "--lang-pack", f"{pack}/", "-", input=TEXT.encode(), check=True).stdout)
    assert found["lang"] == "qkl" and ("Belo Karasti", "PER") in [(e["name"], e["type"]) for e in found["entities"]]
    [quote] = found["quotes"]
    assert quote["text"] == "ta dovar suni grelo" and quote["speaker"]["name"] == "Belo Karasti" and quote["cue"]["lemma"] == "karun"
    server = serve(tmp_path / "a.db", "--open-writes", "--lang-pack", str(pack))
    requests.post(server.base + "/articles", data=TEXT.encode(), headers={"Content-Type": "text/plain"}).raise_for_status()
    assert requests.get(server.base + "/quotes?speaker=Belo%20Karasti&lang=qkl").json()["total"] == 1
    (tmp_path / "text.txt").write_text(TEXT)
    run("ingest", "--db", tmp_path / "b.db", "--lang-pack", pack, tmp_path / "text.txt", check=True)
    assert json.loads(run("analyse", "-", input=TEXT.encode(), check=True).stdout)["lang"] != "qkl"


def test_a_damaged_one_is_refused_at_start(run, pack, tmp_path):
    def refused(*words, path=pack):
        for command in (["analyse", "-"], ["ingest", "--db", tmp_path / "no.db", "-"], ["serve", "--db", tmp_path / "no.db"]):
            done = run(command[0], "--lang-pack", path, *command[1:], input=TEXT.encode(), timeout=20)
            said = done.stderr.decode()
            assert done.returncode in (2, 3) and all(word in said for word in words), (done.returncode, said)

    refused("missing", path=tmp_path / "missing")
    (tmp_path / "Not A Language").mkdir()
    refused("Not A Language", "called by its language", path=tmp_path / "Not A Language")
    (pack / "entities.model").write_bytes(b"guillemet-names\0" + b"\1" * 500)
    refused("entities.model")
    (pack / "entities.model").unlink()
    (pack / "places.tsv").write_text("tarvik\tcity\n")
    refused("places.tsv", "source")
