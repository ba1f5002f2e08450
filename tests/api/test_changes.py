"""GET /articles/changes: a mirror that follows it holds what the archive holds, whatever is written meanwhile."""
import random
import threading

TEXT = "Le port rouvre\n\n« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe."


def put(api, n, edition=0):
    reply = api.post(f"{TEXT} {edition}.", None, url=f"https://gazette.example/{n}", revive="true")
    assert reply.status_code in (200, 201), reply.text
    return reply.json()["id"]


class Mirror:
    def __init__(self, api, limit=1000, between=None):
        self.api, self.limit, self.between, self.token, self.articles, self.heard = api, limit, between, None, {}, 0

    def follow(self):
        """One round: to the last page, as the recipe says."""
        cursor = None
        while True:
            params = {"limit": self.limit} | ({"updated_since": self.token} if self.token else {}) | ({"cursor": cursor} if cursor else {})
            page = self.api.json("/articles/changes", **params)
            for item in page["items"]:
                self.heard += 1
                if item["change"] == "deleted":
                    self.articles.pop(item["id"], None)
                else:
                    self.articles[item["id"]] = item["article"]["revision"]
            cursor = page["next_cursor"]
            assert (page["sync_token"] is None) == (cursor is not None)
            if cursor is None:
                self.token = page["sync_token"]
                return self
            if self.between:
                self.between()


def archive(api, all_pages):
    return {a["id"]: a["revision"] for page in all_pages(api, "/articles", limit=100) for a in page}


def test_what_changed(api):
    a, b = put(api, "a"), put(api, "b")
    mirror = Mirror(api).follow()
    assert mirror.articles == {a: 1, b: 1} and mirror.heard == 2
    assert Mirror.follow(mirror).heard == 2  # nothing new
    put(api, "a", 1)
    api.call("DELETE", f"/articles/{b}")
    changes = api.json("/articles/changes", updated_since=mirror.token, include="quotes")
    assert [(c["change"], c["id"], c["revision"]) for c in changes["items"]] == [("stored", a, 2), ("deleted", b, 1)]
    assert changes["items"][0]["article"]["quotes"] and changes["items"][1]["article"] is None and changes["total"] == 2
    mirror.follow()
    assert mirror.articles == {a: 2}
    put(api, "a", 1)  # unchanged: no change
    assert mirror.follow().heard == 4
    put(api, "b", 2)  # brought back
    assert mirror.follow().articles == {a: 2, b: 2}


def test_corrections_are_changes(api):
    a, b = put(api, "a"), put(api, "b")
    mirror = Mirror(api).follow()
    quote = api.items(f"/articles/{a}/quotes")[0]["id"]
    api.call("PATCH", f"/quotes/{quote}", json={"type": "indirect"})
    assert [c["id"] for c in api.items("/articles/changes", updated_since=mirror.token)] == [a]
    mirror.follow()
    api.call("PATCH", "/entities/anne-lebrun", json={"name": "Anne Lebrun-Petit"})
    assert {c["id"] for c in api.items("/articles/changes", updated_since=mirror.token)} == {a, b}


def changed(api, mirror, deed):
    """Which articles are reported of what `deed` does."""
    mirror.follow()
    deed()
    return {c["id"] for c in api.items("/articles/changes", updated_since=mirror.token)}


def correct(api, method, path, **body):
    reply = api.call(method, path, json=body or None)
    assert reply.status_code < 300, reply.text
    return reply


def test_corrections_and_their_undoing_are_changes(api):
    lebrun, both, petit = (api.post(text, url=f"https://gazette.example/{n}").json()["id"] for n, text in enumerate((
        "La digue\n\nAnne Lebrun a visité la digue avec les ingénieurs.", "Le quai\n\nAnne Lebrun et Zoé L'Herbier-Maçon ont visité le quai.",
        "La scène\n\nZoé L'Herbier-Maçon a visité la scène avec les musiciens.")))
    mirror = Mirror(api)
    rename = {"name": "Anne Lebrun-Petit"}
    assert changed(api, mirror, lambda: correct(api, "PATCH", "/entities/anne-lebrun", **rename)) == {lebrun, both}
    newest = api.items("/corrections")[-1]["number"]
    assert changed(api, mirror, lambda: correct(api, "DELETE", f"/corrections/{newest}")) == {lebrun, both}
    assert changed(api, mirror, lambda: correct(api, "PATCH", "/entities/anne-lebrun", type="ORG")) == {lebrun, both}
    newest = max(c["number"] for c in api.items("/corrections"))
    assert changed(api, mirror, lambda: correct(api, "DELETE", f"/corrections/{newest}")) == {lebrun, both}
    split = {"articles": [lebrun], "name": "Anne Lebrun (Dieppe)"}
    assert changed(api, mirror, lambda: correct(api, "POST", "/entities/anne-lebrun/split", **split)) == {lebrun}
    herbier = api.items("/entities", q="Zoé")[0]["id"]
    merged = changed(api, mirror, lambda: correct(api, "POST", f"/entities/{herbier}/merge", into="anne-lebrun"))
    assert merged == {both, petit}


COPY = "\n\n".join(f"Le conseil de la ville numéro {n} a voté le budget du port après de longs débats, selon le maire de Dieppe." for n in range(8))


