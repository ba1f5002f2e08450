"""What must be found in the sample articles. samples/<name>.json lists it; it was written from the texts alone.

The lists name what must be there, not all that may be: more entities and quotes are fine, except `not_quotes`.
`open.json` names entries that are known to be missed: they must stay missed (an entry that works now has to leave that
list), so that the list only ever tells the truth.
"""
import json
import pathlib
import re
import unicodedata

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
GOLD = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "samples").glob("*.json"))}
OPEN = json.loads((HERE / "open.json").read_text(encoding="utf-8"))


def plain(text):
    """Blanks and apostrophes alike, marks and final stops aside: the comparison is about words."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")
    text = re.sub(r"[«»“”\"]", " ", text).replace("…", " ")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s*[.,!?;:]+$", "", text).casefold()


def words(text):
    return re.findall(r"\w+", plain(text))


def blocks(found, kind):
    return [plain(found["text"][b["start"]:b["end"]]) for b in found["blocks"] if b["kind"] == kind]


def overlap(a, b):
    """F1 of two bags of words."""
    rest, common = words(b), 0
    for word in words(a):
        if word in rest:
            rest.remove(word)
            common += 1
    return 2 * common / max(1, len(words(a)) + len(words(b)))


@pytest.fixture(scope="module")
def analyses(run):
    """One run per sample, kept for the module."""
    kept = {}

    def analyse(name):
        if name not in kept:
            done = run("analyse", SAMPLES / GOLD[name]["sample"], check=True)
            kept[name] = json.loads(done.stdout)
        return kept[name]

    return analyse


def cases(kind):
    """(sample, item, label) of everything listed under `kind`."""
    for name, gold in GOLD.items():
        for item in [gold[kind]] if isinstance(gold[kind], str) else gold[kind]:
            what = item if isinstance(item, str) else item.get("name") or item["text"]
            yield name, item, f"{name}: {what}"[:70]


def each(kind):
    """One test per listed thing, so that a miss has a name."""
    listed = list(cases(kind))
    params = [pytest.param(name, item, marks=[pytest.mark.xfail(reason=OPEN[label], strict=True)] if label in OPEN else [])
              for name, item, label in listed]
    return pytest.mark.parametrize("name, wanted", params, ids=[label for _, _, label in listed])


def test_every_sample_has_its_list():
    shipped = {path.stem for path in SAMPLES.iterdir() if path.suffix in (".txt", ".json")}
    assert shipped == set(GOLD)
    assert sum(name.startswith("fr-") for name in shipped) >= 5
    assert sum(name.startswith("en-") for name in shipped) >= 3


def whole(what):
    """One test per sample, that `open.json` may list as "<sample>: <what>"."""
    return pytest.mark.parametrize("name", [
        pytest.param(name, id=f"{name}: {what}",
                     marks=[pytest.mark.xfail(reason=OPEN[f"{name}: {what}"], strict=True)] if f"{name}: {what}" in OPEN else [])
        for name in GOLD])


def test_open_entries_exist():
    known = {label for kind in ("standfirst", "boilerplate", "entities", "quotes", "not_quotes") for _, _, label in cases(kind)}
    assert set(OPEN) <= known | {f"{name}: one name, one entity" for name in GOLD}


@whole("one name, one entity")
def test_one_name_one_entity(analyses, name):
    """The lists above ask for what must be there; a second entity of the same name would go unseen."""
    names = [plain(e["name"]) for e in analyses(name)["entities"]]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", GOLD)
def test_document(analyses, name):
    gold, found = GOLD[name], analyses(name)
    assert found["lang"] == gold["lang"]
    assert plain(found["title"]) == plain(gold["title"])

    assert blocks(found, "subheading") == [plain(s) for s in gold["subheadings"]]
    assert len(blocks(found, "boilerplate")) <= len(gold["boilerplate"])


@each("boilerplate")
def test_boilerplate(analyses, name, wanted):
    assert any(block.startswith(plain(wanted)) for block in blocks(analyses(name), "boilerplate"))


@each("standfirst")
def test_standfirst(analyses, name, wanted):
    assert plain(analyses(name)["standfirst"] or "").startswith(plain(wanted))


@pytest.mark.parametrize("name", GOLD)
def test_offsets_verify(analyses, name):
    """text[start:end] is the span, everywhere."""
    found = analyses(name)
    text = found["text"]
    for entity in found["entities"]:
        for mention in entity["mentions"]:
            assert text[mention["start"]:mention["end"]] == mention["text"]
    for quote in found["quotes"]:
        for part in ("cue", "speaker", "reported_by"):
            if quote.get(part) and quote[part].get("start") is not None:
                assert text[quote[part]["start"]:quote[part]["end"]] == quote[part]["text"]
        ends = [0]
        for span in quote["spans"]:
            assert ends[-1] <= span["start"] < span["end"] <= len(text)
            ends.append(span["end"])
        inside = " ".join(text[s["start"]:s["end"]] for s in quote["spans"])
        assert words(inside) == words(quote["text"])


@each("entities")
def test_entity(analyses, name, wanted):
    entities = analyses(name)["entities"]

    def names(entity):
        return [plain(entity["name"])] + [plain(a if isinstance(a, str) else a["text"]) for a in entity["aliases"]]

    named = [e for e in entities if plain(wanted["name"]) in names(e)]
    assert named, f"not found among {[e['name'] for e in entities]}"
    typed = [e for e in named if e["type"] == wanted["type"]]
    assert typed, f"type is {[e['type'] for e in named]}"
    if "title" in wanted:
        titles = [plain(t if isinstance(t, str) else t["text"]) for e in typed for t in e["titles"]]
        assert any(plain(wanted["title"]) in t for t in titles), f"titles are {titles}"


@each("quotes")
def test_quote(analyses, name, wanted):
    quotes = analyses(name)["quotes"]
    least = 0.95 if wanted["type"] == "direct" else 0.8
    # A statement that goes on in a sentence of its own after its attribution may stand alone or be joined to its start.
    forms = [wanted["text"]] + ([wanted["joined"]] if "joined" in wanted else [])

    def likeness(quote):
        return max(overlap(form, quote["text"]) for form in forms)

    best = max(quotes, key=likeness, default=None)
    assert best and likeness(best) >= least, f"nearest: {best and best['text']}"
    assert best["type"] == wanted["type"]
    if "cue" in wanted:
        assert best["cue"] and plain(wanted["cue"]) in plain(best["cue"]["text"]), best["cue"]
    speaker = best["speaker"]
    if "speaker" in wanted:
        assert speaker, "no speaker"
        assert plain(wanted["speaker"]) in plain(speaker["name"] or speaker["text"]), speaker
    if "kind" in wanted:
        assert speaker and speaker["kind"] == wanted["kind"], speaker
    if "reported_by" in wanted:
        by = best["reported_by"]
        assert by and plain(wanted["reported_by"]) in plain(by.get("name") or by["text"]), by


@each("not_quotes")
def test_not_a_quote(analyses, name, wanted):
    """Titles, nicknames and terms are listed as marks, not as quotes."""
    found = analyses(name)
    for quote in found["quotes"]:
        if quote["type"] == "direct":
            assert plain(quote["text"]) != plain(wanted)
    marked = [plain(found["text"][m["start"]:m["end"]]) for m in found["quotation_marks"]]
    assert plain(wanted) in marked
