#!/usr/bin/python3
"""Puts stand-off labels and the texts they belong to together: gold files that `guillemet evaluate` reads.

    GUILLEMET_CORPUS=… tests/eval/join.py tests/eval/quotes-fr-2.standoff.jsonl > quotes-fr-2.jsonl

The texts are the publishers' and are not part of this project. They are looked for in $GUILLEMET_CORPUS/raw-fr/<file>, one
JSON object with "id" and "text" a line, gzipped. A text that isn't the labelled one, byte for byte, ends the run: its
offsets would mean something else. Offsets are Unicode code points, end-exclusive.
"""
import gzip
import hashlib
import json
import os
import pathlib
import sys


def read_texts(path, wanted):
    """The texts of one corpus file, by article id; only those of `wanted`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        articles = (json.loads(line) for line in lines if line.strip())
        return {article["id"]: article["text"] for article in articles if article["id"] in wanted}


def name_of(name, text):
    """A resolved name: the offsets of a mention that prints it in full, or the name where no mention does."""
    return text[name[0]:name[1]] if isinstance(name, list) else name


def quote_of(label, text):
    quote = {key: label[key] for key in ("type", "content", "quoted_span", "speaker", "cue")}
    quote["speaker_text"] = text[slice(*label["speaker"])] if label["speaker"] else None
    quote["speaker_full"] = name_of(label["speaker_full"], text)
    if "speaker_alt" in label:
        quote["speaker_alt"] = [name_of(name, text) for name in label["speaker_alt"]]
    return quote


def entity_of(label, text, passage):
    start, end = label["start"] - passage[0], label["end"] - passage[0]
    return {"start": start, "end": end, "type": label["type"], "text": text[label["start"]:label["end"]]}


def documents_of(labels, text):
    """The gold documents of one labelled text: itself with its quotes, or one a passage with its entities."""
    if "quotes" in labels:
        yield {"id": labels["id"], "source": labels["file"], "lang": labels["lang"], "text": text,
               "quotes": [quote_of(quote, text) for quote in labels["quotes"]],
               "not_quotes": labels["not_quotes"], "ignore": labels["ignore"]}
    for passage in labels.get("passages", []):
        start, end = passage["span"]
        yield {"id": f"{labels['id']}/{start}", "lang": labels["lang"], "text": text[start:end],
               "entities": [entity_of(entity, text, passage["span"]) for entity in passage["entities"]]}


def join(standoff_path, corpus):
    with open(standoff_path, encoding="utf-8") as lines:
        labelled = [json.loads(line) for line in lines if line.strip()]
    texts = {}
    for name in sorted({labels["file"] for labels in labelled}):
        wanted = {labels["id"] for labels in labelled if labels["file"] == name}
        texts |= {(name, key): text for key, text in read_texts(corpus / "raw-fr" / name, wanted).items()}
    for labels in labelled:
        text = texts.get((labels["file"], labels["id"]))
        if text is None:
            raise SystemExit(f"{labels['file']} has no article {labels['id']}")
        if hashlib.sha256(text.encode()).hexdigest() != labels["sha256"]:
            raise SystemExit(f"{labels['id']}: the text in {labels['file']} isn't the labelled one")
        yield from documents_of(labels, text)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    corpus = os.environ.get("GUILLEMET_CORPUS")
    if not corpus:
        raise SystemExit("set GUILLEMET_CORPUS to the directory that holds raw-fr/")
    for document in join(sys.argv[1], pathlib.Path(corpus)):
        print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    main()