def test_copies_are_changes(api):
    """What an article is a copy of changes when an earlier one comes, or goes."""
    ids, mirror = {}, Mirror(api)

    def take(day):
        ids[day] = api.post(f"Titre {day}\n\n{COPY}", url=f"https://gazette.example/{day}", published_at=f"2026-02-{day:02}").json()["id"]

    take(9)
    take(11)
    assert changed(api, mirror, lambda: take(5)) == set(ids.values())
    assert {c["id"]: c["article"]["duplicate_of"] for c in api.items("/articles/changes")} == {ids[5]: None, ids[9]: ids[5], ids[11]: ids[5]}
    assert changed(api, mirror, lambda: api.call("DELETE", f"/articles/{ids[5]}")) == set(ids.values())
    assert {c["id"]: c["article"] and c["article"]["duplicate_of"] for c in api.items("/articles/changes")} == {
        ids[5]: None, ids[9]: None, ids[11]: ids[9]}


def test_a_purge_leaves_tombstones(api, run):
    old, new = (api.post(f"Titre {year}\n\n{TEXT}", url=f"https://gazette.example/{year}", published_at=f"{year}-01-01").json()["id"]
                for year in (2001, 2025))
    mirror = Mirror(api).follow()
    run("purge", "--db", api.db, "--older-than", "2010-01-01", check=True)
    changes = {c["id"]: c["change"] for c in api.items("/articles/changes", updated_since=mirror.token)}
    assert changes.pop(old) == "deleted" and set(changes.items()) <= {(new, "stored")}
    assert set(mirror.follow().articles) == {new}


def test_tokens_and_tags_are_of_one_archive(start, run, tmp_path):
    """A restored archive counts its versions anew: an old token or tag would hide what it has."""
    api = start("--open-writes")
    put(api, "a")
    run("backup", "--db", api.db, tmp_path / "copy.db", check=True)
    put(api, "b")
    token, tag = Mirror(api).follow().token, api.get("/articles").headers["ETag"]
    copy = start("--open-writes", db="copy.db")
    for n in range(4):
        put(copy, f"c{n}")
    copy.refused(410, "gone", "GET", f"/articles/changes?updated_since={token}", field="updated_since")
    assert tag.partition("-")[2] != copy.get("/articles").headers["ETag"].partition("-")[2]
    copy.server.stop()
    assert Mirror(start("--open-writes", db="copy.db")).follow().token.partition("-")[2] != token.partition("-")[2]


def test_a_change_while_paging_is_not_missed(api, all_pages):
    ids = [put(api, n) for n in range(12)]
    turn = iter(range(1, 100))

    def between():
        """The first one of the list changes again, the next is deleted, a new one comes: behind and before where we are."""
        n = next(turn)
        if n < 6:
            put(api, n - 1, n)
            api.call("DELETE", f"/articles/{ids[11 - n]}")
            put(api, f"new-{n}")

    mirror = Mirror(api, 2, between).follow()
    assert mirror.follow().articles == archive(api, all_pages)


def test_a_mirror_beside_writers(api, all_pages):
    """Three writers create, revise, delete and revive at random while a mirror follows in small pages."""
    stop, failures = threading.Event(), []

    def write(seed):
        chance = random.Random(seed)
        ids = {}
        try:
            for edition in range(40):
                n = f"{seed}/{chance.randrange(12)}"
                if n in ids and chance.random() < 0.3:
                    api.session.delete(f"{api.base}/articles/{ids[n]}", timeout=60)
                else:
                    reply = api.session.post(f"{api.base}/articles", params={"url": f"https://gazette.example/{n}", "revive": "true"},
                                             data=f"{TEXT} {edition}.".encode(), headers={"Content-Type": "text/plain"}, timeout=60)
                    ids[n] = reply.json()["id"]
        except Exception as fault:
            failures.append(fault)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
    mirror = Mirror(api, 5)
    [writer.start() for writer in writers]
    while any(writer.is_alive() for writer in writers):
        mirror.follow()
    [writer.join() for writer in writers]
    assert not failures
    assert mirror.follow().articles == archive(api, all_pages)
    assert Mirror(api, 7).follow().articles == mirror.articles  # from the beginning it's the same


def test_since_a_time(api):
    before = put(api, "a")
    for time in ("1970-01-01", "2020-01-01T00:00:00Z"):
        assert [c["id"] for c in api.items("/articles/changes", updated_since=time)] == [before]
    at = api.json(f"/articles/{before}")["updated_at"]
    assert [c["id"] for c in api.items("/articles/changes", updated_since=at)] == [before]
    assert api.json("/articles/changes", updated_since="2999-01-01T00:00:00Z")["items"] == []


def test_what_is_refused(api):
    put(api, "a")
    for odd in ("yesterday", "v", "v-1", "v1x", "12", "v99999999999999999999", "v1", "v1-", "v1-x"):
        api.refused(400, "invalid", "GET", f"/articles/changes?updated_since={odd}", field="updated_since")
    archive = Mirror(api).follow().token.partition("-")[2]
    for foreign in (f"v9999-{archive}", "v1-aaaaaaaaaaaaa"):
        api.refused(410, "gone", "GET", f"/articles/changes?updated_since={foreign}", field="updated_since")
    api.refused(400, "unknown_parameter", "GET", "/articles/changes?source=x")
    api.refused(400, "invalid", "GET", "/articles/changes?include=text&limit=101", field="limit")
    put(api, "b")
    cursor = api.json("/articles/changes", limit=1)["next_cursor"]
    api.refused(400, "invalid", "GET", f"/articles/changes?updated_since=2026-01-01&cursor={cursor}", field="cursor")


def test_not_modified(api):
    put(api, "a")
    tag = api.get("/articles/changes").headers["ETag"]
    assert api.get("/articles/changes", headers={"If-None-Match": tag}).status_code == 304
    put(api, "b")
    assert api.get("/articles/changes", headers={"If-None-Match": tag}).status_code == 200
