"""Pages: each row once, whatever the limit; cursors are bound to their list; nothing is lost while others write."""
import threading

import pytest

COUNT = 57


@pytest.fixture(scope="module")
def many(archive):
    """More articles, in an archive of names that repeat; several published at the same moment, some never."""
    if archive.json("/articles", source="serial", limit=1)["total"] == 0:
        for n in range(COUNT):
            when = {"published_at": f"2025-03-{n % 5 + 1:02}"} if n % 4 else {}
            archive.post(f"Nouvelle numéro {n}\n\n« Voici la déclaration numéro {n} de la série », a déclaré Anne Lebrun, maire de Dieppe.",
                         source="serial", lang="fr", external_id=f"serial-{n}", **when)
    yield archive
    for article in archive.items("/articles", source="serial", limit=1000):
        assert archive.call("DELETE", article["links"]["self"]).status_code == 200


CASES = [("/articles", {"source": "serial"}, COUNT), ("/articles", {"source": "serial", "sort": "oldest"}, COUNT),
         ("/articles", {"source": "serial", "q": "nouvelle"}, COUNT), ("/articles", {"source": "serial", "entity": "dieppe"}, COUNT),
         ("/articles", {"source": "serial", "speaker": "anne-lebrun"}, COUNT),
         ("/quotes", {"source": "serial"}, COUNT), ("/quotes", {"source": "serial", "sort": "oldest", "speaker": "anne-lebrun"}, COUNT),
         ("/quotes", {"source": "serial", "q": "déclaration"}, COUNT),
         ("/entities/anne-lebrun/articles", {"source": "serial"}, COUNT), ("/entities/anne-lebrun/quotes", {"source": "serial"}, COUNT),
         ("/entities", {}, None), ("/entities", {"sort": "mentions"}, None), ("/entities", {"sort": "name"}, None),
         ("/entities", {"type": "PER", "sort": "name"}, None)]


@pytest.mark.parametrize("path,params,count", CASES, ids=lambda value: str(value))
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_each_row_exactly_once(many, all_pages, path, params, count, limit):
    if limit == 1 and path == "/articles" and "q" in params:
        limit = 3
    got = all_pages(many, path, limit=limit, **params)
    assert all(len(page) == limit for page in got[:-1])
    ids = [row["id"] for page in got for row in page]
    assert len(ids) == len(set(ids))
    whole = many.json(path, limit=1000, **params)
    assert ids == [row["id"] for row in whole["items"]]
    assert count is None or len(ids) == count
    assert whole["total"] == len(ids) or (not whole["total_is_exact"] and whole["total"] <= len(ids))


def test_pages_of_one_article(many, all_pages):
    article = many.ids["concert"]
    for part in ("entities", "quotes"):
        whole = many.items(f"/articles/{article}/{part}")
        assert [row for page in all_pages(many, f"/articles/{article}/{part}", limit=1) for row in page] == whole


def test_next_is_the_next_page(many):
    page = many.get("/quotes?limit=5&source=serial&speaker=Anne%20Lebrun")
    body = page.json()
    assert page.headers["Link"] == f'<{body["next"]}>; rel="next"'
    assert many.get(body["next"]).json() == many.json("/quotes", limit=5, source="serial", speaker="Anne Lebrun", cursor=body["next_cursor"])
    named = many.get("/entities/Anne%20Lebrun/quotes?limit=2").json()["next"]
    assert named.startswith("/entities/Anne%20Lebrun/quotes?limit=2&cursor=") and many.get(named).status_code == 200


def test_a_cursor_goes_with_its_list(many):
    cursor = many.json("/articles", source="serial", limit=2)["next_cursor"]
    assert many.json("/articles", source="serial", limit=9, include="text", cursor=cursor)["items"]
    for path in ("/articles", "/articles?source=other", "/articles?source=serial&sort=oldest", "/articles?source=serial&lang=fr",
                 "/quotes?source=serial", "/entities/dieppe/articles?source=serial"):
        many.refused(400, "invalid", "GET", path + ("&" if "?" in path else "?") + "cursor=" + cursor, field="cursor")


def test_damaged_cursors(many):
    cursor = many.json("/articles", source="serial", limit=2)["next_cursor"]
    changed = [cursor[:-1], cursor + "A", cursor[1:], cursor.swapcase(), cursor[:10] + "!" + cursor[11:], "x", "A" * 2000,
               cursor[:5] + ("B" if cursor[5] != "B" else "C") + cursor[6:]]
    for bad in changed:
        many.refused(400, "invalid", "GET", "/articles", params={"source": "serial", "cursor": bad}, field="cursor")


def test_paging_while_others_write(api, all_pages):
    """Rows that are there all along come exactly once, whatever is added and deleted meanwhile."""
    steady = {api.post(f"Stable {n}\n\nUn texte qui reste, numéro {n}, assez long.", external_id=f"s{n}",
                       published_at=f"2025-01-{n % 28 + 1:02}").json()["id"] for n in range(40)}
    stop = threading.Event()

    def disturb():
        n = 0
        while not stop.is_set():
            made = api.post(f"Passager {n}\n\nUn texte qui passe, numéro {n}, assez long.", external_id=f"p{n}",
                            published_at=f"2025-01-{n % 28 + 1:02}").json()
            api.call("DELETE", made["links"]["self"])
            n += 1

    writer = threading.Thread(target=disturb)
    writer.start()
    try:
        for params in ({}, {"sort": "oldest"}, {"q": "texte"}, {"q": "texte -absent", "sort": "oldest"}, {"lang": "-de,it"}, {"source": "-Nobody"}, {"has_quotes": "false"},
                       {"sort": "words"}, {"date": "2025-01", "min_words": 1}):
            ids = [row["id"] for page in all_pages(api, "/articles", limit=7, **params) for row in page]
            assert len(ids) == len(set(ids)) and steady <= set(ids), params
    finally:
        stop.set()
        writer.join()
