#!/usr/bin/env python3
"""Adds capitals to a training corpus: a copy of every 30th document in capitals only (titles, old wires), and of
every 12th with people's surnames in capitals (Jacques FISSIER). stdin → stdout, the format of names_train."""
import sys

def upper(text):
    return text.upper() if len(text.upper().encode()) == len(text.encode()) else text

def surnames(text, names):
    raw = text.encode()
    for s, e, kind in names:
        words = raw[s:e].decode().split(' ')
        if kind == 'PER' and len(words) > 1: raw = raw[:s] + ' '.join(words[:-1] + [upper(words[-1])]).encode() + raw[e:]
    return raw.decode()

documents = []
for line in sys.stdin:
    line = line.rstrip('\n')
    if line[0] == 'D': documents.append([line, []])
    elif line[0] == 'T': documents[-1][1].append([line[2:], []])
    else:
        s, e, kind = line[2:].split()
        documents[-1][1][-1][1].append((int(s), int(e), kind))

def write(head, blocks, change):
    print(head)
    for text, names in blocks:
        print('T', change(text, names))
        for name in names: print('E', *name)

for n, (head, blocks) in enumerate(documents):
    write(head, blocks, lambda text, _: text)
    if n % 30 == 0: write('D 0.5', blocks, lambda text, _: upper(text))
    if n % 12 == 0: write('D 0.5', blocks, surnames)
