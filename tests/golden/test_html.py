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


def test_there_are_cases():
    assert len(CASES) >= 2
