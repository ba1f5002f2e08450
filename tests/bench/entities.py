#!/usr/bin/env python3
"""Names beside spaCy on the same files: precision, recall, F1, paired bootstrap, words per CPU-second, memory, start-up;
and each target beside its figure at the end.

usage: entities.py CORPUS_DIR [BINARY]

The project's own labels (tests/eval/*.standoff.jsonl) are joined with their texts in raw-fr; the French sets are also pooled.

CORPUS_DIR has ner-fr/*.jsonl and ner-en/*.jsonl: {"id","text","entities":[{"start","end","type"}]}, type OPT counting
neither way, and raw-fr/*.jsonl.gz for the speed. spaCy is measured when it and its models are installed
(fr_core_news_md, en_core_web_sm; SPACY_FR and SPACY_EN name others)."""
import glob, gzip, json, os, pathlib, random, resource, subprocess, sys, time

corpus = sys.argv[1]
binary = sys.argv[2] if len(sys.argv) > 2 else os.environ.get('TEST_BINARY', 'build/guillemet')
TYPES = ('PER', 'ORG', 'LOC')
SPACY = {'fr': os.environ.get('SPACY_FR', 'fr_core_news_md'), 'en': os.environ.get('SPACY_EN', 'en_core_web_sm')}
LABELS = {'PERSON': 'PER', 'GPE': 'LOC', 'FAC': 'LOC'}
EVAL = pathlib.Path(__file__).resolve().parent.parent / 'eval'
SETS = (('fr', 'ner-fr/DEV-annodis-news.jsonl'), ('fr', 'ner-fr-2.standoff.jsonl'), ('fr', 'ner-fr-3.standoff.jsonl'),
        ('en', 'ner-en/DEV-dwie-test.jsonl'),
        ('en', 'ner-en/DEV-uner-ewt.jsonl'))

