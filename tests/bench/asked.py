"""The main requests: what a client of an archive asks most, each in several forms, so that no server answers one thing by heart."""
import collections
import json
import urllib.parse

import loopback

Kind = collections.namedtuple("Kind", "name shown headers status")


def address(path, **query):
    return path + "?" + urllib.parse.urlencode(query) if query else path


def pages(base, path, count, **query):
    """The addresses of the first pages of a list, and what they list."""
    addresses, items, cursor = [], [], None
    while len(addresses) < count:
        here = address(path, **query, **({"cursor": cursor} if cursor else {}))
        page = json.loads(loopback.get(base, here))
        addresses.append(here)
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    return addresses, items


def main_requests(base, forms=10):
    """{name: addresses}: the same ones for the same archive."""
    lists, articles = pages(base, "/articles", forms, limit=20)
    entities = loopback.get_json(base, address("/entities", sort="quotes", limit=5 * forms))["items"]
    speakers = [e for e in entities if e["quotes_by"] >= 20][:forms]
    if not speakers:
        raise SystemExit("bench: the archive is too small: nobody in it has said twenty things")
    known = [e for e in loopback.get_json(base, address("/entities", limit=forms))["items"]]
    sources = sorted({a["source"] for a in articles if a.get("source")})[:forms]
    words = ["budget", "projet", "harbour", "accord", "railway", "marché", "museum", "quartier", "dam", "barrage"][:forms]
    return {
        "list": lists,
        "list_of_source": [address("/articles", source=s, limit=20) for s in sources],
        "article": [f"/articles/{a['id']}" for a in articles[:5 * forms:5]],
        "article_quotes": [f"/articles/{a['id']}/quotes" for a in articles[:5 * forms:5]],
        "entities": pages(base, "/entities", forms, limit=20)[0],
        "entity": [f"/entities/{e['id']}" for e in known],
        "entity_quotes": [address(f"/entities/{e['id']}/quotes", limit=20) for e in speakers],
        "speaker": [address("/quotes", speaker=e["name"], limit=20) for e in speakers],
        "search": [address("/articles", q=w, limit=20) for w in words],
        "suggest": [address("/suggest", q=e["name"][:3]) for e in known],
    }
