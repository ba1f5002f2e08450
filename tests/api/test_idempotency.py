"""Idempotency-Key: sent twice, done once; whatever happens in between."""
import json
import signal
import threading

TEXT = "Le port rouvre\n\n« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe."


def post(api, key, body=TEXT, headers=None, **params):
    return api.call("POST", "/articles", params=params, data=body.encode(),
                    headers={"Content-Type": "text/plain", "Idempotency-Key": key, **(headers or {})})


def test_the_same_request_gets_the_same_reply(api):
    first = post(api, "k1", url="https://gazette.example/a")
    assert first.status_code == 201 and "Idempotency-Replayed" not in first.headers
    api.call("POST", "/articles", params={"url": "https://gazette.example/a"}, data=TEXT.encode() + b" Revu.", headers={"Content-Type": "text/plain"})
    again = post(api, "k1", url="https://gazette.example/a")
    assert again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert again.content == first.content and again.headers["Location"] == first.headers["Location"]
    assert api.json(first.headers["Location"])["revision"] == 2  # it was not done again


def test_another_request_under_the_key_is_refused(api):
    post(api, "k1")
    for body, params, headers in ((TEXT + " 2", {}, {}), (TEXT, {"lang": "fr"}, {}), (TEXT, {}, {"Content-Type": "text/html"})):
        reply = post(api, "k1", body, headers, **params)
        assert reply.status_code == 422 and reply.json()["code"] == "idempotency_mismatch" and reply.json()["field"] == "Idempotency-Key"
    assert post(api, "k2", TEXT + " 2").status_code == 201
    assert api.json("/articles")["total"] == 2


def test_a_refused_request_may_be_mended(api):
    assert post(api, "k1", "").status_code == 400
    assert post(api, "k1").status_code == 201


def test_keys_are_checked(api):
    for odd in ("", "x" * 256, "é"):
        reply = post(api, odd.encode("utf-8"))
        assert reply.status_code == 400 and reply.json()["field"] == "Idempotency-Key", odd
    assert post(api, "x" * 255).status_code == 201


def test_each_token_has_its_own_keys(start, run):
    api = start()
    tokens = {}
    for name in ("a", "b"):
        done = run("token", "create", name, "--scopes", "write", "--db", api.db, check=True)
        tokens[name] = {"Authorization": "Bearer " + next(word for word in done.stdout.decode().split() if word.startswith("glm_"))}
    assert post(api, "k1", headers=tokens["a"]).status_code == 201
    other = post(api, "k1", TEXT + " De b.", headers=tokens["b"])
    assert other.status_code == 201 and "Idempotency-Replayed" not in other.headers
    assert post(api, "k1", headers=tokens["a"]).headers["Idempotency-Replayed"] == "true"


def test_a_bulk_is_replayed_whole(api):
    body = "\n".join(json.dumps({"text": f"{TEXT} {n}"}) for n in range(20)) + "\n{}"
    lines = {"Content-Type": "application/x-ndjson"}
    first = post(api, "k1", body, lines)
    again = post(api, "k1", body, lines)
    assert first.status_code == again.status_code == 207 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true" and again.json()["totals"]["created"] == 20


def test_at_the_same_time(api):
    """Ten threads send one request: one does it, the others hear that it is under way, or the same reply."""
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(post(api, "k1"))) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    done = [reply for reply in replies if reply.status_code == 201]
    assert len(done) >= 1 and len({reply.content for reply in done}) == 1
    assert sum("Idempotency-Replayed" not in reply.headers for reply in done) == 1
    for reply in replies:
        if reply.status_code != 201:
            assert reply.status_code == 409 and reply.json()["code"] == "idempotency_in_use" and reply.headers["Retry-After"] == "1"
    assert post(api, "k1").status_code == 201


def test_a_kill_between_commit_and_reply(start):
    """What was answered, and what was done without an answer, are done once."""
    for round in range(3):
        api = start("--open-writes")
        replies = []

        def send():
            try:
                replies.append(post(api, f"round {round}", TEXT + f" {round}"))
            except Exception:  # the server is gone
                pass

        thread = threading.Thread(target=send)
        thread.start()
        thread.join(0.01 * round)
        api.server.process.send_signal(signal.SIGKILL)
        api.server.process.wait()
        thread.join()
        api = start("--open-writes")
        again = post(api, f"round {round}", TEXT + f" {round}")
        assert again.status_code == 201
        if replies:
            assert again.content == replies[0].content and again.headers["Idempotency-Replayed"] == "true"
        assert api.json("/articles")["total"] == round + 1
        api.server.stop()
