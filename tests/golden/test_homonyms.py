"""One entity for one person or body across articles: pairwise precision and recall over hand-written articles, in which
different people bear one name, one person many titles and spellings. Two mentions of one name or spelling family in two
articles are a pair; it is right to unite it exactly when the articles mean the same one."""
import itertools
import json
import pathlib
import sqlite3

HERE = pathlib.Path(__file__).parent
LEAST_PRECISION, LEAST_RECALL = 97, 70


def blocks():
    """(whom each name means, text) of every article, in order."""
    body = (HERE / "homonyms" / "articles.txt").read_text()
    for block in body.split("\n= ")[1:]:
        head, text = block.split("\n", 1)
        yield dict(part.split(": ") for part in head.split("; ")), text.strip()


def lang_of(text):
    return "en" if " the " in text else "fr"


def read_entities(db, articles):
    """The archive's entity of each (article, gold one) whose name the article's analysis has, or None where it hasn't."""
    rows = sqlite3.connect(db).execute(
        "SELECT d.external_id, m.start_cp, m.end_cp, coalesce(e.merged_into, e.id) FROM mentions m "
        "JOIN articles d ON d.id = m.article JOIN entities e ON e.id = m.entity")
    found = {}
    for external_id, start, end, entity in rows:
        found.setdefault((int(external_id), articles[int(external_id)][1][start:end]), entity)
    return [(who, found.get((number, name))) for number, (meant, _) in enumerate(articles) for name, who in meant.items()]


def pairwise(entities):
    """(precision, recall, pairs that were told wrongly)"""
    united = same = both = 0
    wrong = []
    for (a, x), (b, y) in itertools.combinations(entities, 2):
        together = x is not None and x == y
        united, same, both = united + together, same + (a == b), both + (together and a == b)
        if together != (a == b):
            wrong.append((a, b))
    return 100 * both / united, 100 * both / same, wrong


def test_pairwise_precision_and_recall(run, tmp_path, capsys):
    articles = list(blocks())
    assert len(articles) > 40
    lines = [json.dumps({"id": str(number), "text": text, "lang": lang_of(text), "published_at": f"2026-01-{1 + number // 2:02}"})
             for number, (_, text) in enumerate(articles)]
    (tmp_path / "all.ndjson").write_text("\n".join(lines) + "\n")
    run("ingest", "--db", tmp_path / "a.db", "--workers", "1", tmp_path / "all.ndjson", check=True)
    precision, recall, wrong = pairwise(read_entities(tmp_path / "a.db", articles))
    with capsys.disabled():
        print(f"\nhomonyms: {len(articles)} articles, pairwise precision {precision:.1f}, recall {recall:.1f}", end=" ")
    assert precision >= LEAST_PRECISION and recall >= LEAST_RECALL, wrong
