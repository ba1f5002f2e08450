"""What whoever runs the service relies on: probes, metrics, a second listener, sockets handed over, restarts, news for the
service manager."""
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

SAMPLE = re.compile(r'^([a-z_]+)(\{([a-z_]+="[^"\\\n]*",?)+\})? (-?[0-9.]+(e[-+]?[0-9]+)?|\+Inf)$')


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def samples(text):
    """Parses strictly what Prometheus would: every sample belongs to the family announced last, none comes twice."""
    found, family = {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            assert len(line.split(" ", 3)) == 4, line
        elif line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert kind in ("counter", "gauge", "histogram"), line
            assert kind != "counter" or family.endswith("_total"), line
        else:
            match = SAMPLE.match(line)
            assert match and family and match[1].startswith(family), line
            key = match[1] + (match[2] or "")
            assert key not in found, line
            found[key] = float(match[4])
    return found


def test_metrics_count_what_happened(serve, tmp_path):
    server = serve(tmp_path / "a.db", "--open-writes")
    text = "Budget\n\n« Rien n’est joué », a déclaré Aude Kermarec, maire de Vannes.\n"
    post = urllib.request.Request(server.base + "/articles", data=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
    assert urllib.request.urlopen(post, timeout=10).status == 201
    for _ in range(3):
        assert get(server.base + "/articles")[0] == 200
    assert get(server.base + "/articles/aaaaaaaaaaaaa")[0] == 404
    assert get(server.base + "/nowhere")[0] == 404
    expected = {("createArticle", 201): 1, ("listArticles", 200): 3, ("getArticle", 404): 1, ("none", 404): 1}
    expected = {f'guillemet_http_requests_total{{route="{route}",status="{status}"}}': count for (route, status), count in expected.items()}
    found, until = {}, time.monotonic() + 20
    while {key: found.get(key) for key in expected} != expected or found["guillemet_documents_waiting"]:  # counted when the reply is out: its client knows a moment before
        assert time.monotonic() < until, found
        status, text = get(server.base + "/metrics")
        assert status == 200
        found = samples(text)
    assert found['guillemet_http_request_duration_seconds_count{route="listArticles"}'] == 3
    assert found['guillemet_documents_total{outcome="created"}'] == 1
    for stage in ("tokens", "names", "quotes", "render", "write", "search"):
        assert found[f'guillemet_stage_cpu_seconds_total{{stage="{stage}"}}'] > 0, stage
    assert found["guillemet_store_group_writes_count"] == found["guillemet_store_commits_total"]
    assert found["guillemet_store_group_writes_sum"] == found["guillemet_store_writes_total"]
    groups = [value for key, value in found.items() if key.startswith("guillemet_store_group_writes_bucket")]
    assert groups == sorted(groups) and groups[0] >= 1
    assert found["guillemet_documents_waiting"] == found["guillemet_store_write_queue"] == 0
    assert abs(found["process_start_time_seconds"] - time.time()) < 600
    assert found["process_max_fds"] > found["process_open_fds"] > 3
    for name in ("http_requests_in_flight", "http_worker_queue", "http_kept_replies_total", "http_connections", "database_log_bytes"):
        assert f"guillemet_{name}" in found
    assert found["guillemet_store_commits_total"] >= 1 and found["guillemet_store_writes_total"] >= 1
    assert found["guillemet_articles"] == 1 and found["guillemet_quotes"] == 1
    assert found["guillemet_database_bytes"] > 0 and found["process_resident_memory_bytes"] > 0
    buckets = [value for key, value in found.items()
               if key.startswith("guillemet_http_request_duration_seconds_bucket") and '"listArticles"' in key]
    assert buckets == sorted(buckets) and buckets[-1] == 3
    assert "guillemet_build_info" in text and "aaaaaaaaaaaaa" not in text  # no label that a client chooses


def test_prometheus_has_nothing_to_say_about_the_metrics(serve, tmp_path):
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's prometheus) is not installed")
    server = serve(tmp_path / "a.db", "--open-writes")
    for path in ("/articles", "/nowhere", "/quotes?limit=0"):
        get(server.base + path)
    done = subprocess.run(["promtool", "check", "metrics"], input=get(server.base + "/metrics")[1].encode(), capture_output=True, timeout=60)
    assert done.returncode == 0 and not done.stdout + done.stderr, done


def test_private_reads_hide_the_metrics_but_not_the_probes(serve, tmp_path):
    admin = tmp_path / "admin.sock"
    server = serve(tmp_path / "a.db", "--private-reads", "--admin-listen", f"unix:{admin}")
    assert get(server.base + "/metrics")[0] == 401
    assert get(server.base + "/healthz")[0] == get(server.base + "/readyz")[0] == 200
    assert ask_unix(admin, "/metrics")[0] == 200


def ask_unix(path, target):
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(str(path))
        link.sendall(f"GET {target} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode())
        reply = b"".join(iter(lambda: link.recv(65536), b""))
    return int(reply.split()[1]), reply


def test_the_admin_listener_answers_when_the_main_one_is_full(serve, tmp_path):
    admin = tmp_path / "admin.sock"
    server = serve(tmp_path / "a.db", "--connections", "8", "--admin-listen", f"unix:{admin}")
    taken = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    try:
        for target, status in (("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/articles", 404), ("/", 404)):
            assert ask_unix(admin, target)[0] == status
    finally:
        for link in taken:
            link.close()


def test_probes_are_answered_when_all_connections_are_at_work(serve, tmp_path):
    """On the main listener: those who watch over the service must not take it for dead because it is full."""
    server = serve(tmp_path / "a.db", "--connections", "8", "--open-writes")
    busy = []
    try:
        until = time.monotonic() + 30
        while len(busy) < 8:  # a connection that has just ended may still hold its place
            assert time.monotonic() < until
            link = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            link.sendall(b"POST /articles HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Length: 30\r\nExpect: 100-continue\r\n\r\n")
            if link.recv(100).startswith(b"HTTP/1.1 100"):  # so it is under way
                busy.append(link)
            else:
                link.close()
        for _ in range(5):
            assert [get(server.base + path)[0] for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3
            status, text = get(server.base + "/articles")
            assert status == 503 and '"busy"' in text
        assert samples(get(server.base + "/metrics")[1])["guillemet_http_turned_away_total"] >= 5
        for number, link in enumerate(busy):
            link.sendall(f"Le conseil numéro {number} a voté.".encode()[:30].ljust(30))
            assert link.recv(100).split()[1] in (b"201", b"200")
    finally:
        for link in busy:
            link.close()
    until = time.monotonic() + 20
    while get(server.base + "/articles")[0] != 200:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_readiness_fails_before_the_door_closes(serve, run, tmp_path):
    server = serve(tmp_path / "a.db", "--drain-delay", "3s")
    where = f"127.0.0.1:{server.port}"
    assert get(server.base + "/readyz")[0] == 200
    server.process.send_signal(signal.SIGTERM)
    until = time.monotonic() + 20
    while get(server.base + "/readyz")[0] == 200:
        assert time.monotonic() < until
        time.sleep(0.02)
    status, text = get(server.base + "/readyz")
    assert status == 503 and '"shutting_down"' in text
    assert get(server.base + "/healthz")[0] == 200 and get(server.base + "/articles")[0] == 200
    assert run("healthcheck", "--listen", where).returncode == 0
    late = run("healthcheck", "--ready", "--listen", where)
    assert late.returncode == 1 and b"/readyz" in late.stderr and b"503" in late.stderr
    assert server.process.wait(30) == 0


def test_healthcheck_says_what_is_wrong(serve, run, tmp_path):
    sock = tmp_path / "http.sock"
    server = serve(tmp_path / "a.db", "--admin-listen", f"unix:{sock}")
    assert run("healthcheck", "--listen", f"127.0.0.1:{server.port}").stdout == b"ok\n"
    assert run("healthcheck", "--listen", f":{server.port}").returncode == 0
    assert run("healthcheck", env={"GUILLEMET_ADMIN_LISTEN": f"unix:{sock}"}).returncode == 0
    server.stop()
    gone = run("healthcheck", "--listen", f"127.0.0.1:{server.port}")
    assert gone.returncode == 1 and b"nobody answers" in gone.stderr
    assert run("healthcheck", "--listen", "fd:3").returncode == 2
    assert run("healthcheck", "--listen", "unix:" + "x" * 200).returncode == 1
    with socket.socket() as silent:  # takes connections, answers with something else
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        asked = threading.Thread(target=lambda: silent.accept()[0].sendall(b"SSH-2.0-x\r\n"))
        asked.start()
        assert run("healthcheck", "--listen", f"127.0.0.1:{silent.getsockname()[1]}").returncode == 1
        asked.join()


class HandedOver:
    """A listening socket of the test, under which servers come and go."""

    def __init__(self, binary, db, log):
        self.binary, self.db, self.log = binary, db, log
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(512)
        self.port = self.socket.getsockname()[1]
        self.started = 0

    def start(self, *options):
        # As a service manager does it: the socket as descriptor 3, LISTEN_PID the new process's own number.
        self.started += 1
        script = 'exec 3<&"$0"; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
        with open(self.log, "ab") as out:
            return subprocess.Popen(["bash", "-c", script, str(self.socket.fileno()), self.binary, "serve", "--db", str(self.db), *options],
                                    pass_fds=[self.socket.fileno()], stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def wait_ready(self, process):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert process.poll() is None, self.log.read_text()
            if self.log.read_text().count("msg=listening") == self.started:
                return
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())


def hammer(port, stop, failed, done):
    """A client that opens a connection for each request, as load balancers without keep-alive do."""
    while not stop.is_set():
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            link.request("GET", "/articles", headers={"Connection": "close"})
            reply = link.getresponse()
            reply.read()
            if reply.status != 200:
                failed.append(reply.status)
            link.close()
            done.append(1)
        except OSError as error:
            failed.append(repr(error))


def test_a_restart_on_an_inherited_socket_loses_no_request(guillemet, tmp_path):
    place = HandedOver(guillemet, tmp_path / "a.db", tmp_path / "serve.log")
    running = place.start()
    stop, failed, done = threading.Event(), [], []
    clients = [threading.Thread(target=hammer, args=(place.port, stop, failed, done)) for _ in range(8)]
    try:
        place.wait_ready(running)
        for client in clients:
            client.start()
        for _ in range(3):
            following = place.start()
            place.wait_ready(following)
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0
            running = following
    finally:
        stop.set()
        for client in clients:
            client.ident and client.join(30)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        place.socket.close()
    assert not failed and len(done) > 50, (failed[:5], len(done))
    assert "Sanitizer" not in place.log.read_text()


def test_the_service_manager_is_told(guillemet, tmp_path):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(30)
    environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
    process = subprocess.Popen([guillemet, "serve", "--db", str(tmp_path / "a.db"), "--listen", "127.0.0.1:0"], env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        assert manager.recv(200) == b"READY=1"
        assert manager.recv(200) == b"WATCHDOG=1"
        process.send_signal(signal.SIGHUP)
        told = [manager.recv(200) for _ in range(4)]
        assert any(line.startswith(b"RELOADING=1\nMONOTONIC_USEC=") for line in told) and b"READY=1" in told
        process.send_signal(signal.SIGTERM)
        while (line := manager.recv(200)) != b"STOPPING=1":
            assert line == b"WATCHDOG=1"
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate(timeout=30)
        manager.close()


def test_several_sockets_are_refused(guillemet, tmp_path):
    script = 'LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" serve --db "$1"'
    done = subprocess.run(["sh", "-c", script, guillemet, str(tmp_path / "a.db")], capture_output=True, timeout=60)
    assert done.returncode == 2 and b"LISTEN_FDS" in done.stderr


@pytest.mark.parametrize("value", ["10.0.0.0/40", "proxy.example"])
def test_trusted_proxies_are_checked_at_start(run, tmp_path, value):
    done = run("serve", "--db", tmp_path / "a.db", "--listen", "127.0.0.1:0", "--trusted-proxies", value)
    assert done.returncode == 2 and value.encode() in done.stderr
