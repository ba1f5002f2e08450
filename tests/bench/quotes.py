#!/usr/bin/env python3
"""Quotes and speakers beside their targets, with the reliability of the printed confidence.

usage: quotes.py CORPUS_DIR [BINARY]

CORPUS_DIR has quotes-fr/DEV-fr-news.jsonl and quotes-en/DEV-polnear.jsonl, on which the rules were tuned, and raw-fr/, with
which tests/eval/join.py makes the three French sets that were labelled before tuning. All are scored by `guillemet evaluate`. A target is
a floor unless it starts with <=. The calibration error is the mean distance between the printed confidence and the share that was
right, over tenths. Where valgrind is there, the instructions of quotes and of names are compared too. The exit status says whether the figures could be had, not whether they are good."""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile

if len(sys.argv) < 2:
    sys.exit(__doc__)
corpus = pathlib.Path(sys.argv[1])
binary = sys.argv[2] if len(sys.argv) > 2 else os.environ.get('TEST_BINARY', 'build/guillemet')
tests = pathlib.Path(__file__).resolve().parent.parent

def f1(group, level):
    return lambda s: s[group][level]['f1']

FRENCH = (('direct + mixed, content_30 F1', f1('direct+mixed', 'content_30'), 92),
          ('direct + mixed, content_80 F1', f1('direct+mixed', 'content_80'), 87),
          ('direct + mixed, content_exact F1', f1('direct+mixed', 'content_exact'), 80),
          ('speaker %', lambda s: s['speaker'], 88),
          ('end to end F1', lambda s: s['end_to_end']['f1'], 80),
          ('indirect recall, content_30', lambda s: s['indirect']['content_30']['recall'], 70),
          ('direct with unknown speaker %', lambda s: s['unknown_direct'], '<= 8'))
FALSE_MARKS = (('false marks', lambda s: s['false_marks'], '<= 1'),)
ENGLISH = (('direct, content_30 F1', f1('direct', 'content_30'), 88),
           ('mixed, content_30 F1', f1('mixed', 'content_30'), 70),
           ('speaker %', lambda s: s['speaker'], 80),
           ('direct with unknown speaker %', lambda s: s['unknown_direct'], '<= 8'))

def evaluate(path, lang):
    run = subprocess.run([binary, 'evaluate', '--task', 'quotes', '--lang', lang, path], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)

def show(title, score, rows):
    print(f'\n{title}')
    for name, get, target in rows:
        found, least = get(score), not str(target).startswith('<=')
        limit = float(str(target).replace('<=', ''))
        good = found is not None and (found >= limit if least else found <= limit)
        print(f'  {name:<36} {found if found is not None else "-":>6}   target {target!s:>5}   {"" if good else "missed"}')
    quotes = sum(b['quotes'] for b in score['reliability'])
    error = sum(b['quotes'] * abs(b['confidence'] - b['right']) for b in score['reliability']) / max(1, quotes)
    print(f'  {"calibration error, points":<36} {error:>6.1f}')
    print('  confidence: ' + '  '.join(f'{b["confidence"]:.0f} → {b["right"]:.0f} % of {b["quotes"]}' for b in score['reliability']))

def instructions(path, lang):
    """What quotes and names cost in one analysis, in instructions as callgrind counts them; None without valgrind."""
    if not shutil.which('valgrind'):
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = f'{folder}/callgrind.out'
        subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}', os.path.realpath(binary), 'evaluate', '--task',
                        'quotes', '--lang', lang, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        report = subprocess.run(['callgrind_annotate', '--inclusive=yes', '--threshold=100', out], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, check=True, text=True).stdout
    cost = {}
    for count, function in re.findall(r'^ *([\d,]+) .*:(\w+) \[', report, re.M):
        cost[function] = max(cost.get(function, 0), int(count.replace(',', '')))
    return sum(cost.get(f, 0) for f in ('quotes_find', 'speakers_resolve')), sum(cost.get(f, 0) for f in ('names_find', 'roles_find'))

def labelled_set(folder, name):
    """A French set labelled before tuning, its labels put to the texts; None where the texts aren't there."""
    joined = pathlib.Path(folder) / f'{name}.jsonl'
    with open(joined, 'wb') as out:
        run = subprocess.run([sys.executable, tests / 'eval/join.py', tests / f'eval/{name}.standoff.jsonl'], stdout=out,
                             env={**os.environ, 'GUILLEMET_CORPUS': str(corpus)})
    return joined if run.returncode == 0 else None

dev = evaluate(corpus / 'quotes-fr/DEV-fr-news.jsonl', 'fr')
show('French, DEV-fr-news (tuned on)', dev, FRENCH + FALSE_MARKS)
with tempfile.TemporaryDirectory() as folder:
    for name in ('quotes-fr-2', 'quotes-fr-3', 'quotes-fr-4'):
        joined = labelled_set(folder, name)
        if joined:
            score = evaluate(joined, 'fr')
            show(f'French, {name} (labelled before tuning, its errors read since; targets: those above less 5)', score,
                 tuple((n, g, t - 5 if isinstance(t, int) else t) for n, g, t in FRENCH))
            print(f'  false marks {score["false_marks"]} of {score["false_marks_of"]}')
show('English, DEV-polnear (tuned on)', evaluate(corpus / 'quotes-en/DEV-polnear.jsonl', 'en'), ENGLISH)
for name, path, lang in (('French', corpus / 'quotes-fr/DEV-fr-news.jsonl', 'fr'), ('English', corpus / 'quotes-en/DEV-polnear.jsonl', 'en')):
    cost = instructions(path, lang)
    if cost and cost[1]:
        share = 100 * cost[0] / cost[1]
        print(f'\n{name}: quotes cost {cost[0]:,} instructions, names {cost[1]:,}: {share:.0f} %   target <= 40   {"" if share <= 40 else "missed"}')
