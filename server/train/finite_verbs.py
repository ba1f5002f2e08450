#!/usr/bin/env python3
"""Writes server/lang/<code>/finite_verbs.tsv: common finite verb forms that are nothing else (not also a noun, an adjective…).

usage: finite_verbs.py fr LEFFF.mlex PLAIN-TEXT…   most frequent such forms of Lefff in the texts given (counts only)
       finite_verbs.py en CONLLU…                  past and present forms seen in treebank files, never as anything else
"""
import collections, re, sys

def french(source, texts):
    tags = collections.defaultdict(set)
    for line in open(source, encoding='utf-8'):
        p = line.rstrip('\n').split('\t')
        if len(p) >= 4: tags[p[0]].add((p[1], p[3]))
    def finite(w):
        t = tags.get(w)
        if not t: return False
        for cat, tag in t:
            if cat in ('v', 'auxAvoir', 'auxEtre'):
                if re.match(r'[WGK]|Y', tag) and tag[0] != 'Y': return False
            else: return False
        return any(re.match(r'[PSIJFCT]+\d', tag) for _, tag in t)
    count = collections.Counter()
    for path in texts:
        count.update(re.findall(r"[a-zà-öø-ÿœ]+", open(path, encoding='utf-8').read().lower()))
    return sorted(w for w, n in count.most_common(60000) if n >= 8 and len(w) > 2 and finite(w))

def english(files):
    seen = collections.defaultdict(collections.Counter)
    for path in files:
        for line in open(path, encoding='utf-8'):
            p = line.split('\t')
            if len(p) > 5 and p[1].isalpha():
                fin = p[3] in ('VERB', 'AUX') and 'VerbForm=Fin' in p[5] and 'Mood=Imp' not in p[5]
                seen[p[1].lower()]['fin' if fin else 'other'] += 1
    return sorted(w for w, c in seen.items() if c['fin'] >= 1 and c['fin'] >= 4 * c['other'] and len(w) > 1)

def main():
    if sys.argv[1] == 'fr':
        print('# source: Lefff 3.4 (B. Sagot, LGPL-LR), forms by frequency in French press; made by train/finite_verbs.py')
        words = french(sys.argv[2], sys.argv[3:])
    else:
        print('# source: UD English EWT (CC BY-SA 4.0), facts of inflection; made by train/finite_verbs.py')
        words = english(sys.argv[2:])
    print('\n'.join(words))

if __name__ == '__main__': main()
