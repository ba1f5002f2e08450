"""`evaluate` against an independent count over the same gold, where there is a corpus: GUILLEMET_CORPUS=DIR with ner-fr/, ner-en/."""
import json
import os
import pathlib

import pytest

CORPUS = os.environ.get("GUILLEMET_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="GUILLEMET_CORPUS is not set")
TYPES = {"PER", "ORG", "LOC"}


def gold_files():
    return sorted(pathlib.Path(CORPUS or ".").glob("ner-*/DEV-*.jsonl")) if CORPUS else []


def counted(gold, found):
    """Exact span and type; what overlaps an OPT span counts neither way."""
    right = predicted = wanted = 0
    for g, f in zip(gold, found):
        mine = {(m["start"], m["end"], m["type"]) for e in f["entities"] for m in e["mentions"] if m["type"] in TYPES}
        true = {(e["start"], e["end"], e["type"]) for e in g["entities"] if e["type"] in TYPES}
        opt = [(e["start"], e["end"]) for e in g["entities"] if e["type"] == "OPT"]
        mine = {m for m in mine if m in true or not any(m[0] < end and start < m[1] for start, end in opt)}
        right, predicted, wanted = right + len(mine & true), predicted + len(mine), wanted + len(true)
    return right, predicted, wanted


@pytest.mark.parametrize("path", gold_files(), ids=lambda path: getattr(path, "stem", "none"))
def test_entities_agree(run, path, tmp_path):
    lang = path.parent.name[-2:]
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:300]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(g) + "\n" for g in gold))
    texts = "".join(json.dumps({"id": g["id"], "text": g["text"], "lang": g.get("lang", lang)}) + "\n" for g in gold)
    found = [json.loads(line) for line in run("analyse", "--ndjson", "-", input=texts.encode(), timeout=600, check=True).stdout.splitlines()]
    right, predicted, wanted = counted(gold, found)
    score = json.loads(run("evaluate", "--task", "entities", "--lang", lang, "--json", tmp_path / "gold.jsonl", timeout=600,
                           check=True).stdout)["micro"]
    assert (score["predicted"], score["support"]) == (predicted, wanted)
    assert score["precision"] == pytest.approx(100 * right / predicted, abs=0.06)
    assert score["recall"] == pytest.approx(100 * right / wanted, abs=0.06)


def test_differences_are_listed_in_context(run, tmp_path):
    path = gold_files()[0]
    listed = run("evaluate", "--task", "entities", "--lang", path.parent.name[-2:], "--errors", 20, path, timeout=600, check=True)
    lines = listed.stderr.decode().splitlines()
    assert 0 < len(lines) <= 20 and all("[" in line and line.split("\t")[0] in ("missed", "extra") for line in lines)
