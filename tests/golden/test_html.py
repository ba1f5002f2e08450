"""What must come out of the pages in html/<case>/page.html, written for this project: html/<case>/expected.json has the
fields, and each block as "kind: text". A no-break space counts as a blank."""
import json
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("TEST_BINARY", str(HERE.parent.parent / "build/guillemet"))
CASES = sorted(path.parent for path in (HERE / "html").glob("*/page.html"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_page(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    run = subprocess.run([BINARY, "analyse", str(case / "page.html")], capture_output=True, check=True, timeout=60)
    found = json.loads(run.stdout)
    text = found["text"]
    found["blocks"] = [f"{b['kind']}: {text[b['start']:b['end']]}".replace("\u00a0", " ") for b in found["blocks"]]
    assert {key: found[key] for key in expected} == expected


def test_a_post_has_no_speaker_of_the_article():
    """Words in marks within an embedded post are nobody's who spoke before it; a block quote in marks is the last speaker's."""
    page = (HERE / "html/en-about-author/page.html").read_text(encoding="utf-8")
    pull = page.replace('<p>Huge turnout at the depot today! “We will win this”</p>', "<p>“We will win this one together”</p>")
    pull = pull.replace(pull[pull.index('<a href="https://instagram'):pull.index("</blockquote>")], "")
    speakers = []
    for text in (page, pull):
        run = subprocess.run([BINARY, "analyse", "-"], input=text.encode(), capture_output=True, timeout=60)
        assert run.returncode == 0, run.stderr.decode()
        quotes = json.loads(run.stdout)["quotes"]
        speakers.append([q["speaker"] and q["speaker"]["name"] for q in quotes if q["text"].startswith("We will")])
    assert speakers == [[None], ["Des Coyle"]]


def test_an_explanation_is_no_interview():
    """Questions in bold that nobody is asked have answers that nobody says: what is quoted in them alone is said."""
    run = subprocess.run([BINARY, "analyse", str(HERE / "html/fr-questions/page.html")], capture_output=True, timeout=60)
    quotes = [(q["type"], q["text"], q["speaker"] and q["speaker"]["name"]) for q in json.loads(run.stdout)["quotes"]]
    assert quotes[:2] == [("direct", "Les petits pourront s’y joindre", "Odile Carn"),
                          ("direct", "Une bouteille écrasée reste une bouteille", "Loïc Abgrall")]
    assert all(kind == "indirect" for kind, _, _ in quotes[2:])
    page = (HERE / "html/fr-questions/page.html").read_text(encoding="utf-8")
    asked = page.replace("Quinze centimes pour", "Je dirais quinze centimes pour")
    run = subprocess.run([BINARY, "analyse", "-"], input=asked.encode(), capture_output=True, timeout=60)
    kinds = [b["kind"] for b in json.loads(run.stdout)["blocks"]]
    assert kinds.count("interview_question") == 2 and kinds[2:6] == ["interview_question", "interview_answer"] * 2


def test_there_are_cases():
    assert len(CASES) >= 2
