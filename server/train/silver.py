#!/usr/bin/env python3
"""Turns a teacher's labels over raw press text into a training corpus for names_train.

usage: silver.py TEACHER.jsonl PACK_DIR GAZ_ORGS PEOPLE [HELD_OUT.standoff.jsonl…] > corpus.txt

TEACHER has one document a line: {"blocks": [{"text", "entities": [[start, end, TYPE], …]}, …]}. The labels are
corrected where the teacher is known to be wrong (titles and articles inside names, demonyms and months as
names, famous organisations missed or mistyped), made consistent in each document and over the corpus, and
left open (`?`) where the evidence is divided: the trainer then sums over all labels. Nothing is sampled at
random: the output depends on the input alone.

The articles that HELD_OUT labels (tests/eval) are left out, and so is every paragraph anywhere that shares twelve words in
a row with one of them: agencies' text stands in several papers."""
import collections, json, re, sys

teacher, pack, org_file, people_file = sys.argv[1:5]
held_out = {json.loads(line)['id'] for path in sys.argv[5:] for line in open(path, encoding='utf-8')}

def table(name):
    out = {}
    for line in open(f'{pack}/{name}.tsv', encoding='utf-8'):
        if not line.startswith('#') and line.strip():
            c = line.rstrip('\n').split('\t'); out[c[0]] = c[1:]
    return out

TITLES, FUNCTIONS, MONTHS, DAYS, DEMONYMS, COMMON = (table(t) for t in
    ('person_titles', 'functions', 'months', 'weekdays', 'demonyms', 'common_words'))
FIRST, SURNAMES, PLACES, METONYMS, PLACE_HEADS, ORG_HEADS = (table(t) for t in
    ('first_names', 'surnames', 'places', 'metonyms', 'place_heads', 'organisation_heads'))
AMBIGUOUS = set('''Libération Orange Free Signal Liberté Public Elle Capital Première Science Nature Marianne Closer Voici Gala
Total Casino Printemps But Boulanger Visa Continental Bell Metro Coop Fortune People Time Vox Vice Brut Les\xa0Jours Challenges
L'Avenir L'Union L'Expression L'Express L'Écho Le\xa0Matin Le\xa0Soir Le\xa0Temps La\xa0Presse La\xa0Liberté Alliance Solidaires
Horizons Agir Renaissance Générations Reconquête Place\xa0publique Verts Bleus Canadiens Impact Alouettes Défi Ecolo Labour Aides
Iris IRIS Léger Capitole Columbia Cambridge Oxford Harvard Nanterre Assas Centrale Sorbonne Ferrari Sky Lu Bic Seb Apple Meta Dell
Chelsea Arsenal Everton Liverpool Girondins Fed Swiss Emirates Wagner Mercedes Parisien Figaro Congrès Sénat Agora Variety Politico
RAID PAM MIT EI AP APS BP GE GM HP LG ING LOU ABC DH FT PJ CSA BRI AMF PP Sputnik Nostalgie Spiegel Guardian Bild Blick'''.replace('\n', ' ').split(' '))
AMBIGUOUS = {a.replace('\xa0', ' ') for a in AMBIGUOUS}
ORGS = {}
for line in open(org_file, encoding='utf-8'):
    line = line.strip()
    if line.startswith('['): kind = line[1:-1]
    elif line: ORGS[line] = kind
PEOPLE = {n for line in open(people_file, encoding='utf-8') for n in line.rstrip('\n').split('|')[1:]}
SURE = sorted((o for o in ORGS if o not in AMBIGUOUS and (len(o) > 2 or o in ('PS', 'UE', 'RN', 'FN', 'LR', 'FO'))), key=lambda o: -len(o))
SURE_RE = re.compile(r"(?<![\w’'-])(?:(?<=[ldLDuU]['’]))?(" + '|'.join(re.escape(o).replace("'", "['’]") for o in SURE) + r")(?![\w])|(?<=[ldLDu]['’])(" + '|'.join(re.escape(o).replace("'", "['’]") for o in SURE if not o.startswith(("L'", "D'"))) + r")(?![\w])")
STREETS = set('rue avenue boulevard place quai impasse allée chemin square esplanade salle gymnase lac mont col pic île forêt palais stade château tour pont aéroport gare parc'.split())
WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*\.?|[^\w\s]")
SMALL = set("le la les l' l’ un une de du des d' d’ à au aux en et son sa ses ce cet cette qu' qu’ que s' s’ n' par pour chez dans sur".split())
low = lambda w: w.lower().replace('’', "'")

