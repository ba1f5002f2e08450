"""Malformed requests: each gets the right refusal or none at all, none executes a second request hidden in it, none hurts the
server. Directly, and through nginx where that is installed."""
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

import raw

HOST = b"Host: t\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n"
LONG = b"x" * 10_000
BODY = b"Content-Type: text/plain\r\n"

# name: (bytes, statuses allowed; 0: the connection is closed without a reply)
CASES = {
    # ---- the request line
    "empty": (b"", {0}),
    "blank lines alone": (b"\r\n\r\n\r\n", {0, 400}),
    "noise": (bytes(range(1, 256)) * 4 + b"\r\n\r\n", {0, 400}),
    "zeros": (b"\0" * 512, {0, 400}),
    "tls hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200, {0, 400}),
    "http/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0, 400, 404, 405, 505}),
    "no version": (b"GET /articles\r\n\r\n", {0, 400}),
    "http/0.9": (b"GET /articles\r\n", {0, 400}),
    "http/3.0": (b"GET /articles HTTP/3.0\r\n" + HOST + b"\r\n", {0, 400, 505}),
    "version without number": (b"GET /articles HTTP/\r\n" + HOST + b"\r\n", {0, 400, 505}),
    "three words more": (b"GET /articles HTTP/1.1 a b c\r\n" + HOST + b"\r\n", {0, 400}),
    "blank in the path": (b"GET /arti cles HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "tab in the path": (b"GET\t/articles\tHTTP/1.1\r\n" + HOST + b"\r\n", {0, 400}),
    "method of 10,000 letters": (LONG + b" / HTTP/1.1\r\n" + HOST + b"\r\n", {0, 400, 404, 405, 414, 431}),
    "method in small letters": (b"get /articles HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
    "unknown method": (b"BREW /articles HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
    "trace": (b"TRACE /articles HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
    "connect": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
    "absolute form": (b"GET http://evil.example/articles HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "target without slash": (b"GET articles HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "asterisk": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
    "fragment": (b"GET /articles#x HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "backslashes": (b"GET \\articles HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "target of 40,000 bytes": (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "target of 20,000 bytes": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "raw NUL in the path": (b"GET /articles\0/evil HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "raw bytes in the path": (b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    # ---- escapes and dots
    "%00": (b"GET /articles%00/evil HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "%zz": (b"GET /articles/%zz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "% at the end": (b"GET /articles/% HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "overlong slash": (b"GET /articles/%c0%af HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "surrogate": (b"GET /entities/%ed%a0%80 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "beyond unicode": (b"GET /entities/%f4%90%80%80 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "dots": (b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "escaped dots": (b"GET /schema/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "escaped NUL in the query": (b"GET /articles?q=a%00b HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "overlong in the query": (b"GET /articles?q=%c0%80 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "query without names": (b"GET /articles?=&&=x HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "1,000 parameters": (b"GET /articles?" + b"&".join(b"a%d=1" % i for i in range(1000)) + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    # ---- headers
    "no host": (b"GET /articles HTTP/1.1\r\n\r\n", {400}),
    "two hosts": (b"GET /articles HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
    "blank before the colon": (b"GET /articles HTTP/1.1\r\n" + HOST + b"X-A : b\r\n\r\n", {400}),
    "no colon": (b"GET /articles HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n", {0, 400}),
    "no name": (b"GET /articles HTTP/1.1\r\n" + HOST + b": value\r\n\r\n", {0, 200, 400}),  # the library drops such a line
    "bare CR": (b"GET /articles HTTP/1.1\r\n" + HOST + b"X: a\rContent-Length: 9\r\n\r\n", {400}),
    "100 headers": (b"GET /articles HTTP/1.1\r\n" + HOST + b"".join(b"X%d: y\r\n" % i for i in range(100)) + b"\r\n", {431}),
    "10,000 cookies": (b"GET /articles HTTP/1.1\r\n" + HOST + b"Cookie: " + b"a=1;" * 10_000 + b"\r\n\r\n", {431}),
    "header of 40,000 bytes": (b"GET /articles HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 40_000 + b"\r\n\r\n", {431}),
    "headers without end": (b"GET /articles HTTP/1.1\r\n" + HOST + b"X: y\r\n", {0}),
    "control characters in a value": (b"GET /articles HTTP/1.1\r\n" + HOST + b"X: \x01\x02\x7f\r\n\r\n", {200, 400}),
    "absurd ranges": (b"GET /articles HTTP/1.1\r\n" + HOST + b"Range: bytes=0-,0-,0-\r\n\r\n", {200}),
    "1,000 accepts": (b"GET /articles HTTP/1.1\r\n" + HOST + b"Accept: " + b"a/b;q=0," * 1000 + b"*/*\r\n\r\n", {200}),
    "absurd tags": (b"GET /articles HTTP/1.1\r\n" + HOST + b'If-None-Match: W/",,"",W/W/\r\n\r\n', {200}),
    "credentials that are none": (b"GET /corrections HTTP/1.1\r\n" + HOST + b"Authorization: Basic \xff\xfe\r\n\r\n", {200, 401}),
    # ---- framing
    "two lengths": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc" + SMUGGLED, {400}),
    "two lengths in one": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 3, 3\r\n\r\nabc", {0, 400}),
    "negative length": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: -1\r\n\r\n", {0, 400, 413}),
    "length with a sign": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: +3\r\n\r\nabc" + SMUGGLED, {0, 400}),
    "length in hex": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 0x3\r\n\r\nabc" + SMUGGLED, {0, 400}),
    "length of 30 digits": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", {0, 400, 413}),
    "a terabyte": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 1099511627776\r\n\r\nabc", {413}),
    "length and chunks": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, {400}),
    "chunks twice": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, {400}),
    "unknown coding": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED, {400, 501}),
    "chunked with a vertical tab": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED, {0, 400, 501}),
    "chunk of no number": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", {0, 400}),
    "chunk of 2^64": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\nabc\r\n0\r\n\r\n", {0, 400, 413}),
    "negative chunk": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", {0, 400}),
    "chunk without its end": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", {0, 400}),
    "chunks without end": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", {0, 400}),
    "body shorter than said": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Content-Length: 50\r\n\r\nabc", {0, 400}),
    "body on a GET": (b"GET /articles HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc", {413, 400}),
    "expectation that nobody knows": (b"POST /articles HTTP/1.1\r\n" + HOST + BODY + b"Expect: the unexpected\r\nContent-Length: 3\r\n\r\nabc", {201, 200, 417, 400}),
    "upgrade": (b"GET /articles HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", {200}),
}


def test_there_are_enough():
    assert len(CASES) >= 60


@pytest.fixture(scope="module")
def server(guillemet, tmp_path_factory):
    import importlib.util
    spec = importlib.util.spec_from_file_location("shared", pathlib.Path(__file__).parent.parent / "conftest.py")
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    folder = tmp_path_factory.mktemp("requests")
    running = shared.Running(guillemet, folder / "a.db", folder / "serve.log", "--open-writes", "--access-log")
    yield running
    assert running.stop() == 0


def check(replies, allowed, log=None):
    statuses = [reply.status for reply in replies if reply.status != 100]
    assert (statuses[0] if statuses else 0) in allowed, statuses
    assert not any(b"root:" in reply.body for reply in replies)


@pytest.mark.parametrize("name", CASES)
def test_direct(server, name):
    data, allowed = CASES[name]
    replies = raw.ask(server.port, data)
    check(replies, allowed)
    if SMUGGLED in data:
        assert len(replies) <= 1  # the hidden one was not answered
    after = raw.ask(server.port, b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
    assert [reply.status for reply in after] == [200]


def test_nothing_hidden_was_executed(server):
    assert "/smuggled" not in server.said()
    log = pathlib.Path(server.log).read_text(errors="replace")
    assert "path=/smuggled" not in log and "Sanitizer" not in log


@pytest.fixture(scope="module")
def nginx(server, tmp_path_factory):
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not program:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} upstream g {{ server 127.0.0.1:{server.port}; keepalive 4; }}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://g; proxy_http_version 1.1; proxy_set_header Connection \"\";"
        " proxy_request_buffering off; } } }\n")
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.kill()
    process.wait()


def test_through_nginx(server, nginx):
    """Connections to guillemet are shared there: what one client sends must not become part of another's request."""
    for name, (data, allowed) in CASES.items():
        replies = raw.ask(nginx, data)
        first = next((reply.status for reply in replies if reply.status != 100), 0)
        assert first < 500 or first in (501, 502, 505), (name, first)
        after = raw.ask(nginx, b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert [reply.status for reply in after] == [200] and b'"ok"' in after[0].body, name
    assert server.process.poll() is None
