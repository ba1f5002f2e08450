#!/usr/bin/env python3
"""Labels raw text with a spaCy pipeline: the teacher of the name tagger's silver corpus.

usage: teacher.py MODEL RAW_DIR > teacher.jsonl

RAW_DIR has *.jsonl.gz with {"id","text"}; paragraphs seen before are left out. One document a line comes out:
{"id","blocks":[{"text","entities":[[start,end,TYPE],…]},…]}."""
import glob, gzip, hashlib, json, sys

import spacy

nlp = spacy.load(sys.argv[1], exclude=['parser', 'lemmatizer', 'attribute_ruler'])
seen = set()

def fresh(text):
    for line in text.split('\n'):
        line = line.strip()
        digest = hashlib.md5(line.encode()).digest()[:8]
        if line and digest not in seen:
            seen.add(digest)
            yield line

def paragraphs():
    for path in sorted(glob.glob(sys.argv[2] + '/*.jsonl.gz')):
        for row in gzip.open(path, 'rt', encoding='utf-8'):
            article = json.loads(row)
            lines = list(fresh(article['text']))
            if sum(map(len, lines)) >= 200:
                for n, line in enumerate(lines): yield line, (article['id'], n)

current = None
for doc, (name, n) in nlp.pipe(paragraphs(), as_tuples=True, batch_size=64):
    if n == 0:
        if current: print(json.dumps(current, ensure_ascii=False))
        current = {'id': name, 'blocks': []}
    current['blocks'].append({'text': doc.text, 'entities': [[e.start_char, e.end_char, e.label_] for e in doc.ents]})
if current: print(json.dumps(current, ensure_ascii=False))
