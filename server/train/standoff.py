#!/usr/bin/env python3
"""Gold JSONL → the trainer's format.

usage: standoff.py WEIGHT GROUP_OF FILE.jsonl… > corpus.txt

Each line of FILE is {"text","entities":[{"start","end","type"}]}; GROUP_OF sentences make one document."""
import json, sys

weight, group = sys.argv[1], int(sys.argv[2])
for path in sys.argv[3:]:
    for n, row in enumerate(open(path, encoding='utf-8')):
        d = json.loads(row)
        if n % group == 0: print('D', weight)
        start = 0
        for line in d['text'].split('\n'):
            if line.strip():
                print('T', line)
                for e in sorted(d['entities'], key=lambda e: e['start']):
                    s, t = e['start'] - start, e['end'] - start
                    if 0 <= s and t <= len(line): print('E', len(line[:s].encode()), len(line[:t].encode()), e['type'])
            start += len(line) + 1