def is_capital(w): return w[:1].isupper() or (w[:1].isdigit() and any(c.isupper() for c in w))

def tidy(text, s, e, kind):
    """The span without what never belongs to a name; None when nothing is left."""
    while s < e and not text[s].isalnum(): s += 1
    while s < e and not (text[e-1].isalnum() or text[e-1] in '.)!+'): e -= 1
    if e - s > 1 and text[e-1] in '.)' and not re.search(r'\.\w\.$|\(.*\)$', text[s:e]): e -= 1
    moved = True
    while moved and s < e:
        moved = False
        m = re.match(r"([ldLDqQ]u?['’])(?=\w)", text[s:e])
        if m and text[s:e].replace('’', "'") not in ORGS and not re.match(r"L['’](Ha|Is|Aig|Île)", text[s:e]) :
            s += m.end(); moved = True; continue
        m = re.match(r"(\S+)\s+(?=\S)", text[s:e])
        if not m: break
        w = m.group(1); l = low(w)
        if text[s:e].replace('’', "'") in ORGS: break
        small = l in SMALL and (not w[0].isupper() or s == 0 or kind != 'MISC') and not (w[0].isupper() and kind in ('LOC', 'PER') and w in ('Le', 'La', 'Les', 'De', 'Du', 'Des') and s > 0 and text[s-1] == ' ')
        title = kind == 'PER' and (l in TITLES or l.rstrip('.') in TITLES or (l in FUNCTIONS and not w[0].isupper())) and w not in ('Saint', 'Sainte', 'Don')
        lower = w[0].islower() and (kind == 'PER' or (kind == 'LOC' and l not in STREETS) or (kind == 'ORG' and l not in ORG_HEADS))
        if small or title or lower: s += m.end(); moved = True
    words = WORD.findall(text[s:e])
    if not any(is_capital(w) for w in words): return None
    names = [low(w) for w in words if w[0].isalpha()]
    if all(n in DEMONYMS or n in MONTHS or n in DAYS or n in SMALL for n in names): return None
    if len(names) == 1 and COMMON.get(names[0], ['z'])[0] == 'a' and text[s:e] not in ORGS: return None
    return s, e

def retype(form, kind):
    f = form.replace('’', "'")
    if f in PEOPLE: return 'PER'
    if low(f) in METONYMS and METONYMS[low(f)][1] == 'seat': return 'ORG'
    if f in ORGS and (f not in AMBIGUOUS or kind == 'MISC'): return 'ORG'
    p = PLACES.get(low(f))
    if p and p[0] == 'country': return 'LOC'
    words = f.split()
    if kind == 'LOC' and len(words) > 1 and low(words[0]) in FIRST and low(words[-1]) in SURNAMES and low(f) not in PLACES: return 'PER'
    if len(words) == 1 and f.isupper() and 2 < len(f) < 7 and kind in ('MISC', 'LOC') and low(f) not in PLACES: return 'ORG'
    return kind

def overlaps(spans, s, e): return any(a < e and s < b for a, b, _ in spans)

def correct(block):
    text, out = block['text'], []
    for s, e, kind in block['entities']:
        span = tidy(text, s, e, kind)
        if span and not overlaps(out, *span): out.append([*span, retype(text[span[0]:span[1]], kind)])
    for m in SURE_RE.finditer(text):
        if not overlaps(out, *m.span()): out.append([*m.span(), 'ORG'])
        else:
            for x in out:
                if x[0] <= m.start() and m.end() <= x[1] and x[2] != 'ORG' and x[1] - x[0] < m.end() - m.start() + 6 and x[2] == 'MISC': x[2] = 'ORG'
    block['entities'] = sorted(out)

