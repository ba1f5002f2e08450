"""Replies that are sent again are never older than what was acknowledged, whoever wrote it."""
import subprocess
import threading

TEXT = "« Nous avons tenu parole », a déclaré Anne Lebrun, maire de Dieppe, devant une foule venue nombreuse ce matin."


def total(session, base):
    reply = session.get(base + "/articles?limit=1", timeout=60)
    assert reply.status_code == 200, reply.text
    return reply.json()["total"]


def test_a_write_is_seen_at_once_by_everyone(api):
    """Each thread writes, then reads: its own article must be counted, on whatever thread the reply was kept."""
    import requests
    wrong, written, lock = [], [0], threading.Lock()

    def work(number):
        with requests.Session() as session:
            session.trust_env = False
            for n in range(15):
                total(session, api.base)
                reply = session.post(api.base + "/articles", params={"external_id": f"{number}-{n}"}, data=f"{TEXT} {number} {n}".encode(),
                                     headers={"Content-Type": "text/plain"}, timeout=60)
                assert reply.status_code == 201, reply.text
                with lock:
                    written[0] += 1
                    least = written[0]
                article = reply.json()["id"]
                seen = total(session, api.base)
                if seen < least:
                    wrong.append((number, n, seen, least))
                if session.get(f"{api.base}/articles/{article}", timeout=60).status_code != 200:
                    wrong.append((number, n, article))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert written[0] == 90 and total(api.session, api.base) == 90


def test_changes_and_deletions_are_seen(api):
    first = api.post(TEXT, external_id="a").json()["id"]
    for n in range(5):
        text = f"{TEXT} Version {n}."
        api.post(text, status=None, external_id="a")
        for _ in range(3):
            assert api.json(f"/articles/{first}")["text"].endswith(f"Version {n}.")
    assert api.call("DELETE", f"/articles/{first}").status_code in (200, 204)
    for _ in range(3):
        assert api.get(f"/articles/{first}").status_code == 410
        assert api.json("/articles")["total"] == 0


def test_another_process_writes(api, guillemet, tmp_path):
    for n in range(5):
        assert api.json("/articles")["total"] == n
        document = tmp_path / f"{n}.txt"
        document.write_text(f"{TEXT} {n}", encoding="utf-8")
        subprocess.run([guillemet, "ingest", "--db", str(api.db), str(document)], check=True, capture_output=True, timeout=60)
        assert api.json("/articles")["total"] == n + 1


def test_a_reply_sent_again_is_the_same(archive):
    paths = ["/articles", "/articles?limit=2&lang=fr", "/entities", "/quotes", "/openapi.yaml"]
    paths += [f"/articles/{i}" for i in archive.ids.values()]
    for path in paths:
        first, second = archive.get(path), archive.get(path)
        assert first.content == second.content
        assert {**first.headers, "Date": ""} == {**second.headers, "Date": ""}
        assert archive.call("HEAD", path).headers["Content-Length"] == first.headers["Content-Length"]
        unchanged = archive.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert unchanged.status_code == 304 and unchanged.headers["ETag"] == first.headers["ETag"]
        plain = archive.get(path, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers and plain.content == first.content


def test_private_replies_need_their_token_each_time(start, guillemet):
    api = start("--private-reads")
    made = subprocess.run([guillemet, "token", "create", "reader", "--scopes", "read", "--db", str(api.db)], check=True,
                          capture_output=True, text=True, timeout=60)
    token = next(word for word in made.stdout.split() if word.startswith("glm_"))
    for _ in range(3):
        assert api.get("/articles", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert api.get("/articles").status_code == 401
        assert api.get("/articles", headers={"Authorization": "Bearer glm_no"}).status_code == 401


def test_without_a_cache(start):
    api = start("--open-writes", "--cache-size", "0")
    api.post(TEXT)
    assert [api.json("/articles")["total"] for _ in range(2)] == [1, 1]
