#!/usr/bin/env python3
"""Articles out of pages: body token F1, title, date and author exact, snippets; beside @mozilla/readability if installed.

usage: articles.py CORPUS_DIR [--guillemet BINARY] [--errors N] [--peer NODE_MODULES_DIR] [--only SET]

CORPUS_DIR has extraction/readability-test-pages/<case>/{source.html,expected.html,expected-metadata.json},
goose3-content/<case>.{html,json}, newspaper4k/{html,txt,metadata}, fr-pages-dev/*-expect.json. What goose3 gives as text is
only its beginning: it counts as found or not."""
import argparse, datetime, glob, html.parser, json, os, re, subprocess, sys, unicodedata
from collections import Counter

args = argparse.ArgumentParser()
args.add_argument('corpus')
args.add_argument('--guillemet', default='build/guillemet')
args.add_argument('--errors', type=int, default=0)
args.add_argument('--peer')
args.add_argument('--only')
args = args.parse_args()
root = os.path.join(args.corpus, 'extraction')

BLOCKS = set('p div h1 h2 h3 h4 h5 h6 li ul ol table tr td th br blockquote section article figure figcaption pre dd dt dl hr '
             'header footer main aside'.split())

class Text(html.parser.HTMLParser):
    """The text of a page: blocks apart, inline elements joined."""
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.silent = [], 0
    def handle_starttag(self, tag, attrs):
        self.silent += tag in ('script', 'style', 'svg', 'math', 'noscript')
        if tag in BLOCKS: self.out.append(' ')
    def handle_endtag(self, tag):
        self.silent -= tag in ('script', 'style', 'svg', 'math', 'noscript') and self.silent > 0
        if tag in BLOCKS: self.out.append(' ')
    def handle_data(self, data):
        if not self.silent: self.out.append(data)

def text_of(markup):
    parser = Text()
    parser.feed(markup)
    return ''.join(parser.out)

def tokens(text):
    """Words; each sign of a script without blanks is one."""
    text = unicodedata.normalize('NFKC', text).replace('\u00ad', '').lower()
    return re.findall(r'[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+', text)

def f1(found, gold):
    a, b = Counter(tokens(found)), Counter(tokens(gold))
    if not a and not b: return 1.0
    hit = sum((a & b).values())
    return 2 * hit / (sum(a.values()) + sum(b.values())) if hit else 0.0

def normal(text):
    return ' '.join(re.findall(r'\w+', unicodedata.normalize('NFKC', text or '').lower()))

