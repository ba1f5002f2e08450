"""tests/eval: the stand-off labels are sound, and join.py puts them and their texts together."""
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import pytest

EVAL = pathlib.Path(__file__).resolve().parent.parent / "eval"
TEXT = "La maire, Ana Ruiz, refuse. «Pas une pierre, dit-elle, ne bougera.» Le pont «maudit» reste."


def span(words):
    start = TEXT.index(words)
    return [start, start + len(words)]


LABELS = {
    "id": "a-1", "file": "a.jsonl.gz", "lang": "fr", "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "quotes": [{"type": "direct", "content": [span("Pas une pierre"), span("ne bougera.")],
                "quoted_span": span("«Pas une pierre, dit-elle, ne bougera.»"), "speaker": span("elle"),
                "speaker_full": span("Ana Ruiz"), "speaker_alt": ["mairie"], "cue": span("dit")}],
    "not_quotes": [span("«maudit»")], "ignore": [],
}


def join(tmp_path, labels, text=TEXT, corpus=True):
    (tmp_path / "raw-fr").mkdir(exist_ok=True)
    with gzip.open(tmp_path / "raw-fr/a.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"id": "a-0", "text": "Rien."}) + "\n" + json.dumps({"id": "a-1", "text": text}) + "\n")
    (tmp_path / "labels.jsonl").write_text(json.dumps(labels) + "\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "GUILLEMET_CORPUS"}
    if corpus:
        environment["GUILLEMET_CORPUS"] = str(tmp_path)
    return subprocess.run([sys.executable, EVAL / "join.py", tmp_path / "labels.jsonl"], env=environment,
                          capture_output=True, encoding="utf-8", timeout=60)


def test_join_gives_quotes_their_words(tmp_path):
    done = join(tmp_path, LABELS)
    assert done.returncode == 0, done.stderr
    gold = json.loads(done.stdout)
    quote = gold["quotes"][0]
    assert gold["text"] == TEXT
    assert [TEXT[start:end] for start, end in quote["content"]] == ["Pas une pierre", "ne bougera."]
    assert (quote["speaker_text"], quote["speaker_full"], quote["speaker_alt"]) == ("elle", "Ana Ruiz", ["mairie"])
    assert gold["not_quotes"] == LABELS["not_quotes"]


def test_join_counts_names_from_the_passage(tmp_path):
    start, end = span("Ana Ruiz")
    passage = {"span": [3, 27], "entities": [{"start": start, "end": end, "type": "PER"}]}
    labels = {key: LABELS[key] for key in ("id", "file", "lang", "sha256")} | {"passages": [passage]}
    gold = json.loads(join(tmp_path, labels).stdout)
    (name,) = gold["entities"]
    assert gold["text"] == "maire, Ana Ruiz, refuse."
    assert gold["text"][name["start"]:name["end"]] == name["text"] == "Ana Ruiz"


@pytest.mark.parametrize("changes, complaint", [
    ({"text": TEXT + " "}, "isn't the labelled one"),
    ({"labels": LABELS | {"id": "a-2"}}, "no article a-2"),
    ({"corpus": False}, "set GUILLEMET_CORPUS"),
])
def test_join_refuses(tmp_path, changes, complaint):
    done = join(tmp_path, **({"labels": LABELS} | changes))
    assert done.returncode != 0 and complaint in done.stderr and done.stdout == ""


def read(name):
    return [json.loads(line) for line in (EVAL / name).read_text(encoding="utf-8").splitlines()]


def test_quote_labels_are_offsets_in_order():
    for article in read("quotes-fr-2.standoff.jsonl"):
        assert len(article["sha256"]) == 64
        marked = [quote["quoted_span"] for quote in article["quotes"] if quote["type"] != "indirect"]
        starts = [start for start, _ in marked]
        assert starts == sorted(starts), article["id"]
        for quote in article["quotes"]:
            ends = [offset for part in quote["content"] for offset in part]
            assert ends == sorted(ends) and ends[0] < ends[-1], article["id"]
            assert (quote["quoted_span"] is None) == (quote["type"] == "indirect")
            assert all(isinstance(quote[key], (list, type(None))) for key in ("speaker", "speaker_full", "cue"))


@pytest.mark.parametrize("name", ["ner-fr-2.standoff.jsonl", "ner-fr-3.standoff.jsonl"])
def test_name_labels_lie_apart_in_their_passage(name):
    for article in read(name):
        for passage in article["passages"]:
            bounds = [offset for entity in passage["entities"] for offset in (entity["start"], entity["end"])]
            assert bounds == sorted(bounds) and len(bounds) == len(set(bounds)), article["id"]
            assert not bounds or (passage["span"][0] <= bounds[0] and bounds[-1] <= passage["span"][1])
            assert {entity["type"] for entity in passage["entities"]} <= {"PER", "ORG", "LOC", "MISC", "OPT"}
