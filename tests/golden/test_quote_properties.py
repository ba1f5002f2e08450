"""What holds for the quotes of every text: spans verify and don't overlap, and typography changes nothing.

The texts are the golden examples of quotes/ and the samples. Each is analysed as it stands and in other spellings of the same
words: composed or decomposed letters, line ends, blanks inside guillemets, apostrophes, lines broken anew.
"""
import itertools
import json
import pathlib
import re
import textwrap
import unicodedata

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BLANKS = " \u00a0\u202f\u2009"


def golden_texts():
    """(name, language, text) of the examples, paragraphs parted by blank lines; titles and interviews are the unit test's."""
    for path in sorted((HERE / "quotes").glob("*/*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line and not line.startswith(("#", "  ", "! ")) and "Q> " not in line:
                yield f"{path.parent.name}/{path.stem}:{number}", path.parent.name, line.replace("¶", "\n\n")


def sample_texts():
    for path in sorted((HERE.parent / "samples").glob("*.txt")):
        yield path.stem, path.name[:2], path.read_text(encoding="utf-8")


TEXTS = list(itertools.chain(golden_texts(), sample_texts()))


def inside_guillemets(blank):
    return lambda text: re.sub(f"[{BLANKS}]*»", blank + "»", re.sub(f"«[{BLANKS}]*", "«" + blank, text))


def reflowed(text):
    """Paragraphs broken into lines as mail programs do, where blank lines part them; a long title or labels stay out."""
    title, *paragraphs = text.split("\n\n")
    if len(title) > 76 or any("\n" in p.strip() or re.match(r"[A-Z][\w ]{0,12}[.:]|[–—-]", p) for p in paragraphs):
        return text
    return "\n\n".join([title] + [textwrap.fill(p, 76, break_long_words=False, break_on_hyphens=False) for p in paragraphs])


SPELLINGS = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "no blank in guillemets": inside_guillemets(""),
    "plain blank in guillemets": inside_guillemets(" "),
    "NBSP in guillemets": inside_guillemets("\u00a0"),
    "NNBSP in guillemets": inside_guillemets("\u202f"),
    "thin blank in guillemets": inside_guillemets("\u2009"),
    "curly apostrophes": lambda text: re.sub(r"(?<=\w)'(?=\w)", "’", text),
    "reflow": reflowed,
}


def analysed(run, texts):
    lines = "\n".join(json.dumps({"id": name, "lang": lang, "text": text}) for name, lang, text in texts)
    done = run("analyse", "--ndjson", "-", input=lines.encode(), check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def plain(text):
    text = unicodedata.normalize("NFC", text or "").replace("’", "'")
    return re.sub(r"\s+", " ", re.sub(f"«[{BLANKS}]*|[{BLANKS}]*»", '"', text)).strip()


def facts(found):
    """All that is said of the quotes and the marks, without offsets."""
    def who(speaker):
        return speaker and (plain(speaker.get("name") or speaker.get("text")), speaker["kind"])
    quotes = [(q["type"], plain(q["text"]), [s["verbatim"] for s in q["spans"]], who(q["speaker"]), q["rule"],
               q["cue"] and (plain(q["cue"]["text"]), q["cue"]["class"]), q["negated"], q["hypothetical"], q["in_headline"],
               who(q["reported_by"]), plain(q["channel"])) for q in found["quotes"]]
    marks = [(m["use"], plain(found["text"][m["start"]:m["end"]])) for m in found["quotation_marks"]]
    return quotes, marks


@pytest.fixture(scope="module")
def as_they_stand(run):
    return analysed(run, TEXTS)


def test_texts_are_many(as_they_stand):
    assert len(as_they_stand) == len(TEXTS) > 350
    assert sum(len(found["quotes"]) for found in as_they_stand) > 400


def test_spans_verify(as_they_stand):
    for (name, _, _), found in zip(TEXTS, as_they_stand):
        text = found["text"]
        for quote in found["quotes"]:
            for part in ("cue", "speaker", "reported_by", "addressee"):
                if quote[part] and quote[part].get("start") is not None:
                    assert text[quote[part]["start"]:quote[part]["end"]] == quote[part]["text"], name
            end = 0
            for span in quote["spans"]:
                assert end <= span["start"] < span["end"] <= len(text), name
                assert text[span["start"]:span["end"]] in quote["text"], name
                end = span["end"]


def test_quotes_share_no_words(as_they_stand):
    """No word belongs to two quotes, unless an answer of an interview cites somebody; none to its own attribution; and no mark
    is both a quote's words and classified."""
    for (name, _, _), found in zip(TEXTS, as_they_stand):
        taken = {}
        for index, quote in enumerate(found["quotes"]):
            for span in quote["spans"]:
                for at in range(span["start"], span["end"]) if quote["rule"] != "interview" else ():
                    assert taken.setdefault(at, index) == index, (name, quote["text"])
            cue = quote["cue"]
            if cue:
                assert all(taken.get(at) != index for at in range(cue["start"], cue["end"])), (name, quote["text"])
        verbatim = {at for q in found["quotes"] for s in q["spans"] if s["verbatim"] for at in range(s["start"], s["end"])}
        for mark in found["quotation_marks"]:
            assert verbatim.isdisjoint(range(mark["start"], mark["end"])), (name, mark)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling_changes_nothing(run, as_they_stand, spelling):
    changed = [(name, lang, SPELLINGS[spelling](text)) for name, lang, text in TEXTS]
    if spelling != "NFC":
        assert sum(a[2] != b[2] for a, b in zip(TEXTS, changed)) >= 5
    different = []
    for (name, _, _), before, after in zip(TEXTS, as_they_stand, analysed(run, changed)):
        if facts(before) != facts(after):
            different += [(name, line) for one, two in zip(facts(before), facts(after))
                          for line in [*(f"- {q}" for q in one if q not in two), *(f"+ {q}" for q in two if q not in one)]]
    assert not different, "\n".join(f"{name}: {line}" for name, line in different[:20])
