#!/usr/bin/python3
"""CPU time of ingestion for each article, by stage, and how it grows with the archive; memory while a large file is read.

Synthetic articles of about 3 KB of text (synthetic.py) go through the whole pipeline into an archive: read, analyse, render,
store (of that: the full-text indexes), durable commits. Steps of 1,000 articles are measured when the archive holds
1,000, 10,000 and, with --long, 100,000 and more. CPU time is that of the process's threads, so that other work on the machine
disturbs it little; targets are printed beside the figures and fail nothing.

Where the time goes says `make profile ONLY=ingest`: half of an article's instructions are SQLite's, a third the analyser's. Such
an article becomes some 400 entries of tables and indexes: for each of its 8 quotes a dozen indexes, two rows of whom it has to do
with and five prints of its words, for each of 16 entities two entries and its counters, 24 mentions, 16 shingles. Most of them
fall on pages of their own, so what a larger commit saves is pages written twice, and not the entries.
"""
import argparse
import json
import os
import pathlib
import random
import resource
import subprocess
import tempfile

import synthetic

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXT_BYTES = 3000
TARGET_MS = 2.0
TARGET_MIB = 150
STAGES = ["read", "analyse", "render", "store", "search"]


def write_slice(source, path, first, count):
    """Lines [first, first + count) of a file of articles."""
    with open(source, encoding="utf-8") as lines, open(path, "w", encoding="utf-8") as out:
        for n, line in enumerate(lines):
            if n >= first + count:
                break
            if n >= first:
                out.write(line)


def write_articles(path, count):
    """The generator's articles, which are dense with names and quotes, each lengthened to TEXT_BYTES by sentences without any."""
    deal = random.Random(11)
    words = ["".join(deal.choice(synthetic.ONSETS) + deal.choice(synthetic.VOWELS) for _ in range(deal.randint(2, 4))) for _ in range(20_000)]
    synthetic.write(str(path) + ".part", count)
    with open(str(path) + ".part", encoding="utf-8") as lines, open(path, "w", encoding="utf-8") as out:
        for line in lines:
            document = json.loads(line)
            paragraphs = document["text"].split("\n\n")
            left = TEXT_BYTES - len(document["text"].encode())
            while left > 0:
                sentences = [synthetic.FILLER[document["lang"]].format(*(words[int(len(words) * deal.random() ** 3)] for _ in range(9))) for _ in range(3)]
                paragraphs.insert(deal.randint(1, len(paragraphs)), ". ".join(s[0].upper() + s[1:] for s in sentences) + ".")
                left = TEXT_BYTES - len("\n\n".join(paragraphs).encode())
            document["text"] = "\n\n".join(paragraphs)
            out.write(json.dumps(document, ensure_ascii=False) + "\n")
    os.unlink(str(path) + ".part")


def ingest(binary, db, path, *options):
    """(summary, user + system seconds, peak resident MiB) of one run with one worker."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["/usr/bin/env", binary, "ingest", "--quiet", "--json", "--workers", "1", "--db", db, *options, path],
                          stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), seconds


def resident_mib(binary, db, path):
    """Peak resident memory, from the kernel's own account of the process."""
    process = subprocess.Popen([binary, "ingest", "--quiet", "--json", "--db", db, path], stdout=subprocess.PIPE)
    process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return usage.ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--guillemet", default=str(ROOT / "build" / "guillemet"))
    arguments.add_argument("--long", action="store_true", help="up to 100,000 articles, and a file of 1 GB")
    arguments.add_argument("--most", type=int, help="articles in the largest archive")
    arguments.add_argument("--megabytes", type=int, help="of the large file, about; 0: all articles of the run")
    arguments.add_argument("--json", help="write the figures here")
    options = arguments.parse_args()
    most = options.most or (100_000 if options.long else 10_000)
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= most]
    step = 1_000
    with tempfile.TemporaryDirectory(prefix="guillemet-bench-") as folder:
        folder = pathlib.Path(folder)
        megabytes = options.megabytes or (1000 if options.long else 0)
        write_articles(folder / "all.ndjson", max(most + step, megabytes * 350))
        text = sum(len(json.loads(line)["text"].encode()) for _, line in zip(range(1000), open(folder / "all.ndjson", encoding="utf-8"))) / 1000
        print(f"articles of {text / 1024:.1f} KB of text; CPU ms an article (target {TARGET_MS}), {step} articles a row\n")
        print(f"{'archive':>9} " + " ".join(f"{stage:>8}" for stage in STAGES) + f" {'all':>8} {'a second':>9} {'KB each':>8}")
        rows, filled = [], 0
        for size in sizes:
            write_slice(folder / "all.ndjson", folder / "fill.ndjson", filled, size - filled)
            ingest(options.guillemet, folder / "a.db", folder / "fill.ndjson")
            write_slice(folder / "all.ndjson", folder / "step.ndjson", size, step)
            summary, seconds = ingest(options.guillemet, folder / "a.db", folder / "step.ndjson")
            assert summary["created"] == step, summary
            filled = size + step
            row = {stage: summary[f"{stage}_cpu_seconds"] * 1000 / step for stage in STAGES}
            row |= {"archive": size, "all": seconds * 1000 / step,
                    "kb": (folder / "a.db").stat().st_size / 1024 / filled}
            rows.append(row)
            print(f"{size:9,} " + " ".join(f"{row[stage]:8.3f}" for stage in STAGES) +
                  f" {row['all']:8.3f} {1000 / row['all']:9.0f} {row['kb']:8.1f}", flush=True)
        print(f"\n'search' is part of 'store'. The last archive costs {rows[-1]['all'] / rows[0]['all']:.2f} × the first (target: flat)")
        (folder / "a.db").unlink()
        large = (folder / "all.ndjson").stat().st_size / 1e6
        peak = resident_mib(options.guillemet, folder / "b.db", folder / "all.ndjson")
        print(f"NDJSON of {large:.0f} MB: {peak:.0f} MiB resident at most (target {TARGET_MIB})")
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps({"rows": rows, "megabytes": large, "resident_mib": peak}, indent=1))


if __name__ == "__main__":
    main()
