"""What must come out of the feeds in feeds/<case>/, written for this project: feeds/<case>/expected.json has what each item
says and its blocks as "kind: text", or the words of its refusal. A no-break space counts as a blank."""
import json
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("TEST_BINARY", str(HERE.parent.parent / "build/guillemet"))
CASES = sorted((HERE / "feeds").glob("*/feed.*"))
FIELDS = ("title", "standfirst", "url", "external_id", "source", "lang", "bylines", "keywords", "published_at", "modified_at")


def read(path):
    run = subprocess.run([BINARY, "analyse", "--ndjson", str(path)], capture_output=True, timeout=60)
    assert run.returncode in (0, 1), run.stderr.decode()
    items = []
    for line in run.stdout.decode().replace("\u00a0", " ").splitlines():
        found = json.loads(line)
        if "error" in found:
            items.append(found["error"]["message"])
            continue
        item = {key: found[key] for key in FIELDS if found.get(key)}
        item["blocks"] = [f"{b['kind']}: {found['text'][b['start']:b['end']]}" for b in found["blocks"]]
        items.append(item | ({"warnings": [w["code"] for w in found["warnings"]]} if found["warnings"] else {}))
    return items


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.parent.name)
def test_feed(case):
    assert read(case) == json.loads((case.parent / "expected.json").read_text(encoding="utf-8"))


def test_a_feed_that_was_cut(tmp_path):
    """The item that isn't whole is refused, not kept by half; what came before it is read."""
    whole = (HERE / "feeds/rss-oddities/feed.xml").read_bytes()
    items = read(HERE / "feeds/rss-oddities/feed.xml")
    for mark, count in ((b"a retrouv\xc3\xa9 ses habitu\xc3\xa9s.</p><p>", 0), (b"cherche un fromager", 1), (b"Awa Diarra", 2)):
        path = tmp_path / "cut.xml"
        path.write_bytes(whole[:whole.index(mark)])
        assert read(path) == items[:count] + ["the feed ends within this item: it was cut"]


def test_there_are_cases():
    assert len(CASES) >= 5
