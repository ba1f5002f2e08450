"""Prefer: respond-async: accepted, done later, told on the way; through restarts, cancelled, refused when too many wait."""
import concurrent.futures
import json
import random
import signal
import sqlite3
import threading
import time

import pytest
import requests

LINES = {"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}
TEXT = "Le port rouvre\n\n« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe."


def lines(count, name="a", bad=0):
    return "\n".join(json.dumps({"text": n} if bad and n % bad == 0 else {"url": f"https://gazette.example/{name}/{n}", "text": f"{TEXT} {n}"})
                     for n in range(count))


def send(api, body, headers=LINES, **params):
    return api.call("POST", "/articles", params=params, data=body.encode(), headers=headers)


def finished(api, link, states=("done",), seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = api.json(link)
        if job["state"] not in ("queued", "running"):
            assert job["state"] in states, job
            return job
        time.sleep(0.05)
    raise AssertionError(f"still {job}")


def test_accepted_and_done_later(api):
    reply = send(api, lines(150, bad=10), source="La Gazette", lang="fr")
    assert reply.status_code == 202 and reply.headers["Preference-Applied"] == "respond-async"
    job = reply.json()
    assert job["state"] == "queued" and job["totals"]["items"] == 150 and reply.headers["Location"] == job["links"]["self"]
    job = finished(api, job["links"]["self"])
    assert job["totals"] == {"items": 150, "done": 150, "created": 135, "revised": 0, "unchanged": 0, "failed": 15}
    assert job["rate"] > 0 and job["eta_s"] is None and job["started_at"] and job["finished_at"] and job["interruptions"] == 0
    assert api.json("/articles", source="La Gazette")["total"] == 135
    assert "no-store" in api.get(job["links"]["self"]).headers["Cache-Control"]


def test_rejects_are_paged(api, all_pages):
    job = finished(api, send(api, lines(90, bad=3)).json()["links"]["self"])
    rejects = [item for page in all_pages(api, job["links"]["rejects"], limit=7) for item in page]
    assert [r["index"] for r in rejects] == list(range(0, 90, 3)) and [r["line"] for r in rejects] == list(range(1, 91, 3))
    assert {r["problem"]["field"] for r in rejects} == {"/text"} and "line 4" in rejects[1]["problem"]["detail"]


def test_many_rejects_are_counted_and_the_first_kept(api):
    job = finished(api, send(api, "{}\n" * 1500).json()["links"]["self"])
    assert job["totals"]["failed"] == 1500 and api.json(job["links"]["rejects"])["total"] == 1000


def test_jobs_are_listed_newest_first(api, all_pages):
    ids = [send(api, lines(2, str(n))).json()["id"] for n in range(5)]
    assert [job["id"] for page in all_pages(api, "/jobs", limit=2) for job in page] == ids[::-1]
    api.refused(404, "not_found", "GET", "/jobs/aaaaaaaaaaaaa")
    api.refused(404, "not_found", "GET", "/jobs/7")
    api.refused(404, "not_found", "GET", "/jobs/aaaaaaaaaaaaa/rejects")


def test_what_is_not_async(api):
    """A preference: where nothing is to be waited for it isn't applied."""
    one = send(api, json.dumps({"text": TEXT}), {"Content-Type": "application/json", "Prefer": "respond-async"})
    assert one.status_code == 201 and "Preference-Applied" not in one.headers
    assert send(api, lines(2), dry_run="true").status_code == 200
    assert send(api, lines(2), {**LINES, "Prefer": "wait=5"}).status_code == 200
    assert send(api, lines(2), {**LINES, "Prefer": "wait=5, Respond-Async; x=y"}).status_code == 202
    api.refused(400, "invalid", "POST", "/articles", data="[", headers={**LINES, "Content-Type": "application/json"})


def test_a_key_names_one_job(api):
    headers = {**LINES, "Idempotency-Key": "k"}
    first, again = send(api, lines(3), headers), send(api, lines(3), headers)
    assert first.status_code == again.status_code == 202 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true" and api.json("/jobs")["total"] == 1


def test_cancel(api):
    running, waiting = (send(api, lines(3000, name)).json()["links"]["self"] for name in "ab")
    cancelled = api.call("DELETE", waiting)
    assert cancelled.status_code == 200 and cancelled.json()["state"] == "cancelled" and cancelled.json()["totals"]["done"] == 0
    assert api.call("DELETE", running).json()["state"] == "cancelled"
    api.refused(409, "conflict", "DELETE", running)
    done = finished(api, send(api, lines(2, "c")).json()["links"]["self"])  # the runner goes on
    api.refused(409, "conflict", "DELETE", done["links"]["self"])
    assert api.json(running)["totals"]["done"] < 3000


def halted(start, name, count):
    """A server that stands still in the midst of a job of so many lines, and the job; None when it was done before that."""
    api = start("--open-writes", db=name)
    job = send(api, lines(count, bad=50)).json()["links"]["self"]
    until = time.monotonic() + 30
    while api.json(job)["totals"]["done"] < 20 and time.monotonic() < until:
        time.sleep(0.005)
    api.server.process.send_signal(signal.SIGSTOP)
    with sqlite3.connect(f"file:{api.db}?mode=ro", uri=True) as db:
        if db.execute("SELECT finished_ms FROM jobs").fetchone() == (None,):
            return api, job
    api.server.process.send_signal(signal.SIGCONT)
    api.server.stop()
    return None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_goes_on(start, how):
    count, found = 150, None
    while not found:  # a fast build is done with a few hundred before it can be stopped
        count *= 4
        assert count < 100_000
        found = halted(start, f"{count}.db", count)
    api, job = found
    api.server.process.send_signal(how)
    api.server.process.send_signal(signal.SIGCONT)
    api.server.process.wait()
    api = start("--open-writes", db=f"{count}.db")
    done, bad = finished(api, job), count // 50
    totals = done["totals"]
    assert totals["items"] == totals["done"] == count and totals["failed"] == bad
    assert totals["created"] + totals["unchanged"] == count - bad and totals["unchanged"] < count - bad
    assert done["interruptions"] == (1 if how == signal.SIGKILL else 0)
    assert api.json("/articles")["total"] == count - bad
    assert api.json(done["links"]["rejects"])["total"] == min(bad, 1000)


def test_killed_at_any_moment(start):
    """Bulks under way and jobs, four kills: nothing that was acknowledged is lost, nothing is there twice."""
    chance, jobs, kept, unsure = random.Random(5), [], set(), set()

    def write(api, name):
        for n in range(1000):
            url = f"{name}-{n}"
            try:
                reply = send(api, lines(10, url), {"Content-Type": "application/x-ndjson", "Idempotency-Key": url})
            except requests.RequestException:
                return unsure.add(url)
            kept.update(item["id"] for item in reply.json()["items"])

    for kill in range(4):
        api = start("--open-writes")
        jobs.append(send(api, lines(60, f"job{kill}", bad=30)).json()["id"])
        writers = [threading.Thread(target=write, args=(api, f"{kill}-{n}")) for n in range(2)]
        [writer.start() for writer in writers]
        time.sleep(chance.uniform(0.1, 0.5))
        api.server.process.kill()
        api.server.process.wait()
        [writer.join() for writer in writers]
    api = start("--open-writes")
    for job in jobs:
        totals = finished(api, f"/jobs/{job}")["totals"]
        assert totals["done"] == 60 and totals["failed"] == 2 and totals["created"] + totals["unchanged"] == 58
        assert api.json(f"/jobs/{job}/rejects")["total"] == 2
    for url in unsure:
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": url}
        first, again = send(api, lines(10, url), headers), send(api, lines(10, url), headers)
        assert first.content == again.content
        kept.update(item["id"] for item in first.json()["items"])
    assert len(unsure) == 8 and api.json("/articles")["total"] == len(kept) + 4 * 58


def test_two_processes_run_each_job_once(start):
    """Both serve one archive: each item is stored by one of them, and one goes on where the other was killed."""
    one, other = start("--open-writes"), start("--open-writes")
    jobs = [send(server, lines(60, f"once{n}{server.server.port}")).json()["links"]["self"] for n in range(2) for server in (one, other)]
    last = [send(server, lines(250, f"killed{server.server.port}")).json()["links"]["self"] for server in (one, other)]
    paths = [link.partition("/jobs/")[2] for link in jobs + last]
    for path in paths[:4]:
        job = finished(other, f"/jobs/{path}")
        assert job["totals"]["created"] == 60 and job["totals"]["unchanged"] == job["interruptions"] == 0
    one.server.process.kill()
    one.server.process.wait()
    totals = [finished(other, f"/jobs/{path}")["totals"] for path in paths[4:]]
    assert [t["created"] + t["unchanged"] for t in totals] == [250, 250] and [t["done"] for t in totals] == [250, 250]
    assert other.json("/articles")["total"] == 4 * 60 + 500


def test_a_copy_runs_no_jobs(start, run, tmp_path):
    """What was accepted is done where it was accepted: in a backup, and in an archive made of it, the job has failed."""
    api = start("--open-writes")
    job = send(api, lines(300)).json()["links"]["self"]
    run("backup", "--db", api.db, tmp_path / "copy.db", check=True)
    assert api.json(job)["state"] in ("queued", "running")
    run("restore", "--db", tmp_path / "again.db", tmp_path / "copy.db", check=True)
    path = "/jobs/" + job.partition("/jobs/")[2]
    for db in ("copy.db", "again.db"):
        copy = start("--open-writes", db=db)
        there = copy.json(path)
        assert there["state"] == "failed" and "send" in there["problem"] and there["totals"]["done"] < 300
        assert finished(copy, send(copy, lines(2, "new")).json()["links"]["self"])["totals"]["created"] == 2
        assert copy.json(path)["totals"] == there["totals"]
    assert finished(api, job)["totals"]["created"] == 300


def test_a_full_queue_says_so_and_loses_nothing(api):
    slow = send(api, lines(3500, "slow")).json()["links"]["self"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: send(api, lines(1, f"q{n}")), range(70)))
    links = [reply.json()["links"]["self"] for reply in replies if reply.status_code == 202]
    refused = next(reply for reply in replies if reply.status_code != 202)
    assert refused.status_code == 503 and len(links) == 63
    assert refused.json()["code"] == "busy" and int(refused.headers["Retry-After"]) > 0
    assert send(api, lines(1, "now"), {"Content-Type": "application/x-ndjson"}).status_code == 200  # what doesn't queue is taken
    api.call("DELETE", slow)
    for link in links:
        assert finished(api, link)["totals"]["created"] == 1


def test_jobs_are_for_writers(start):
    api = start()
    for path in ("/jobs", "/jobs/aaaaaaaaaaaaa", "/jobs/aaaaaaaaaaaaa/rejects"):
        api.refused(401, "unauthenticated", "GET", path)
    api.refused(401, "unauthenticated", "DELETE", "/jobs/aaaaaaaaaaaaa")
