"""What bench-api asks beside searches and lists: autocomplete, facets, timelines and related entities, under a filter that a tenth of the articles
pass; and what each of these does to a point read while it runs without a pause on two connections. Two processes that have nothing to do with
the server, and compute without a pause, are the comparison: what they cost the point read is the sharing of cores, not the server's."""
import json
import pathlib
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse

import bench


BESIDE = ("search: the commonest word, by relevance", "suggest: one letter", "timeline: articles under the filter", "related: under the filter",
          "facets: all of the articles under the filter")


def cases(base):
    """(what, target in ms, path). The filter is the entity that is nearest to a tenth of all articles."""
    total = json.loads(bench.get(base, "/articles?limit=1"))["total"]
    entities = json.loads(bench.get(base, "/entities?limit=200"))["items"]
    tenth = min(entities, key=lambda e: abs(e["articles"] - total / 10))
    top = entities[0]
    ask = lambda path, **params: path + "?" + urllib.parse.urlencode(params)
    print(f"the filter: {tenth['name']!r} in {tenth['articles']}; best known: {top['name']!r} in {top['articles']}")
    one, articles, quotes = tenth["id"], "source,lang,section,entity,speaker", "source,speaker,type,cue,cue_class,speaker_kind"
    return [
        ("suggest: one letter", 1, ask("/suggest", q="m")),
        ("suggest: three letters", 1, ask("/suggest", q="mar")),
        ("suggest: a word inside a name", 1, ask("/suggest", q=tenth["name"].split()[-1][:5])),
        ("timeline: everything", 20, "/timeline"),
        ("timeline: articles under the filter", 20, ask("/timeline", entity=one)),
        ("timeline: its mentions", 20, ask("/timeline", of="mentions", entity=one)),
        ("timeline: its quotes", 20, ask("/timeline", of="quotes", entity=one)),
        ("timeline: articles under it, split by source", 20, ask("/timeline", entity=one, split="source")),
        ("related: under the filter", 20, f"/entities/{one}/related"),
        ("related: of the best known", 20, f"/entities/{top['id']}/related"),
        ("facets: all of the articles under the filter", 80, ask("/articles", entity=one, facets=articles)),
        ("facets: all of everything", 80, ask("/articles", facets=articles)),
        ("facets: quotes under the filter", 80, ask("/quotes", entity=one, facets=quotes)),
        ("stats", 1, "/stats"),
    ]


def cpu_ms(pid):
    """Of all threads, to the nanosecond: clock ticks are too coarse for autocomplete."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e6


def measure(base, pid, path, target, rounds):
    rounds *= 50 if target <= 1 else 1
    bench.get(base, path)
    before = cpu_ms(pid)
    for _ in range(rounds):
        bench.get(base, path)
    return (cpu_ms(pid) - before) / rounds


def p99(base, path, heavy, seconds):
    """99th percentile, in ms of wall clock, of a point read while two threads ask for `heavy` (None: nobody)."""
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            try:
                bench.get(base, heavy)
            except urllib.error.HTTPError as error:  # 503: it ran out of its time on a busy machine
                error.close()

    others = [threading.Thread(target=ask) for _ in range(2 if heavy else 0)]
    for other in others:
        other.start()
    taken, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        bench.get(base, path)
        taken.append((time.monotonic() - began) * 1000)
        time.sleep(0.002)
    stop.set()
    for other in others:
        other.join()
    return statistics.quantiles(taken, n=100)[98]


def delays(base, asked, processes):
    article = "/articles/" + json.loads(bench.get(base, "/articles?limit=1"))["items"][0]["id"]
    print(f"\nGET /articles/{{id}}, 99th percentile in ms: {p99(base, article, None, 3):.1f} alone")
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    processes += burners
    print(f"{'  while two other programs compute':60} {p99(base, article, None, 3):7.1f}", flush=True)
    for burner in burners:
        burner.terminate()
    for what, _, path in asked:
        if what in BESIDE:
            print(f"{'  while two clients ask for ' + what:60} {p99(base, article, path, 3):7.1f}", flush=True)