SHARED = 12

def runs(text):
    words = re.findall(r'\w+', text.lower())
    return {' '.join(words[i:i + SHARED]) for i in range(len(words) - SHARED + 1)}

def without_held_out(docs):
    """The documents without what was held out; what was dropped is counted on standard error."""
    known = set().union(*(runs(b['text']) for d in docs if d['id'] in held_out for b in d['blocks'])) if held_out else set()
    kept, articles, paragraphs = [], 0, 0
    for d in docs:
        if d['id'] in held_out: articles += 1; continue
        blocks = [b for b in d['blocks'] if not known & runs(b['text'])] if known else d['blocks']
        paragraphs += len(d['blocks']) - len(blocks)
        if blocks: kept.append({**d, 'blocks': blocks})
    if held_out: print(f'held out: {articles} articles, {paragraphs} paragraphs of others', file=sys.stderr)
    return kept

docs = without_held_out([json.loads(l) for l in open(teacher, encoding='utf-8')])
for d in docs:
    for b in d['blocks']: correct(b)

# One form, one type, in a document and then in the corpus, when the evidence is clear.
forms = collections.defaultdict(collections.Counter)
for d in docs:
    for b in d['blocks']:
        for s, e, k in b['entities']: forms[b['text'][s:e]][k] += 1
single = re.compile(r"(?<![\w’'-])(?:[LlDdQq]u?['’])?([A-ZÀ-ÖØ-Þ][\w-]*[\w])(?![\w’'-])")
free = collections.Counter()
for d in docs:
    for b in d['blocks']:
        for m in single.finditer(b['text']):
            before = b['text'][:m.start(1)].rstrip()
            if before and before[-1] not in '.!?…:«"“»–—-•)' and not overlaps(b['entities'], *m.span(1)): free[m.group(1)] += 1

def corpus_type(form):
    c = forms[form]; n = sum(c.values())
    if n < 4: return None
    k, v = c.most_common(1)[0]
    return k if v >= .75 * n else '?'

for d in docs:
    people = collections.Counter()
    for b in d['blocks']:
        for s, e, k in b['entities']:
            w = b['text'][s:e].split()
            if k == 'PER' and len(w) > 1: people[w[-1]] += 1
            for i in range(1, len(w) - 1):
                if k == 'PER' and w[i][0].isupper(): people[' '.join(w[i:])] += 1
    for b in d['blocks']:
        text, ents = b['text'], b['entities']
        for x in ents:
            form = text[x[0]:x[1]]
            if form in people and form not in ORGS and PLACES.get(low(form), [''])[0] != 'country': x[2] = 'PER'
            else:
                t = corpus_type(form)
                if t and t != x[2]: x[2] = t if t != '?' or ' ' not in form else x[2]
        extra = []
        for m in single.finditer(text):
            s, e = m.span(1); w = m.group(1)
            if overlaps(ents, s, e): continue
            before = text[:s].rstrip()
            inside = before and before[-1] not in '.!?…:«"“»–—-•)'
            l = low(w); c = COMMON.get(l, ['z'])[0]
            if l in MONTHS or l in DAYS or l in DEMONYMS: continue
            if w in people and c in 'cdz': extra.append([s, e, 'PER']); continue
            tagged = sum(forms[w].values())
            if inside and c in 'cdz' and l not in TITLES and l not in FUNCTIONS:
                t = corpus_type(w) if tagged >= 5 and tagged > 2 * free[w] else '?'
                extra.append([s, e, t or '?'])
            elif not inside and c == 'z': extra.append([s, e, '?'])
        b['entities'] = sorted(ents + extra)

for d in docs:
    print('D', 1)
    for b in d['blocks']:
        t = b['text'].replace('\n', ' ')
        print('T', t)
        for s, e, k in b['entities']: print('E', len(t[:s].encode()), len(t[:e].encode()), k)
