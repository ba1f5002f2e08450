"""A disk without room: writes say so, reads go on, and room mends it."""
import os
import subprocess
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True)
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


def test_a_full_disk_is_told_as_that(serve, small_disk):
    ballast = small_disk / "ballast"
    server = serve(small_disk / "a.db", "--open-writes")
    assert post(server.base, "Il pleut à Brest.")[0] == 201
    with open(ballast, "wb") as out:
        try:
            while out.write(os.urandom(65536)):
                out.flush()
        except OSError:
            pass
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
