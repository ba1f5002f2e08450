#!/usr/bin/env python3
"""Items out of feeds: title, link, date, author, content as another parser's own test files expect them.

usage: feeds.py CORPUS_DIR [--guillemet BINARY] [--errors N]

CORPUS_DIR/feeds has gofeed-testdata/**/x.{xml,json} (pairs: feed and what it says) and rome/**/*.xml (no expectation: they
must be read, and no feed may crash or hang)."""
import argparse, collections, datetime, glob, html, json, os, re, subprocess, tempfile, time, unicodedata

args = argparse.ArgumentParser()
args.add_argument('corpus')
args.add_argument('--guillemet', default='build/guillemet')
args.add_argument('--errors', type=int, default=0)
args = args.parse_args()
root = os.path.join(args.corpus, 'feeds')

def words(text):
    text = html.unescape(html.unescape(re.sub(r'<[^>]*>', ' ', html.unescape(text or ''))))
    return re.findall(r'\w+', unicodedata.normalize('NFKC', re.sub(r'<[^>]*>', ' ', text)).lower())

def read(path):
    """Documents and refusals in order; None for a crash or hang."""
    try:
        run = subprocess.run([args.guillemet, 'analyse', '--ndjson', path], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=20)
    except subprocess.TimeoutExpired:
        return None
    if run.returncode < 0 or run.returncode > 100: return None
    return [json.loads(line) for line in run.stdout.decode().splitlines()]

def read_titled(path):
    """An item without title and text is no article and refused: what else it says is measured with a title put in."""
    markup = re.sub(rb'(<(?:\w+:)?(?:item|entry)\b[^>]*[^/>]>|<(?:item|entry)>)', rb'\1<title>Untitled</title>', open(path, 'rb').read())
    with tempfile.NamedTemporaryFile(suffix='.xml') as f:
        f.write(markup)
        f.flush()
        return read(f.name)

def instant(text):
    try:
        d = datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
        return d if d.tzinfo else d.replace(tzinfo=datetime.timezone.utc)
    except (ValueError, AttributeError):
        return None

def check(e, d):
    """(field, right) for each field that the expectation has and a news reader keeps."""
    if d is None: d = {'text': '', 'title': None, 'url': None, 'published_at': None, 'modified_at': None, 'bylines': []}
    if words(e.get('title')): yield 'title', words(e['title']) == words(d['title'])
    if re.match(r'https?://', e.get('link') or ''): yield 'link', e['link'].rstrip('/') == (d['url'] or '').rstrip('/')
    for key in ('published', 'updated'):
        gold = instant(e.get(key + 'Parsed'))
        if gold:
            mine = [instant(d[k]) for k in ('published_at', 'modified_at') if d[k]]
            yield 'date', any(m == gold or (m.date() == gold.date() and d_only) for m, d_only in
                              zip(mine, [len(d[k]) == 10 for k in ('published_at', 'modified_at') if d[k]]))
    names = [a['name'] for a in e.get('authors') or [] if a.get('name')]
    if names: yield 'author', any(words(n) == words(b) for n in names for b in d['bylines'])
    for key in ('content', 'description'):
        want = words(e.get(key))
        if want and (key == 'content' or not words(e.get('content'))):
            have = collections.Counter(words(d['text']))
            hit = sum((have & collections.Counter(want)).values())
            yield 'content', hit >= 0.95 * len(want)

def main():
    totals, errors, crashed, slowest = collections.defaultdict(lambda: [0, 0]), [], [], 0
    files = sorted(glob.glob(root + '/**/*.xml', recursive=True)) + sorted(glob.glob(root + '/**/json/*.json', recursive=True))
    for path in files:
        start = time.monotonic()
        got = read(path)
        slowest = max(slowest, time.monotonic() - start)
        if got is None:
            crashed.append(path)
            continue
        pair = path[:-4] + '.json'
        if not path.endswith('.xml') or not os.path.exists(pair): continue
        expected = json.load(open(pair))
        if isinstance(expected, dict) and any(not (i.get('title') or i.get('content') or i.get('description'))
                                              for i in expected.get('items') or []):
            got = read_titled(path)
        if not isinstance(expected, dict) or not expected.get('items'): continue
        if '/parser/' in path and '/universal/' not in path and any('pubDate' in i for i in expected['items']):
            for i in expected['items']: i.setdefault('publishedParsed', i.get('pubDateParsed'))
        for n, item in enumerate(expected['items']):
            if '/parser/atom' in path or '/extensions/' in path: item = dict(item, content=None, link=None, published=None)
            if '/parser/atom' in path and isinstance(item.get('title'), dict): continue
            d = got[n] if n < len(got) and 'error' not in got[n] else None
            for field, right in check(item, d):
                totals[field][0] += right
                totals[field][1] += 1
                if not right: errors.append(f'{field} {os.path.relpath(path, root)} #{n + 1}: {d and (d["title"], d["url"], d["published_at"], d["bylines"])} for '
                                            f'{item.get("title")!r} {item.get("link")!r} {item.get("publishedParsed")!r} {names_of(item)}')
    for field, (right, total) in totals.items():
        print(f'{field:<10}{right:>6} of {total:<6}{100 * right / total:>6.1f} %')
    everything = [sum(x) for x in zip(*totals.values())]
    print(f'{"all":<10}{everything[0]:>6} of {everything[1]:<6}{100 * everything[0] / everything[1]:>6.1f} %')
    print(f'{len(files)} files, {len(crashed)} crashed or hung, slowest {slowest:.2f} s')
    for line in crashed + errors[:args.errors]: print(line)

def names_of(item):
    return [a.get('name') for a in item.get('authors') or []]

main()
