#!/usr/bin/env python3
"""Articles out of pages: body token F1, title, date and author exact, snippets; beside @mozilla/readability if installed.

usage: articles.py CORPUS_DIR [--guillemet BINARY] [--errors N] [--peer NODE_MODULES_DIR [--cache FILE]] [--only SET]

CORPUS_DIR has extraction/readability-test-pages/<case>/{source.html,expected.html,expected-metadata.json},
goose3-content/<case>.{html,json}, newspaper4k/{html,txt,metadata}, fr-pages-dev/*-expect.json. What goose3 gives as text is
only its beginning: it counts as found or not."""
import argparse, datetime, glob, hashlib, html.parser, json, os, re, select, subprocess, sys, unicodedata
from collections import Counter

args = argparse.ArgumentParser()
args.add_argument('corpus')
args.add_argument('--guillemet', default='build/guillemet')
args.add_argument('--errors', type=int, default=0)
args.add_argument('--peer')
args.add_argument('--cache')
args.add_argument('--only')
args = args.parse_args()
root = os.path.join(args.corpus, 'extraction')

PEER_SECONDS = 30  # for one page: jsdom takes seconds for some
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

PEER = """const {JSDOM}=require('jsdom'),{Readability}=require('@mozilla/readability'),fs=require('fs');
require('readline').createInterface({input:process.stdin}).on('line', f => { let r=null, error=null;
 try { r=new Readability(new JSDOM(fs.readFileSync(f)).window.document).parse(); } catch(e) { error=String(e); }
 console.log(JSON.stringify({error, body:r?r.content:'', title:r?r.title:'', date:r?r.publishedTime:null,
                             authors:r&&r.byline?[r.byline]:[]})); });"""

def peer_version():
    versions = [json.load(open(f'{args.peer}/{name}/package.json'))['version'] for name in ('@mozilla/readability', 'jsdom')]
    return '@mozilla/readability {} in jsdom {}'.format(*versions)

def peer_process():
    return subprocess.Popen(['node', '-e', PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            env=dict(os.environ, NODE_PATH=os.path.abspath(args.peer)))

def peers(paths):
    """@mozilla/readability on the same files: one process, begun anew after a page that takes longer than PEER_SECONDS.
    Such a page, and one that it fails on, counts for neither side. Answers are kept in the file --cache, by page and version."""
    if not args.peer: return {}, []
    kept, out, failed, version = {}, {}, [], peer_version()
    if args.cache and os.path.exists(args.cache): kept = json.load(open(args.cache))
    process = None
    for path in paths:
        key = hashlib.sha256((PEER + version).encode() + open(path, 'rb').read()).hexdigest()
        if key not in kept:
            process = process or peer_process()
            process.stdin.write(path.encode() + b'\n')
            process.stdin.flush()
            if select.select([process.stdout], [], [], PEER_SECONDS)[0]:
                kept[key] = json.loads(process.stdout.readline() or '{"error": "it ended"}')
            else:
                kept[key] = {'error': f'it took more than {PEER_SECONDS} s'}
            if kept[key].get('error'):
                process.kill()
                process.wait()
                process = None
        if kept[key].get('error'): failed.append(f"{path}: {kept[key]['error']}")
        else: out[path] = dict(kept[key], body=text_of(kept[key]['body']))
    if process:
        process.stdin.close()
        process.wait()
    if args.cache: json.dump(kept, open(args.cache, 'w'))
    return out, failed

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
    parts = re.split(r'\s+(?:[|\u2013\u2014\u00b7\u00bb>/-]|--|::)\s+|(?<=[\u2e80-\uffef])[-_|](?=[\u2e80-\uffef])', gold)
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

# (set, what): the least share that is asked for; "ahead" where the peer has to be beaten.
TARGETS = {('readability', 'body'): 93, ('every set', 'title'): 95, ('every set', 'date'): 92, ('every set', 'author'): 85,
           ('fr-pages', 'snippets'): 100, ('fr-pages', 'absent'): 100}
AHEAD = {(group, key) for group in ('goose3', 'newspaper4k', 'fr-pages') for key in ('body', 'snippets', 'absent', 'title', 'date', 'author')}

def share(values):
    return 100 * sum(values) / len(values) if values else None

def report(sums):
    """One row for each set and thing: pages, both figures, the target, and whether it is met. True when all are."""
    good = True
    print(f'{"set":<14}{"what":<10}{"pages":>6}{"guillemet":>12}{"readability.js":>16}{"target":>8}')
    for (group, key), by in sums.items():
        mine, theirs, target = share(by['guillemet']), share(by.get('readability.js')), TARGETS.get((group, key))
        said = []
        if target: said.append('met' if mine >= target else 'MISSED')
        if theirs is not None and (group, key) in AHEAD:
            both = share(by['both'])
            said.append('ahead' if both > theirs else 'level' if both == theirs else 'BEHIND')
        good = good and not {'MISSED', 'BEHIND'} & set(said)
        figure = f'{theirs:.1f}' if theirs is not None else '-'
        print(f'{group:<14}{key:<10}{len(by["guillemet"]):>6}{mine:>12.1f}{figure:>16}{target or "":>8}  {" ".join(said)}')
    return good

def main():
    every = [c for c in cases() if not args.only or c[0] == args.only]
    theirs, failed = peers([c[2] for c in every])
    sums, worst = {}, []
    for group, name, page, e in every:
        mine = ours(page)
        scores = score(mine, e)
        for at in (group, 'every set'):
            for key, value in scores.items():
                if at == 'every set' and key not in ('title', 'date', 'author'): continue
                by = sums.setdefault((at, key), {})
                by.setdefault('guillemet', []).append(value)
                if page in theirs:
                    by.setdefault('both', []).append(value)
                    by.setdefault('readability.js', []).append(score(theirs[page], e)[key])
        for key, value in scores.items():
            if value < 0.95:
                field = {'author': 'authors'}.get(key, key)
                worst.append((key, value, group, name, '' if key in ('body', 'snippets', 'absent') else f'{mine[field]!r} for {e[field]!r}'))
    if args.peer: print(f'readability.js is {peer_version()}; {len(theirs)} of {len(every)} pages read')
    for line in failed: print('not compared:', line)
    good = report(dict(sorted(sums.items(), key=lambda i: i[0][0] == 'every set')))
    for key, value, group, name, detail in sorted(worst)[:args.errors]:
        print(f'{key} {value:.2f} {group}/{name} {detail}')
    return 0 if good else 1

sys.exit(main())
