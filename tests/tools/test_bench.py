"""The benchmarks' own arithmetic. That they run at all: tests/bench/test_programs.py, in test-slow."""
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "bench"))

import callgrind  # noqa: E402
import hotspots  # noqa: E402
import instructions  # noqa: E402

PART = """\
# callgrind format
positions: line
events: Ir
ob=(1) /usr/bin/guillemet
fl=(1) server/api/articles.c
fn=(1) articles_list
16 100
+2 20
cob=(2) /lib/libsqlite3.so.0
cfi=(2) ???
cfn=(2) sqlite3_step
calls=3 0
* 500
cfi=(3) server/base/jsonw.c
cfn=(3) jsonw_key
calls=2 7
+1 90

fl=(3)
fn=(3)
7 50
fi=(4) server/base/jsonw.h
9 10
fe=(3)
cob=(3) /lib/libc.so.6
cfi=(2)
cfn=(4) __memcpy_avx_unaligned
calls=2 0
8 30

ob=(2)
fl=(2)
fn=(2)
0 440
cob=(3)
cfi=(2)
cfn=(4)
calls=1 0
0 60

ob=(3)
fl=(2)
fn=(4)
0 90

totals: 710
"""


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "out.1"
    path.write_text(PART)
    return path


def test_a_part_is_read(part):
    profile = callgrind.Profile(part)
    assert callgrind.total(part) == profile.total() == 710
    by_name = {f[2]: n for f, n in profile.own.items()}
    assert by_name == {"articles_list": 120, "jsonw_key": 60, "sqlite3_step": 440, "__memcpy_avx_unaligned": 90}
    assert {f[2]: n for f, n in profile.inclusive().items()}["articles_list"] == 710
    assert profile.picked() == ["__memcpy_avx_unaligned"]


def test_what_libc_does_belongs_to_its_callers(part):
    assert dict(hotspots.split(callgrind.Profile(part))) == {"api/": 120, "JSON": 60 + 30, "SQLite": 440 + 60}


def test_functions_that_only_run_on_some_processors_are_told_from_others():
    picked = lambda name: bool(callgrind.PICKED.search(name))
    assert all(map(picked, ["__memcpy_avx_unaligned_erms", "__strlen_avx2", "__memset_evex_unaligned", "__strchr_sse42", "__sin_fma", "__log_fma4"]))
    assert not any(map(picked, ["__memset_sse2_unaligned", "memcpy@GLIBC_2.2.5", "_int_free", "__strlen_sse2"]))


@pytest.mark.parametrize("now, same", [(1000, True), (1049, True), (951, True), (1051, False), (949, False)])
def test_five_percent_either_way(now, same):
    assert instructions.compare({"list": now}, {"list": 1000})[1] is same


def test_a_kind_that_came_or_went_is_no_match():
    lines, same = instructions.compare({"list": 5, "new": 6}, {"list": 5, "old": 7})
    assert not same and "new" in "\n".join(lines) and "old" in "\n".join(lines)