def ours(path):
    run = subprocess.run([args.guillemet, 'analyse', path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode: return {'body': '', 'title': '', 'date': None, 'authors': [], 'error': run.stderr.decode()}
    d = json.loads(run.stdout)
    body = '\n'.join(d['text'][b['start']:b['end']] for b in d['blocks'] if b['kind'] not in ('title', 'boilerplate'))
    return {'body': body, 'title': d['title'], 'date': d['published_at'], 'authors': d['bylines']}

def peers(paths):
    """@mozilla/readability on the same files."""
    if not args.peer: return {}
    script = '''const {JSDOM}=require('jsdom'),{Readability}=require('@mozilla/readability'),fs=require('fs');
for (const f of fs.readFileSync(0,'utf8').split('\\n').filter(Boolean)) { let r=null;
 try { const d=new JSDOM(fs.readFileSync(f)); r=new Readability(d.window.document).parse(); } catch(e) {}
 console.log(JSON.stringify({f, body:r?r.content:'', title:r?r.title:'', date:r?r.publishedTime:null, authors:r&&r.byline?[r.byline]:[]})); }'''
    run = subprocess.run(['node', '-e', script], input='\n'.join(paths).encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, env=dict(os.environ, NODE_PATH=args.peer))
    out = {}
    for line in run.stdout.decode().splitlines():
        d = json.loads(line)
        out[d['f']] = dict(d, body=text_of(d['body']))
    return out

def person(name):
    return normal(re.sub(r'^(by|par|von|de|por)\s+', '', (name or '').strip(), flags=re.I))

def cases():
    """(set, name, page, expectation)"""
    for d in sorted(glob.glob(f'{root}/readability-test-pages/*/')):
        meta = json.load(open(d + 'expected-metadata.json'))
        yield 'readability', os.path.basename(d[:-1]), d + 'source.html', {
            'body': text_of(open(d + 'expected.html', encoding='utf-8').read()), 'title': meta['title'],
            'date': meta.get('publishedTime'), 'authors': [meta['byline']] if meta.get('byline') else []}
    for j in sorted(glob.glob(f'{root}/goose3-content/*.json')):
        e = json.load(open(j))['expected']
        page = j[:-5] + '.html'
        if os.path.exists(page):
            yield 'goose3', os.path.basename(j)[:-5], page, {'snippets': [e['cleaned_text']] if e.get('cleaned_text') else [],
                                                            'title': e.get('title')}
    for page in sorted(glob.glob(f'{root}/newspaper4k/html/*.html')):
        name = os.path.basename(page)[:-5]
        e = {}
        if os.path.exists(f'{root}/newspaper4k/txt/{name}.txt'):
            e['body'] = open(f'{root}/newspaper4k/txt/{name}.txt', encoding='utf-8').read()
        if os.path.exists(f'{root}/newspaper4k/metadata/{name}.json'):
            m = json.load(open(f'{root}/newspaper4k/metadata/{name}.json'))
            e.update(title=m['title'], date=m['publish_date'], authors=m['authors'])
        if e: yield 'newspaper4k', name, page, e
    every = {}
    for j in sorted(glob.glob(f'{root}/fr-pages-dev/*-expect.json')):
        for e in json.load(open(j)): every.setdefault(e['file'], {}).update(e)
    for name, e in sorted(every.items()):
        yield 'fr-pages', name, f'{root}/fr-pages-dev/{name}', {
            'title': e.get('title'), 'date': e.get('date'), 'authors': [e['author']] if e.get('author') else [],
            'snippets': e.get('with', []), 'absent': e.get('without', [])}

def snippet(text):
    return ''.join(re.findall(r'\w', unicodedata.normalize('NFKC', text).lower()))

def same_title(mine, gold):
    """Word for word; the name of the site after or before a separator counts neither way."""
    parts = re.split(r'\s+(?:[|\u2013\u2014\u00b7\u00bb>/-]|--|::)\s+', gold)
    variants = {normal(gold)} | {normal(' '.join(parts[:i])) for i in range(1, len(parts))} | {normal(' '.join(parts[i:])) for i in range(1, len(parts))}
    return bool(normal(mine)) and normal(mine) in (variants if len(normal(mine)) * 2 > len(normal(parts[0])) else {normal(gold)})

def same_date(mine, gold):
    """The same day, where the page's clock stands or in UTC."""
    if not mine: return False
    if mine[:10] == gold[:10]: return True
    try:
        return datetime.datetime.fromisoformat(gold.replace('Z', '+00:00')).astimezone(datetime.timezone.utc).date().isoformat() == mine[:10]
    except ValueError:
        return False

def found_text(found, text):
    """Short texts as they are; of long ones nine words in ten."""
    if len(text) < 200: return all(snippet(line) in snippet(found) for line in text.splitlines())
    a, b = Counter(tokens(found)), Counter(tokens(text))
    return sum((a & b).values()) >= 0.9 * sum(b.values())

def score(found, e):
    """What each expectation gives, 0 to 1."""
    s = {}
    if e.get('body') is not None: s['body'] = f1(found['body'], e['body'])
    if e.get('title'): s['title'] = float(same_title(found['title'], e['title']))
    if e.get('date'): s['date'] = float(same_date(found['date'], e['date']))
    if e.get('authors'):
        gold = {person(a) for a in e['authors']}
        mine = {person(a) for a in found['authors']}
        s['author'] = float(bool(gold & mine) or normal(' '.join(found['authors'])) == normal(' '.join(e['authors'])) or
                            any(m and m in g for g in gold for m in mine))
    for key, want in (('snippets', True), ('absent', False)):
        if e.get(key): s[key] = sum(found_text(found['body'], x) == want for x in e[key]) / len(e[key])
    return s

def main():
    every = [c for c in cases() if not args.only or c[0] == args.only]
    theirs = peers([c[2] for c in every])
    sums, worst = {}, []
    for group, name, page, e in every:
        mine = ours(page)
        for who, found in (('guillemet', mine), ('readability.js', theirs.get(page))):
            if not found: continue
            for key, value in score(found, e).items():
                sums.setdefault((group, key), {}).setdefault(who, []).append(value)
                if who == 'guillemet' and value < 0.95:
                    worst.append((key, value, group, name, '' if key in ('body', 'snippets', 'absent') else
                                  f"{mine[{'author': 'authors'}.get(key, key)]!r} for {e[{'author': 'authors'}.get(key, key)]!r}"))
    print(f'{"set":<14}{"what":<10}{"pages":>6}  ' + ''.join(f'{w:>16}' for w in ('guillemet', 'readability.js')))
    for (group, key), by in sums.items():
        values = by['guillemet']
        row = [f'{100 * sum(by[w]) / len(by[w]):.1f}' if w in by else '-' for w in ('guillemet', 'readability.js')]
        print(f'{group:<14}{key:<10}{len(values):>6}  ' + ''.join(f'{x:>16}' for x in row))
    for key, value, group, name, detail in sorted(worst)[:args.errors]:
        print(f'{key} {value:.2f} {group}/{name} {detail}')

main()
