"""The benchmarks' own arithmetic. That they run at all: tests/bench/test_programs.py, in test-slow."""
import json
import pathlib
import re
import sqlite3
import sys
import xml.etree.ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "bench"))

import callgrind  # noqa: E402
import hotspots  # noqa: E402
import instructions  # noqa: E402
import load  # noqa: E402
import measures  # noqa: E402
import peers  # noqa: E402
import report  # noqa: E402
import synthetic  # noqa: E402

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


def test_a_binary_of_another_name_has_the_same_layers():
    assert hotspots.group_of(("/tmp/old-guillemet", "./server/store/db.c", "db_step")) == "store/"
    assert hotspots.group_of(("/usr/lib/libsqlite3.so.0.8.6", "???", "sqlite3_step")) == "SQLite"


def test_what_a_function_is_made_of(part):
    profile = callgrind.Profile(part)
    assert hotspots.stages(profile, "articles_list") == ["  articles_list:", f"  {500 / 710:20.1%}  sqlite3_step", f"  {90 / 710:20.1%}  jsonw_key"]
    assert hotspots.stages(profile, "nobody") == ["  nobody: never called"]


def test_functions_that_only_run_on_some_processors_are_told_from_others():
    picked = lambda name: bool(callgrind.PICKED.search(name))
    assert all(map(picked, ["__memcpy_avx_unaligned_erms", "__strlen_avx2", "__memset_evex_unaligned", "__strchr_sse42", "__sin_fma", "__log_fma4"]))
    assert not any(map(picked, ["__memset_sse2_unaligned", "memcpy@GLIBC_2.2.5", "_int_free", "__strlen_sse2"]))


@pytest.mark.parametrize("now, same", [(1000, True), (1049, True), (951, True), (1051, False), (949, False)])
def test_five_percent_either_way(now, same):
    assert instructions.compare({"list": now}, {"list": 1000})[1] is same


def test_a_search_may_vary_more():
    assert instructions.compare({"search": 1190}, {"search": 1000})[1] and not instructions.compare({"search": 1210}, {"search": 1000})[1]


def test_a_kind_that_came_or_went_is_no_match():
    lines, same = instructions.compare({"list": 5, "new": 6}, {"list": 5, "old": 7})
    assert not same and "new" in "\n".join(lines) and "old" in "\n".join(lines)