def ours(docs, lang):
    """Spans per document, and the CPU seconds that it took."""
    lines = ''.join(json.dumps({'id': str(i), 'text': d['text'], 'lang': lang}) + '\n' for i, d in enumerate(docs))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([binary, 'analyse', '--ndjson', '-'], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = [json.loads(line) for line in run.stdout.decode().splitlines()]
    spans = [{(m['start'], m['end'], m['type']) for e in a['entities'] for m in e['mentions']} for a in out]
    return spans, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

def spacys(nlp, docs):
    start = time.process_time()
    out = [{(e.start_char, e.end_char, LABELS.get(e.label_, e.label_)) for e in nlp(d['text']).ents} for d in docs]
    return out, time.process_time() - start

def counts(docs, spans):
    """Per document and type: right, predicted, gold."""
    rows = []
    for d, p in zip(docs, spans):
        opt = [(e['start'], e['end']) for e in d['entities'] if e['type'] == 'OPT']
        p = {x for x in p if x[2] in TYPES and not any(x[0] < e and s < x[1] for s, e in opt)}
        g = {(e['start'], e['end'], e['type']) for e in d['entities'] if e['type'] in TYPES}
        rows.append({t: (sum(x[2] == t for x in g & p), sum(x[2] == t for x in p), sum(x[2] == t for x in g)) for t in TYPES})
    return rows

def f1(rows, types=TYPES):
    right, predicted, gold = (sum(r[t][i] for r in rows for t in types) for i in range(3))
    p, r = right / max(predicted, 1), right / max(gold, 1)
    return 100 * p, 100 * r, 200 * p * r / (p + r) if p + r else 0.0

def bootstrap(a, b, rounds=1000):
    """95 % interval of F1(a) - F1(b) over documents drawn with replacement, the same for both."""
    rng, n, diffs = random.Random(1), len(a), []
    for _ in range(rounds):
        pick = [rng.randrange(n) for _ in range(n)]
        diffs.append(f1([a[i] for i in pick])[2] - f1([b[i] for i in pick])[2])
    diffs.sort()
    return diffs[rounds // 40], diffs[-rounds // 40 - 1]

def show(name, rows):
    p, r, f = f1(rows)
    print(f'  {name:<22} P {p:5.1f}  R {r:5.1f}  F1 {f:5.1f}   ' + '  '.join(f'{t} {f1(rows, (t,))[2]:5.1f}' for t in TYPES))

def load_spacy(lang):
    try:
        import spacy
        return spacy.load(SPACY[lang])
    except (ImportError, OSError):
        return None

def load(name):
    """Gold documents of one set, or None where its texts aren't there."""
    if name.endswith('.standoff.jsonl'):
        run = subprocess.run([sys.executable, EVAL / 'join.py', EVAL / name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             env=dict(os.environ, GUILLEMET_CORPUS=corpus))
        return [json.loads(line) for line in run.stdout.decode().splitlines()] if run.returncode == 0 else None
    path = os.path.join(corpus, name)
    return [json.loads(line) for line in open(path, encoding='utf-8')] if os.path.exists(path) else None

TARGETS = []  # (what, figure, target, reached)

def target(what, figure, least=None, most=None):
    reached = figure >= least if least is not None else figure <= most
    TARGETS.append((what, figure, f'≥ {least:g}' if least is not None else f'≤ {most:g}', reached))

def memory_and_start(docs):
    """Anonymous resident MB with both languages at work, and CPU milliseconds of starting."""
    run = subprocess.Popen([binary, 'analyse', '--ndjson', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for n in range(200):
        d = docs['fr' if n % 2 else 'en'][n % min(map(len, docs.values()))]
        run.stdin.write((json.dumps({'text': d['text'], 'lang': 'fr' if n % 2 else 'en'}) + '\n').encode())
        run.stdin.flush()
        run.stdout.readline()
    anonymous = next(int(l.split()[1]) for l in open(f'/proc/{run.pid}/status') if l.startswith('RssAnon')) / 1024
    run.stdin.close()
    run.wait()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(20):
        subprocess.run([binary, 'analyse', '--lang', 'fr', '-'], input=b'Paris.', stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return anonymous, 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 20

def report(name, lang, mine, peer):
    print(f'{name}: {len(mine)} documents, {sum(r[t][2] for r in mine for t in TYPES)} names')
    show('guillemet', mine)
    if peer:
        show(SPACY[lang], peer)
        low, high = bootstrap(mine, peer)
        print(f'  difference of F1, 95 %: {low:+.1f} … {high:+.1f}')
        return low

def shouted(text):
    """In capitals, every character in its place."""
    return ''.join(c.upper() if len(c.upper()) == 1 else c for c in text)

models = {lang: load_spacy(lang) for lang in ('fr', 'en')}
pooled = {'fr': [[], [], 0], 'en': [[], [], 0]}
texts = {'fr': [], 'en': []}
SHOUTED = ('ner-fr/DEV-annodis-news.jsonl', 'ner-en/DEV-dwie-test.jsonl')
LEAST_F1 = {'ner-en/DEV-dwie-test.jsonl': 80, 'ner-en/DEV-uner-ewt.jsonl': 65}
for lang, name in SETS:
    docs = load(name)
    if docs is None:
        print(f'{name}: not there'); continue
    mine = counts(docs, ours(docs, lang)[0])
    peer = counts(docs, spacys(models[lang], docs)[0]) if models[lang] else []
    low = report(name, lang, mine, peer)
    texts[lang] += docs
    if name in SHOUTED:
        show('the same in capitals', counts(docs, ours([dict(d, text=shouted(d['text'])) for d in docs], lang)[0]))
    if name in LEAST_F1:
        target(f'{name}, F1', f1(mine)[2], least=LEAST_F1[name])
        if low is not None: target(f'{name}, F1 above {SPACY[lang]}, low end of 95 %', low, least=0)
    pooled[lang] = [pooled[lang][0] + mine, pooled[lang][1] + peer, pooled[lang][2] + 1]
if pooled['fr'][2] > 1:
    low = report('French, pooled', 'fr', *pooled['fr'][:2])
    target('French, pooled, F1', f1(pooled['fr'][0])[2], least=80)
    target('French, pooled, F1 of ORG', f1(pooled['fr'][0], ('ORG',))[2], least=65)
    if low is not None: target(f'French, pooled, F1 above {SPACY["fr"]}, low end of 95 %', low, least=5)

raw = []
for path in sorted(glob.glob(os.path.join(corpus, 'raw-fr', '*.jsonl.gz'))):
    with gzip.open(path, 'rt', encoding='utf-8') as f:
        raw += [json.loads(line) for _, line in zip(range(120), f)]
if raw:
    words = sum(len(d['text'].split()) for d in raw)
    seconds = ours(raw, 'fr')[1]
    print(f'speed, names and quotes, {words} words of press: guillemet {words / seconds:,.0f} words per CPU-second')
    if models['fr']:
        few = raw[::20]
        some = sum(len(d['text'].split()) for d in few)
        peer = some / spacys(models['fr'], few)[1]
        print(f'  {SPACY["fr"]} {peer:,.0f}, a ratio of {words / seconds / peer:.0f}')
        target(f'words per CPU-second as a multiple of {SPACY["fr"]}\'s', words / seconds / peer, least=25)
weights = sum(path.stat().st_size for path in (EVAL.parent.parent / 'server' / 'lang').glob('*/entities.model'))
target('weights, MB', weights / 1e6, most=12)
if all(texts.values()):
    anonymous, start_ms = memory_and_start(texts)
    target('anonymous resident memory, both languages, MB', anonymous, most=64)
    target('start-up, CPU ms', start_ms, most=100)
print(f'\n{"targets":66}{"figure":>8}  {"target":>7}')
for what, figure, wanted, reached in TARGETS:
    print(f'{what:66}{figure:8.1f}  {wanted:>7}  {"reached" if reached else "MISSED"}')
