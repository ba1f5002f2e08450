"""Every reporting verb of the tables, in the tenses and places that its letters allow: in sentences of one pattern each it is the cue, and
its subject the speaker. The forms come from the tables themselves, so a verb that is added is tested too."""
import collections
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TEST_BINARY", str(ROOT / "build/guillemet"))
VOWELS = tuple("aeiouyhàâéèêëîïôû")


def lexicon(lang):
    """lemma → (class, letters, {tag: [form]}); form → its lemmas."""
    verbs, lemmas = {}, collections.defaultdict(set)
    with open(ROOT / f"server/lang/{lang}/cue_verbs.tsv", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            form, lemma, cls, tags, letters = line.rstrip("\n").split("\t")
            verb = verbs.setdefault(lemma, (cls, set(), collections.defaultdict(list)))
            verb[1].update(letters)
            lemmas[form].add(lemma)
            for tag in tags.split(","):
                verb[2][tag].append(form)
    return verbs, lemmas


def french_groups(letters, tags):
    """The verb as it stands beside "Marie Durand": simple and compound tenses, reflexive or negated where it must be."""
    out = []
    for tag in ("ind.prs.3s", "ind.imp.3s", "ind.pst.3s", "ind.fut.3s", "cond.3s"):
        for form in tags[tag][:1]:
            group = form
            if "r" in letters:
                group = ("s'" if form.startswith(VOWELS) else "se ") + form
            if "z" in letters:
                group = ("n'" if form.startswith(VOWELS) else "ne ") + form + " pas"
            out.append((form, group))
    for form in tags["part.pst.ms"][:1]:
        for auxiliary, reflexive in (("a", "s'est"), ("avait", "s'était"), ("aurait", "se serait")):
            if "z" in letters:
                out.append((form, f"n'{auxiliary} pas {form}"))
            else:
                out.append((form, f"{reflexive if 'r' in letters else auxiliary} {form}"))
    return out


def french_inverted(letters, tags):
    if "z" in letters:
        return
    for form in tags["ind.prs.3s"][:1]:
        head, _, tail = form.partition(" ")
        joined = f"{head}-elle" if head.endswith(("d", "t")) else f"{head}-t-elle"
        reflexive = ("s'" if form.startswith(VOWELS) else "se ") if "r" in letters else ""
        yield form, f"« Les travaux commencent demain », {reflexive}{joined}{' ' + tail if tail else ''}."


def french(verbs):
    for lemma, (cls, letters, tags) in verbs.items():
        marked = cls == "think" or "w" in letters
        for form, group in french_groups(letters, tags):
            if "x" in letters:
                yield lemma, form, f"« Les travaux commencent demain », {group} Marie Durand."
            if "q" in letters:
                words = "« les travaux commencent demain »" if marked else "les travaux commencent demain"
                yield lemma, form, f"Marie Durand {group} que {words}."
            if "a" in letters:
                yield lemma, form, f"Marie Durand {group} la mesure de « gâchis qui commence demain »."
            if "o" in letters and not letters & set("xqa"):
                yield lemma, form, f"Marie Durand {group} « une rentrée qui commence demain »."
        if "x" in letters:
            for form, text in french_inverted(letters, tags):
                yield lemma, form, "Marie Durand est arrivée. " + text


def english_groups(tags):
    for tag in ("ind.prs.3s", "ind.pst.3s"):
        for form in tags[tag][:1]:
            yield form, form
    for form in tags["part.pst"][:1]:
        for auxiliary in ("has", "had"):
            yield form, f"{auxiliary} {form}"


def english(verbs):
    for lemma, (cls, letters, tags) in verbs.items():
        marked = cls == "think" or "w" in letters
        for form, group in english_groups(tags):
            if "x" in letters:
                yield lemma, form, f"“The works will begin tomorrow,” Mary Dunn {group}."
            if "q" in letters:
                words = "“the works will begin tomorrow”" if marked else "the works will begin tomorrow"
                yield lemma, form, f"Mary Dunn {group} that {words}."
            if "o" in letters and not letters & set("xqa"):
                yield lemma, form, f"Mary Dunn {group} “a term that will begin tomorrow.”"
            if "a" in letters:
                yield lemma, form, f"Mary Dunn {group} the plan as “a mistake that will begin tomorrow.”"
            if "i" in letters and not letters & set("qdao"):
                yield lemma, form, f"Mary Dunn {group} to begin the works tomorrow."
            if "d" in letters and not letters & set("qiao"):
                yield lemma, form, f"Mary Dunn {group} the council to begin the works tomorrow."


CASES = {"fr": (french, ("demain",), "Marie Durand"), "en": (english, ("tomorrow",), "Mary Dunn")}


def analyse(lang, texts):
    written = (text.replace("l' ", "l'").replace("d' ", "d'") for text in texts)  # the tables part what the tokeniser parts
    documents = "".join(json.dumps({"id": str(i), "lang": lang, "text": text}, ensure_ascii=False) + "\n" for i, text in enumerate(written))
    run = subprocess.run([BINARY, "analyse", "--ndjson", "-"], input=documents.encode(), stdout=subprocess.PIPE, check=True, timeout=240)
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_verb_reports_in_every_tense(lang):
    patterns, words, speaker = CASES[lang]
    verbs, lemmas = lexicon(lang)
    assert len(verbs) >= {"fr": 400, "en": 250}[lang]
    cases = list(patterns(verbs))
    assert {lemma for lemma, _, _ in cases} == set(verbs)
    wrong = []
    for (lemma, form, text), analysis in zip(cases, analyse(lang, [text for _, _, text in cases])):
        found = [q for q in analysis["quotes"] if any(word in q["text"] for word in words)]
        cue = found[0]["cue"] if len(found) == 1 else None
        good = cue and cue["lemma"] in lemmas[form] and (found[0]["speaker"] or {}).get("name") == speaker
        if not good:
            wrong.append(f"{lemma}: {text} → " + (", ".join(f"{q['text']} | {(q['cue'] or {}).get('lemma')} | "
                                                           f"{(q['speaker'] or {}).get('name')}" for q in found) or "nothing"))
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:200])