def test_every_make_target_that_a_page_or_a_program_names_is_there():
    rules = "\n".join(path.read_text() for path in (ROOT / "Makefile", *ROOT.glob("server/*/*.mk")))
    targets = set(re.findall(r"^([a-z][a-z-]*):", rules, re.MULTILINE))
    pages = [*ROOT.glob("*.md"), *ROOT.glob("tests/*.md"), *ROOT.glob("tests/*/*.py"), *ROOT.glob("docker/*.md"), *ROOT.glob("server/**/*.md")]
    named = {(page.name, target) for page in pages for target in re.findall(r"make ((?:bench|profile|test|image|coverage|soak|fuzz)[a-z-]*)\b", page.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert sorted((page, target) for page, target in named if target not in targets) == []


# ---- make bench


def figures(us):
    many = {"requests": 9, "per_second": 10.0, "p50_ms": 1.0, "p99_ms": 2.0, "cpu_us": us}
    return {kind: {"at_64": many, "at_1": many} for kind in report.KINDS}


@pytest.fixture
def result():
    """As bench.py leaves it: guillemet made anew costs twice nginx, Fastify twenty times guillemet; FastAPI is left out."""
    grown = {kind: {"cpu_us": 10.0} for kind in (*report.KINDS, "suggest")}
    archive = {"articles": 10, "mentions": 140, "quotes": 50, "text_bytes": 33000, "database_bytes": 99000, "ingest_wall_s": 60.0, "ingest_cpu_ms": 2.5}
    answer = {
        "when": "2026-01-02", "machine": {"cores": 2, "processor": "X", "memory_gib": 4, "load": [0.1, 0, 0], "load_after": [1.0, 0, 0]},
        "articles": 100, "smoke": False, "rounds": 5, "took_s": 400, "archives": {"10": archive, "100": archive},
        "contenders": {"bytes": dict.fromkeys(report.KINDS, 5000), "absent": {"fastapi": "pip failed"}, "rounds": {},
                       "memory": {name: {"rss_mib": 30.0, "anon_mib": 10.0} for name in ("nginx", "kept", "cold", "fastify")},
                       "figures": {"nginx": figures(10.0), "kept": figures(15.0), "cold": figures(20.0), "fastify": figures(400.0)}},
        "growth": {"10": grown, "100": {kind: {"cpu_us": 25.0} for kind in grown}}, "first_answer_ms": 20.0,
        "beside_ingest": {"alone": {"p99_ms": 2.0}, "beside": {"p99_ms": 5.0}, "articles_per_second": 300, "all_the_while": True},
        "instructions": {"list": {"SQLite": 500, "JSON": 250, "http/": 50, "libmicrohttpd": 50, "base/": 150}},
        "ingest": {"articles": 9, "all_ms": 1.9, "per_second": 500, "stages_ms": dict.fromkeys(("read", "analyse", "render", "store", "search"), 0.4)}}
    answer["targets"] = report.targets(answer)
    return answer


def test_each_target_is_told_beside_its_figure(result):
    met = {t["what"]: (t["figure"], t["met"]) for t in result["targets"]}
    assert met["kept list: CPU over nginx's"] == (1.5, False)
    assert met["cold list: CPU over nginx's"] == (2.0, True) and met["cold article: CPU over nginx's"] == (2.0, False)
    assert met["cold entity: CPU less than Fastify's"] == (20.0, True)
    assert met["p99 at 64 connections while ingesting at full speed, over p99 without"] == (2.5, True)
    assert met["growth 10 → 100: CPU of cold suggest"] == (2.5, False)
    assert met["database of 100 over its text"] == (3.0, True)
    result["beside_ingest"]["all_the_while"] = False
    assert [t["met"] for t in report.targets(result) if "ingesting" in t["what"]] == [None]
    del result["contenders"]["figures"]["fastify"]
    assert {t["met"] for t in report.targets(result) if "Fastify" in t["what"]} == {None}


def test_a_floor_is_http_and_sql_alone(result):
    assert report.floors(result) == {}
    result["contenders"]["figures"]["constant"] = figures(10.0)
    # Of 10 µs beyond HTTP, 500 of 900 instructions beyond HTTP are SQLite's: 15.6 µs over nginx's 10.
    assert report.floors(result) == {"list": 1.6}
    assert "× nginx: list 1.6." in report.markdown(result)


def test_the_readme_gets_the_last_run(result, tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- make bench-readme writes this -->\nstale\n<!-- until here -->\nafter\n")
    assert report.into_readme(tmp_path / "none.json", readme, tmp_path / "latest") == 1 and "make bench" in capsys.readouterr().out
    (tmp_path / "result.json").write_text(json.dumps(result))
    for _ in range(2):
        assert report.into_readme(tmp_path / "result.json", readme, tmp_path / "latest") == 0
    text = readme.read_text()
    assert text.startswith("before\n<!--") and text.endswith("<!-- until here -->\nafter\n") and "stale" not in text
    assert "Left out: fastapi, because pip failed." in text and "| 20.0 | 2.00 |" in text and "| 1,000 | 10% | 50% | 25% | 0% | 0% | 15% |" in text and "**not met**" in text
    assert "(tests/bench/latest.svg)" in text
    xml.etree.ElementTree.parse(tmp_path / "latest.svg")
    (tmp_path / "smoke.json").write_text(json.dumps({**result, "smoke": True}))
    assert report.into_readme(tmp_path / "smoke.json", readme, tmp_path / "latest") == 1 and readme.read_text() == text
    readme.write_text("no marks")
    assert report.into_readme(tmp_path / "result.json", readme, tmp_path / "latest") == 1 and readme.read_text() == "no marks"


def test_the_readme_has_its_block():
    assert report.BLOCK.search(report.README.read_text(encoding="utf-8"))


@pytest.mark.parametrize("said, ms", [("980.00us", 0.98), ("1.50ms", 1.5), ("2.00s", 2000.0), ("1.10m", 66000.0)])
def test_units_of_wrk(said, ms):
    assert load.milliseconds(said) == pytest.approx(ms)


def test_replies_that_differ_are_told_apart():
    assert peers.difference({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) is None
    assert peers.difference({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}) == ".a[1].b: true and 1"
    assert peers.difference({"a": 1}, {"a": 1, "c": 2}) == ".c: only in the other"
    assert peers.difference({"a": [1]}, {"a": []}).startswith(".a")
    page = lambda cursor: peers.settled(json.dumps({"items": [], "next": cursor, "next_cursor": cursor}))
    assert page("x") == page("y") != page(None)


def test_a_field_that_the_peers_do_not_know_rides_along():
    item = {**dict.fromkeys([*peers.ARTICLE, *peers.ARTICLE_JSON]), "id": "x", "links": {}, "counts": dict.fromkeys(peers.COUNTS, 1), "new": [1]}
    assert peers.article_row(5, item)[-1] == '{"new":[1]}'
    del item["new"]
    assert peers.article_row(5, item)[-1] is None
    with sqlite3.connect(":memory:") as db:
        peers.table(db, "articles", ["id TEXT UNIQUE", *peers.ARTICLE, *peers.ARTICLE_JSON, *(f"{c}_count" for c in peers.COUNTS), "rest"])
        db.execute(f"INSERT INTO articles VALUES ({','.join('?' * len(peers.article_row(5, item)))})", peers.article_row(5, item))


def test_a_peer_that_fails_requests_is_left_out_and_the_rest_is_measured(capsys):
    class Setting:
        first, rounds = 0, 2

        @staticmethod
        def weigh(server, paths, connections):
            if server == "broken" and paths == ["entity"]:
                raise load.Failed("bench: 503")
            return {"cpu_us": connections}

    kinds = {kind: [kind] for kind in measures.KINDS}
    servers = {name: dict.fromkeys(measures.KINDS, name) for name in ("cold", "broken")}
    servers["fastify"] = servers.pop("broken")
    absent = {}
    taken = measures.in_rounds(Setting, servers, {"cold": kinds, "fastify": kinds}, absent)
    assert servers.keys() == taken.keys() == {"cold"} and absent == {"fastify": "it failed requests"}
    assert [len(taken["cold"]["list"][n]) for n in (64, 1)] == [2, 2] and "503" in capsys.readouterr().out
    with pytest.raises(load.Failed):
        measures.in_rounds(Setting, {"cold": dict.fromkeys(measures.KINDS, "broken")}, {"cold": kinds}, {})


def test_a_contender_that_cannot_be_installed_says_why(tmp_path):
    sources, cache = tmp_path / "sources", tmp_path / "cache" / "one"
    sources.mkdir()
    cache.parent.mkdir()
    (sources / "package.json").write_text("{}")
    with pytest.raises(peers.Absent, match="no-such-program is not installed"):
        peers.install("one", cache, sources, ("no-such-program", "install"))
    with pytest.raises(peers.Absent, match="failed .*: no registry"):
        peers.install("one", cache, sources, ("sh", "-c", "echo no registry; exit 1"))
    with pytest.raises(peers.Absent, match="installs nothing"):
        peers.install("one", cache, sources, ("sh", "-c", "exit 0"), now=False)
    peers.install("one", cache, sources, ("sh", "-c", "echo x >>ran"))
    peers.install("one", cache, sources, ("sh", "-c", "echo x >>ran"), now=False)
    assert (cache / "ran").read_text() == "x\n"
    (sources / "package.json").write_text('{"dependencies":{}}')
    peers.install("one", cache, sources, ("sh", "-c", "echo x >>ran"))
    assert (cache / "ran").read_text() == "x\n" and (cache / "package.json").read_text() == '{"dependencies":{}}'


def test_articles_are_the_same_for_the_same_number():
    first, again, other = (list(synthetic.reports(6, **more)) for more in ({}, {}, {"name": "more"}))
    assert first == again and not {d["external_id"] for d in first} & {d["external_id"] for d in other}
    assert all(3000 <= len(d["text"].encode()) < 3800 for d in first) and {d["lang"] for d in first} == {"fr", "en"}
    assert first[0]["text"] != other[0]["text"]
