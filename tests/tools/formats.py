"""Asks a server for all its JSON-LD and feeds: formats.py BASE REPLIES.ts. Feeds and statements are checked here; the JSON-LD is written as
TypeScript, whose compiler holds it against the types of schema.org."""
import json
import sys
import urllib.request

import feedparser
from pyld import jsonld

# schema.org's context can't be fetched here: its terms are its vocabulary, and these hold addresses.
CONTEXT = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "image": {"@type": "@id"}}
base, replies = sys.argv[1:]


def get(path):
    with urllib.request.urlopen(base + path) as reply:
        return reply.read()


def items(path):
    return json.loads(get(path + "?limit=1000"))["items"]


def check_statements(name, document):
    """Each object that has an address is a node of it, and no key is lost."""
    assert document["@context"] == "https://schema.org", name
    graph = document.get("@graph", [{k: v for k, v in document.items() if k != "@context"}])
    expanded = jsonld.expand({"@context": CONTEXT, "@graph": graph}, {"base": base + "/"})
    nodes = {node["@id"]: node for node in jsonld.flatten(expanded) if node["@id"].startswith(base)}

    def walk(value):
        if isinstance(value, dict):
            if "@id" in value:
                node = nodes[base + value["@id"]]
                assert "https://schema.org/" + value["@type"] in node["@type"], (name, value)
                for key in value:
                    assert key.startswith("@") or "https://schema.org/" + key in node, (name, key)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
    walk(graph)


def check_feed(path):
    feed, rows = feedparser.parse(get(path + ".atom?limit=1000")), items(path)
    assert not feed.bozo and feed.version == "atom10", (path, feed.get("bozo_exception"))
    assert len(feed.entries) == len(rows) and len({entry.id for entry in feed.entries}) == len(rows), path
    for entry in feed.entries:
        assert entry.title and entry.link and entry.updated_parsed and entry.updated_parsed.tm_year > 1970, (path, entry.id)
    return len(rows)


documents = {name: json.loads(get(f"/{name}.jsonld?limit=1000")) for name in ("articles", "quotes", "entities")}
articles, entities = items("/articles"), items("/entities")
for n, article in enumerate(articles):
    documents[f"article_{n}"] = json.loads(get(article["links"]["self"] + ".jsonld?include=text,entities,quotes"))
for n, entity in enumerate(entities[:100]):
    documents[f"entity_{n}"] = json.loads(get(entity["links"]["self"] + ".jsonld"))
for n, quote in enumerate(items("/quotes")[:100]):
    documents[f"quote_{n}"] = json.loads(get(quote["links"]["self"] + ".jsonld"))
with open(replies, "w", encoding="utf-8") as out:
    out.write("import type {Graph, NewsArticle, Quotation, Thing, WithContext} from 'schema-dts';\n")
    for name, document in documents.items():
        check_statements(name, document)
        kind = "Graph" if "@graph" in document else {"article": "WithContext<NewsArticle>", "quote": "WithContext<Quotation>",
                                                     "entity": "WithContext<Thing>"}[name.split("_")[0]]
        out.write(f"export const {name}: {kind} = {json.dumps(document, ensure_ascii=False)};\n")
entries = sum(check_feed(path) for path in ("/articles", "/quotes", "/entities", entities[0]["links"]["articles"], entities[0]["links"]["quotes"]))
print(f"{len(documents)} replies of JSON-LD, {entries} entries of feeds")
