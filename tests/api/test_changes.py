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
    for odd in ("yesterday", "v", "v-1", "v1x", "12", "v99999999999999999999"):
        api.refused(400, "invalid", "GET", f"/articles/changes?updated_since={odd}", field="updated_since")
    api.refused(410, "gone", "GET", "/articles/changes?updated_since=v9999", field="updated_since")
    api.refused(400, "unknown_parameter", "GET", "/articles/changes?source=x")
    api.refused(400, "invalid", "GET", "/articles/changes?include=text&limit=101", field="limit")
    put(api, "b")
    cursor = api.json("/articles/changes", limit=1)["next_cursor"]
    api.refused(400, "invalid", "GET", f"/articles/changes?updated_since=v1&cursor={cursor}", field="cursor")


def test_not_modified(api):
    put(api, "a")
    tag = api.get("/articles/changes").headers["ETag"]
    assert api.get("/articles/changes", headers={"If-None-Match": tag}).status_code == 304
    put(api, "b")
    assert api.get("/articles/changes", headers={"If-None-Match": tag}).status_code == 200
