#!/usr/bin/env python3
"""Makes the table `langid` of a language pack from running text.

usage: langid.py TABLE SOURCE-LINE FILE... (TABLE is read, then written anew)

The words of TABLE and their weights are kept: they are the function words of the language, chosen by a person,
because what is merely frequent in a sample is about its subject. FILE holds one JSON object a line with a "text" (or plain
text, one paragraph a line), may be gzipped. Only counts of trigrams leave this program.
"""
import collections
import gzip
import json
import math
import re
import sys

TRIGRAMS = 1500
WORD = re.compile(r"[^\W\d_]+")


def paragraphs(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            line = line.strip()
            if line.startswith("{"):
                record = json.loads(line)
                line = record.get("text") or ""
            for paragraph in re.split(r"\n+", line):
                if len(paragraph) >= 100:
                    yield paragraph.lower()


def trigrams(word):
    edged = f"_{word}_"
    return (edged[i:i + 3] for i in range(len(edged) - 2))


def main():
    table, source, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(table, encoding="utf-8") as lines:
        frequent = [line.strip() for line in lines if not re.match(r"[#~\s]", line)]
    grams, held = collections.Counter(), []
    for path in paths:
        # Files are of very different sizes and one story fills some of them: the root evens them out.
        grams_in_file = collections.Counter()
        for n, paragraph in enumerate(paragraphs(path)):
            found = WORD.findall(paragraph)
            if n % 10 == 0:
                held.append(found)
                continue
            for word in found:
                grams_in_file.update(trigrams(word))
        total = sum(grams_in_file.values()) or 1
        for gram, count in grams_in_file.items():
            grams[gram] += count / math.sqrt(total)
    total = sum(grams.values())
    weight = {g: round(-100 * math.log10(n / total)) for g, n in grams.most_common(TRIGRAMS)}
    floor = max(weight.values()) + 60
    means = sorted(
        sum(weight.get(g, floor) for g in found) / len(found)
        for found in ([g for w in words for g in trigrams(w)] for words in held)
        if len(found) >= 80)
    typical = round(means[len(means) // 2])
    with open(table, "w", encoding="utf-8") as out:
        print(f"# source: {source}", file=out)
        print("# words: chosen by hand, 100 or less for words of neighbouring languages; the rest made by server/train/langid.py (its head says how)", file=out)
        print(f"~floor\t{floor}\n~typical\t{typical}", file=out)
        for word in frequent:
            print(word, file=out)
        for gram, n in weight.items():
            print(f"~{gram}\t{n}", file=out)


main()
