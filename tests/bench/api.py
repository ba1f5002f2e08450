#!/usr/bin/python3
"""CPU time of searches, filtered lists, autocomplete, facets, timelines and related entities on an archive of 100,000 synthetic articles,
beside their targets.

The archive is made once and kept below build/ (making it takes as long as ingesting it); --db names another one. Each
request is asked --rounds times without the cache (--cache-size 0; 20 times as often where the target is 1 ms), and the time that its threads
ran is read from schedstat. Then a point read is asked while these run without a pause: nothing of theirs may delay it. Targets are printed
beside the figures and fail nothing.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import aggregates
import bench
import synthetic

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def archive(options):
    """The database to serve; made when it isn't there."""
    if options.db:
        return pathlib.Path(options.db)
    db = ROOT / "build" / "bench" / f"api-{options.articles}.db"
    if not db.exists():
        db.parent.mkdir(parents=True, exist_ok=True)
        print(f"making {db}: {options.articles} articles", file=sys.stderr, flush=True)
        part = db.with_suffix(".part")
        with tempfile.TemporaryDirectory() as work:
            source = pathlib.Path(work) / "articles.ndjson"
            synthetic.write(source, options.articles)
            subprocess.run([options.guillemet, "ingest", "--db", str(part), str(source)], check=True, stdout=sys.stderr)
        part.rename(db)
    return db


def word_counts(base, words):
    return {word: json.loads(bench.get(base, "/articles?" + urllib.parse.urlencode({"q": word, "limit": 1})))["total"] for word in words}


def cases(base):
    """(what, target in ms, path): the words are those that the synthetic texts have most and least often."""
    seldom = json.loads(bench.get(base, "/entities?type=PER&sort=articles&order=asc&limit=50"))["items"]
    rare = min(word_counts(base, [entity["name"].split()[-1] for entity in seldom]).items(), key=lambda pair: (pair[1] == 0, pair[1]))
    top = json.loads(bench.get(base, "/entities?sort=articles&limit=2"))["items"]
    total = json.loads(bench.get(base, "/articles?limit=1"))["total"]
    common = max(word_counts(base, ["de", "la", "le", "the", "of", "selon"]).items(), key=lambda pair: pair[1])
    ask = lambda path, **params: path + "?" + urllib.parse.urlencode(params)
    print(f"{total} articles; rare: {rare[0]!r} in {rare[1]}; commonest: {common[0]!r} in {common[1]}")
    q, pair = common[0], f"{common[0]} OR the"
    return [
        ("search: a rare word", 1, ask("/articles", q=rare[0])),
        ("search: a rare word, by relevance", 1, ask("/articles", q=rare[0], sort="relevance")),
        ("search: a word in all its forms", 20, ask("/articles", q="marché")),
        ("search: two words by relevance", 20, ask("/articles", q="budget habitants", sort="relevance")),
        ("search: the commonest word, newest", 20, ask("/articles", q=q)),
        ("search: two of the commonest, newest", 20, ask("/articles", q=pair)),
        ("search: the commonest word, by relevance", 20, ask("/articles", q=q, sort="relevance")),
        ("search: the commonest word, with highlights", 20, ask("/articles", q=q, highlight="true")),
        ("search: the commonest word in quotes", 20, ask("/articles", q=q, **{"in": "quotes"})),
        ("search: the commonest word and a source", 20, ask("/articles", q=q, source="Journal 7")),
        ("search: a prefix of two letters", 20, ask("/articles", q="co*")),
        ("search: quotes with the commonest word", 20, ask("/quotes", q=q)),
        ("search: quotes by relevance", 20, ask("/quotes", q=q, sort="relevance")),
        ("filter: two entities together", 20, ask("/articles", entity=top[0]["id"]) + "&" + urllib.parse.urlencode({"entity": top[1]["id"]})),
        ("filter: one of two entities", 20, ask("/articles", entity=f'{top[0]["id"]},{top[1]["id"]}')),
        ("filter: none of two sources", 20, ask("/articles", source="-Journal 7,Journal 8")),
        ("filter: one of three sources", 20, ask("/articles", source="Journal 1,Journal 2,Journal 3")),
        ("filter: what no quote has", 100, ask("/quotes", type="-direct", min_confidence="1", max_confidence="0.01")),
        ("filter: articles with a denial", 20, ask("/articles", cue_class="deny")),
        ("filter: articles with a quote that is indirect", 20, ask("/articles", quote_type="indirect")),
        ("filter: articles with a sure quote of one speaker", 20, ask("/articles", speaker=top[0]["id"], quote_type="direct", min_confidence="0.9")),
        ("filter: articles without a direct quote", 20, ask("/articles", quote_type="-direct")),
        ("filter: articles with what no quote is", 100, ask("/articles", quote_type="direct", min_confidence="1", max_confidence="0.01")),
        ("sort: most quotes", 20, ask("/articles", sort="quotes")),
        ("sort: most quotes of a language", 20, ask("/articles", sort="quotes", lang="fr")),
        ("sort: surest quotes of a source", 20, ask("/quotes", sort="confidence", source="Journal 7")),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guillemet", default=str(ROOT / "build" / "guillemet"))
    parser.add_argument("--articles", type=int, default=100000)
    parser.add_argument("--db", help="an archive that is there")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--no-delays", action="store_true", help="leave out what a point read takes beside them")
    parser.add_argument("--json", help="also write the result to this file")
    options = parser.parse_args()
    db, processes, rows = archive(options), [], []
    subprocess.run([options.guillemet, "migrate", "up", "--db", str(db)], check=True, stdout=sys.stderr)
    try:
        process, base = bench.start_guillemet(options, db, processes, subprocess.DEVNULL, "--cache-size", "0")
        bench.get(base, "/articles?limit=1")
        asked = cases(base) + aggregates.cases(base)
        print(f"{'ms of CPU per request':48} {'measured':>9} {'target':>7}")
        for what, target, path in asked:
            ms = aggregates.measure(base, process.pid, path, target, options.rounds)
            rows.append({"what": what, "path": path, "ms": round(ms, 3), "target_ms": target})
            print(f"{what:48} {ms:9.2f} {target:7}{'' if ms <= target else '  not reached'}", flush=True)
        if not options.no_delays:
            aggregates.delays(base, asked, processes)
    finally:
        for process in processes:
            process.terminate()
            process.wait(20)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
