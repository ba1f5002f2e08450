#!/usr/bin/python3
"""Do the other forms of a word help? Known-item searches on articles of folders (JSON lines with "text", the first line a headline; gzipped
or not).

Two words of a headline are searched for in the text of all articles (in=text, so that the headline itself doesn't count), by relevance: is its
own article among the first ten, and where? Once as printed (each in quotation marks), once in any form. A headline's own article is the only
one that counts as found, for both alike: what others are found besides is in the number of hits.
"""
import argparse
import collections
import gzip
import json
import pathlib
import random
import re
import statistics
import subprocess
import tempfile
import unicodedata
import urllib.parse

import bench

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def words(text):
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return [word for word in re.split(r"[^0-9a-zœæß]+", plain) if len(word) > 1]


def articles(folder, lang, most):
    found = []
    for path in sorted(folder.glob("*.jsonl*")):
        with (gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")) as lines:
            for line in lines:
                title, _, body = json.loads(line)["text"].partition("\n")
                if len(body) > 500 and 20 < len(title) < 200:
                    found.append({"title": title, "text": body, "lang": lang})
    random.Random(1).shuffle(found)
    return found[:most]


def searches(rows, most):
    """(article's place, its words as printed, the words in any form)."""
    deal, seen, asked = random.Random(2), collections.Counter(), []
    for row in rows:
        seen.update(set(words(row["text"])))
    for place, row in enumerate(rows):
        good = sorted({word for word in words(row["title"]) if len(word) > 3 and 2 <= seen[word] <= len(rows) / 50})
        if len(good) >= 2:
            two = deal.sample(good, 2)
            asked.append((place, " ".join(f'"{word}"' for word in two), " ".join(two)))
    return asked[:most]


def ask(base, lang, q):
    query = urllib.parse.urlencode({"q": q, "in": "text", "lang": lang, "sort": "relevance", "limit": 10})
    page = json.loads(bench.get(base, "/articles?" + query))
    return [item["external_id"] for item in page["items"]], page["total"]


def score(base, lang, asked, which):
    ranks, totals = [], []
    for row in asked:
        ids, total = ask(base, lang, row[which])
        own = f"{lang}-{row[0]}"
        ranks.append(1 / (ids.index(own) + 1) if own in ids else 0)
        totals.append(total)
    return {"found": sum(r > 0 for r in ranks) / len(ranks), "mrr": statistics.mean(ranks), "hits": statistics.mean(totals),
            "nothing": sum(t == 0 for t in totals) / len(totals), "ranks": ranks}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guillemet", default=str(ROOT / "build" / "guillemet"))
    parser.add_argument("--fr", type=pathlib.Path, help="a folder of French articles")
    parser.add_argument("--en", type=pathlib.Path, help="a folder of English articles")
    parser.add_argument("--articles", type=int, default=2500, help="of each language, at most")
    parser.add_argument("--searches", type=int, default=1000, help="of each language, at most")
    options = parser.parse_args()
    processes = []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        sets = {lang: articles(folder, lang, options.articles) for lang, folder in (("fr", options.fr), ("en", options.en)) if folder}
        with open(work / "articles.ndjson", "w", encoding="utf-8") as out:
            for lang, rows in sets.items():
                for place, row in enumerate(rows):
                    out.write(json.dumps({"external_id": f"{lang}-{place}", **row}, ensure_ascii=False) + "\n")
        subprocess.run([options.guillemet, "ingest", "--quiet", "--db", work / "a.db", work / "articles.ndjson"], check=True)
        try:
            _, base = bench.start_guillemet(options, work / "a.db", processes, subprocess.DEVNULL)
            print(f"{'':26} {'searches':>8} {'own in 10':>9} {'MRR':>6} {'hits':>6} {'none':>6}   better / worse than as printed")
            for lang, rows in sets.items():
                asked = searches(rows, options.searches)
                exact, stemmed = score(base, lang, asked, 1), score(base, lang, asked, 2)
                better = sum(a < b for a, b in zip(exact["ranks"], stemmed["ranks"]))
                worse = sum(a > b for a, b in zip(exact["ranks"], stemmed["ranks"]))
                for name, result, note in (("as printed", exact, ""), ("in any form", stemmed, f"{better} / {worse}")):
                    print(f"{lang}, {len(rows)} articles: {name:10.18} {len(asked):8} {result['found']:9.1%} {result['mrr']:6.3f} "
                          f"{result['hits']:6.1f} {result['nothing']:6.1%}   {note}", flush=True)
        finally:
            for process in processes:
                process.terminate()
                process.wait(20)


if __name__ == "__main__":
    main()
