"""A disk without room: writes say so, reads go on, and room mends it."""
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def small_disk(tmp_path, request):
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + getattr(request, "param", "3m"), "tmpfs", str(place)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("needs the right to mount a small tmpfs (root)")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def post(base, text):
    request = urllib.request.Request(base + "/articles?lang=fr", data=text.encode(), headers={"Content-Type": "text/plain"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


def fill(ballast):
    with open(ballast, "wb") as out:
        try:
            while out.write(os.urandom(65536)):
                out.flush()
        except OSError:
            pass


def test_a_full_disk_is_told_as_that(serve, small_disk):
    ballast = small_disk / "ballast"
    server = serve(small_disk / "a.db", "--open-writes")
    assert post(server.base, "Il pleut à Brest.")[0] == 201
    fill(ballast)
    refused = None
    for n in range(200):
        status, body, headers = post(server.base, f"Jour {n}. " + "Il neige sur Lyon et sur la plaine. " * 400)
        if status != 201:
            refused = status, body, headers
            break
    assert refused and refused[0] == 507 and "storage_full" in refused[1], refused
    assert "application/problem+json" in refused[2]["Content-Type"]
    with urllib.request.urlopen(server.base + "/articles?limit=1", timeout=30) as reply:
        assert reply.status == 200
    ballast.unlink()
    assert post(server.base, "Il vente à Nice.")[0] == 201


@pytest.mark.parametrize("small_disk", ["48m"], indirect=True)
def test_a_job_waits_for_room(serve, small_disk):
    """It pauses while the disk is full, refuses no item because of that, and goes on by itself when there is room."""
    ballast = small_disk / "ballast"
    server = serve(small_disk / "a.db", "--open-writes")
    ballast.write_bytes(bytes(45 << 20))
    body = "\n".join(json.dumps({"url": f"https://gazette.example/{n}", "text": f"Jour {n}. " + f"Il neige sur Lyon et sur la plaine {n}. " * 40})
                     for n in range(150))
    headers = {"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}
    with urllib.request.urlopen(urllib.request.Request(server.base + "/articles?lang=fr", data=body.encode(), headers=headers), timeout=30) as reply:
        job = server.base + json.load(reply)["links"]["self"]

    def wait(done, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with urllib.request.urlopen(job, timeout=30) as told:
                state = json.load(told)
            if done(state):
                return state
            time.sleep(0.1)
        raise AssertionError(state)

    wait(lambda state: "a job pauses" in server.said() or "progress was not saved" in server.said(), 30)
    assert wait(lambda state: True, 1)["state"] in ("queued", "running")
    ballast.unlink()
    totals = wait(lambda state: state["state"] == "done", 60)["totals"]
    assert totals["done"] == 150 and totals["failed"] == 0 and totals["created"] + totals["unchanged"] == 150
