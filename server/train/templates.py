#!/usr/bin/env python3
"""Fills sentence templates from the gazetteers: names in contexts of which there is little labelled text.

usage: templates.py TEMPLATES PACK_DIR ORGS FILLS WEIGHT > corpus.txt   (format of names_train)"""
import random, re, sys

templates, pack, orgs, fills, weight = sys.argv[1:6]
rng = random.Random(11)

def keys(name, want=lambda c: True):
    return [c[0] for c in (l.rstrip('\n').split('\t') for l in open(f'{pack}/{name}.tsv', encoding='utf-8') if l[0] != '#') if want(c)]

cap = lambda s: ' '.join(w.capitalize() for w in s.split())
common = {k for k in keys('common_words', lambda c: c[1] in 'ab')}
FIRST = [cap(k) for k in keys('first_names') if k not in common and k.isalpha()]
SUR = [cap(k) for k in keys('surnames') if k not in common and k.isalpha()]
COUNTRY = [cap(k) for k in keys('places', lambda c: c[1] == 'country')]
REGION = [cap(k) for k in keys('places', lambda c: c[1] == 'region') if '.' not in k]
CITY = [cap(k) for k in keys('places', lambda c: c[1] == 'city') if k.split()[0] not in common]
DEM = [cap(k) for k in keys('demonyms') if k.endswith(('an', 'ish', 'ese', 'ian'))]
by_kind, kind = {}, ''
for line in open(orgs, encoding='utf-8'):
    line = line.strip()
    if line.startswith('['): kind = line[1:-1]
    elif line: by_kind.setdefault(kind, []).append(line)
DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split()
pick = rng.choice

def company():
    return pick([lambda: pick(by_kind['company']), lambda: pick(by_kind['company']), lambda: pick(SUR) + pick([' Inc.', ' Corp', ' Group', ' & Sons', ' Motors', ' Energy', ' Airlines', ' Bank', ' Industries', ' Technologies', ' Media', ' Foods'])])()

def body():
    return pick([lambda: pick(by_kind['institution']), lambda: pick(by_kind['union']), lambda: pick(by_kind['institution']),
                 lambda: pick(SUR) + pick([' Foundation', ' Institute', ' Center', ' Association']),
                 lambda: pick(['Ministry of ', 'Department of ']) + pick(['Health', 'Labor', 'Finance', 'Defense', 'Justice', 'Trade', 'Energy']),
                 lambda: pick(DEM) + pick([' Red Cross', ' Football Association', ' Academy of Sciences', ' Medical Association', ' Central Bank'])])()

FILL = {'PER': (lambda: pick(FIRST) + ' ' + pick(SUR), 'PER'), 'SUR': (lambda: pick(SUR), 'PER'), 'FIRST': (lambda: pick(FIRST), 'PER'),
        'LOC': (lambda: pick(pick([COUNTRY, REGION, CITY, CITY])), 'LOC'), 'ORG': (body, 'ORG'), 'COMP': (company, 'ORG'),
        'CLUB': (lambda: pick(pick([by_kind['club'], by_kind['club'], CITY])), 'ORG'), 'PARTY': (lambda: pick(by_kind['party']), 'ORG'),
        'MEDIA': (lambda: pick(by_kind['media']), 'ORG'), 'UNI': (lambda: pick([lambda: pick(by_kind['university']), lambda: 'University of ' + pick(CITY), lambda: pick(CITY) + ' University'])(), 'ORG'),
        'ACR': (lambda: ''.join(pick('ABCDEFGHILMNOPRSTU') for _ in range(pick([3, 3, 4]))), 'ORG'), 'DEM': (lambda: pick(DEM), None), 'DAY': (lambda: pick(DAYS), None)}

lines = [l.strip() for l in open(templates, encoding='utf-8') if l.strip() and l[0] != '#']
for _ in range(int(fills)):
    print('D', weight)
    for line in lines:
        out, spans = '', []
        for part in re.split(r'(\{\w+\})', line):
            if part.startswith('{'):
                make, label = FILL[part[1:-1]]
                text = make()
                if label: spans.append((len(out.encode()), len((out + text).encode()), label))
                out += text
            else: out += part
        print('T', out)
        for s in spans: print('E', *s)
