#!/usr/bin/env python3
"""Words and how often they come, most frequent first: lines on stdin → word<TAB>count, for clusters.py."""
import collections, re, sys

count = collections.Counter()
for line in sys.stdin: count.update(re.findall(r"[^\W\d_][^\W_]*(?:[-.'’][^\W_]+)*", line))
for word, n in sorted(count.items(), key=lambda x: (-x[1], x[0])): print(word, n, sep='\t')
