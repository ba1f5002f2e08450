"""What one client may ask."""
import re
import socket

import requests


def test_a_rate_is_kept_and_told(start):
    api = start("--rate-limit", "1", "--rate-burst", "5", "--access-log")
    replies = [requests.get(api.base + "/articles", timeout=30) for _ in range(8)]
    statuses = [reply.status_code for reply in replies]
    assert statuses[:5] == [200] * 5 and 429 in statuses[5:], statuses
    assert replies[0].headers["RateLimit-Limit"] == "1"
    # Kept replies carry this request's numbers, not those of the one that they were made for.
    left = [int(reply.headers["RateLimit-Remaining"]) for reply in replies[:5]]
    assert left == sorted(left, reverse=True) and left[0] == 4, left
    refused = next(reply for reply in replies if reply.status_code == 429)
    assert refused.json()["code"] == "rate_limited" and int(refused.headers["Retry-After"]) >= 1
    assert requests.get(api.base + "/problems/rate_limited", timeout=30).status_code in (200, 429)
    for probe in ("/healthz", "/readyz", "/metrics"):
        for _ in range(10):
            assert requests.get(api.base + probe, timeout=30).status_code == 200
    metrics = requests.get(api.base + "/metrics", timeout=30).text
    assert int(re.search(r"^guillemet_http_limited_total (\d+)", metrics, re.M)[1]) >= 1


def test_each_client_behind_a_trusted_proxy_counts_for_itself(start):
    api = start("--rate-limit", "1", "--rate-burst", "2", "--trusted-proxies", "127.0.0.1")
    for client in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
        statuses = [requests.get(api.base + "/articles", headers={"X-Forwarded-For": client}, timeout=30).status_code for _ in range(4)]
        assert statuses[:2] == [200, 200] and statuses[2:].count(429) >= 1, (client, statuses)


def test_so_many_at_once(start):
    """One request of this client is held up while its body is awaited; the second is refused, the third comes after it."""

    api = start("--open-writes", "--client-requests", "1")
    port = api.server.port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
        # "100 Continue" says that the request has been let in: nothing else was asked meanwhile that could have its place.
        slow.sendall(b"POST /articles HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
        assert slow.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        refused = requests.get(api.base + "/articles", timeout=30)
        assert refused.status_code == 429 and refused.json()["code"] == "rate_limited"
        assert "RateLimit-Limit" not in refused.headers  # no rate is set
        slow.sendall(b"Budget 202")
        assert slow.recv(4096).split()[1] in (b"201", b"200")
    for _ in range(50):
        if requests.get(api.base + "/articles", timeout=30).status_code == 200:
            break
    else:
        raise AssertionError("the place was not given back")


def test_without_limits_nobody_is_told_any(archive):
    reply = archive.get("/articles")
    assert not any(name.startswith("RateLimit") for name in reply.headers)


def test_traces_are_logged(start):
    api = start("--access-log")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    for parent in (f"00-{trace}-00f067aa0ba902b7-01", f"00-{trace.upper()}-00f067aa0ba902b7-01", "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
                   "x" * 55, f"00-{trace}-00f067aa0ba902b7-01x", f"ff-{trace}-00f067aa0ba902b7-01"):
        requests.get(api.base + "/articles", headers={"traceparent": parent}, timeout=30)
    api.server.stop()
    lines = [line for line in api.server.said().splitlines() if "msg=request" in line and "listArticles" in line]
    assert len(lines) == 6 and sum(f"trace={trace}" in line for line in lines) == 1 and sum("trace=" in line for line in lines) == 1
