"""Analysing takes time in proportion to the text, on texts that tempt to do otherwise (the long form: make bench-linear)."""
import json
import pathlib
import resource
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from shapes import SHAPES  # noqa: E402

SHORT, TIMES = 2, 5
MOST = 2.6 * TIMES  # of CPU time; TIMES when linear, TIMES² when quadratic
LEAST_S = 0.02


def test_shapes_are_what_they_say():
    for shape, make in SHAPES.items():
        assert 2000 < len(make(1).encode()) < 8000, shape
        assert 8 < len(make(10)) / len(make(1)) < 12, shape


@pytest.mark.parametrize("shape", ["all capitals", "no capitals", "one paragraph", "mixed languages", "no spaces", "private use",
                                   "football table", "A A A", "opening marks", "capitalised words", "distinct people",
                                   "one surname", "acronyms", "list of names", "one hyphenated word", "particles"])
def test_cpu_time_grows_with_length(run, shape):
    def cpu_seconds(text):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = run("analyse", "--ndjson", "--lang", "fr", "-", input=(json.dumps({"text": text}) + "\n").encode(), check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = json.loads(done.stdout)
        for entity in found["entities"]:
            for mention in entity["mentions"]:
                assert found["text"][mention["start"]:mention["end"]] == mention["text"]
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    start = cpu_seconds("a")
    short, long = (cpu_seconds(SHAPES[shape](n)) - start for n in (SHORT, SHORT * TIMES))
    assert long < MOST * max(short, LEAST_S)
