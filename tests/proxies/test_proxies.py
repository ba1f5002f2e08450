"""guillemet behind the real nginx, Caddy and HAProxy, under the configurations of docker/, at the root and below a prefix."""
import gzip
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCKER = ROOT / "docker"
TEXT = ("AC/DC à Dieppe\n\nLe groupe AC/DC jouera à Dieppe.\n\n« La scène sera dressée sur le port », a annoncé Zoé Maçon, organisatrice.\n\n"
        "« Nous attendons ce moment depuis dix ans », a ajouté Zoé Maçon.\n")
NAMES = "add\tORG\tAC/DC\nadd\tPER\tZoé Maçon\nadd\tLOC\tDieppe\n"
NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; gzip {gzip}; gzip_proxied any; gzip_types *; gzip_min_length 1;
include {folder}/site.conf; }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def site(file, upstream, port):
    """A configuration of docker/ with this test's addresses in place of the container's."""
    text = (DOCKER / file).read_text()
    text, upstreams = re.subn(r"guillemet:8080", f"127.0.0.1:{upstream}", text)
    text, fronts = re.subn(r"(listen |bind )(:?)80\b", rf"\g<1>127.0.0.1:{port}", text)
    text, caddy = re.subn(r"^:80 \{", f"http://:{port} {{\n\tbind 127.0.0.1", text, flags=re.M)
    assert upstreams >= 1 and fronts + caddy == 1, file
    return text


def start_nginx(folder, file, upstream, port, compress="off"):
    (folder / "site.conf").write_text(site(f"nginx/{file}", upstream, port))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, gzip=compress))
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]


def start_caddy(folder, file, upstream, port):
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site(f"caddy/{file}", upstream, port))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def start_haproxy(folder, file, upstream, port):
    (folder / "haproxy.cfg").write_text(site(f"haproxy/{file}", upstream, port))
    return [shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


PROXIES = {
    "nginx": (start_nginx, "guillemet.conf", ""),
    "nginx-prefix": (start_nginx, "guillemet-prefix.conf", "/archive"),
    "caddy": (start_caddy, "Caddyfile", ""),
    "caddy-prefix": (start_caddy, "Caddyfile.prefix", "/archive"),
    "haproxy": (start_haproxy, "haproxy.cfg", ""),
    "haproxy-prefix": (start_haproxy, "haproxy-prefix.cfg", "/archive"),
}


class Proxy:
    def __init__(self, command, port, prefix, folder):
        self.port, self.prefix, self.folder = port, prefix, folder
        self.base = f"http://127.0.0.1:{port}{prefix}"
        self.home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        with open(folder / "out", "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.home, cwd=folder)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process.poll() is None, (folder / "out").read_text()
            try:
                if requests.get(self.base + "/healthz", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        self.stop()
        raise AssertionError((folder / "out").read_text())

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def upstream(serve, tmp_path):
    (tmp_path / "names.tsv").write_text(NAMES)
    return serve(tmp_path / "a.db", "--open-writes", "--trusted-proxies", "127.0.0.1", "--access-log", "--gazetteer", str(tmp_path / "names.tsv"))


@pytest.fixture
def front(upstream, tmp_path):
    """front("nginx") starts that proxy before the server of the test."""
    running = []

    def start(name, **options):
        starter, file, prefix = PROXIES[name]
        folder = tmp_path / f"{name}{len(running)}"
        folder.mkdir()
        port = free_port()
        proxy = Proxy(starter(folder, file, upstream.port, port, **options), port, prefix, folder)
        running.append(proxy)
        return proxy

    yield start
    for proxy in running:
        proxy.stop()


def post(proxy, **options):
    return requests.post(proxy.base + "/articles", data=TEXT.encode(), headers={"Content-Type": "text/plain; charset=utf-8"}, timeout=30, **options)


@pytest.mark.parametrize("name", PROXIES)
def test_every_link_leads_back_through_the_proxy(front, name):
    proxy = front(name)
    made = post(proxy, params={"url": "https://gazette.example/a"})
    assert made.status_code == 201, made.text
    assert made.headers["Location"].startswith(proxy.base + "/articles/")
    assert requests.get(made.headers["Location"], timeout=30).json()["title"] == "AC/DC à Dieppe"
    page = requests.get(proxy.base + "/quotes?limit=1", timeout=30)
    assert page.json()["next"].startswith(proxy.base + "/quotes?")
    assert page.links["next"]["url"] == page.json()["next"]
    second = requests.get(page.json()["next"], timeout=30).json()
    assert second["items"] and second["items"][0]["id"] != page.json()["items"][0]["id"]
    links = json.dumps(requests.get(proxy.base + "/", timeout=30).json()["links"])
    assert links.count(f'"{proxy.base}/') == links.count(":") - links.count("://") - links.count(f":{proxy.port}")
    problem = requests.get(proxy.base + "/articles/nothing", timeout=30).json()
    assert problem["type"] == proxy.base + "/problems/not_found"
    assert requests.get(problem["type"], timeout=30).status_code == 200


@pytest.mark.parametrize("name", PROXIES)
def test_names_keep_their_slashes_and_accents(front, name):
    proxy = front(name)
    assert post(proxy).status_code == 201
    for path, expected in (("/entities/AC%2FDC", "AC/DC"), ("/entities/Zo%C3%A9%20Ma%C3%A7on", "Zoé Maçon"), ("/entities?name=AC/DC", None)):
        reply = requests.get(proxy.base + path, timeout=30)
        assert reply.status_code == 200, (path, reply.text)
        if expected:
            assert reply.json()["name"] == expected


@pytest.mark.parametrize("name", PROXIES)
def test_the_client_is_known_and_cannot_pretend(front, upstream, name):
    proxy = front(name)
    lies = {"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil",
            "Forwarded": "for=203.0.113.66;host=evil.example;proto=https"}
    reply = requests.get(proxy.base + "/quotes?limit=1&lie=1", headers=lies, timeout=30)
    assert reply.status_code == 400 and "evil" not in reply.text and "gopher" not in reply.text
    assert reply.json()["type"] == proxy.base + "/problems/unknown_parameter"
    for _ in range(200):  # the line is written when the reply has left
        lines = [line for line in pathlib.Path(upstream.log).read_text().splitlines() if "msg=request" in line and "status=400" in line]
        if lines:
            break
        time.sleep(0.05)
    assert "client=127.0.0.1" in lines[-1] or "client=203.0.113.66" in lines[-1] and name.startswith("nginx")


@pytest.mark.parametrize("name", PROXIES)
def test_metrics_stay_inside(front, name):
    assert requests.get(front(name).base + "/metrics", timeout=30).status_code == 404


@pytest.mark.parametrize("name", PROXIES)
def test_an_entity_tag_survives_the_way(front, name):
    proxy = front(name)
    assert post(proxy).status_code == 201
    first = requests.get(proxy.base + "/articles", timeout=30)
    again = requests.get(proxy.base + "/articles", headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert again.status_code == 304 and not again.content
    assert requests.head(proxy.base + "/articles", timeout=30).headers["ETag"] == first.headers["ETag"]


def test_an_entity_tag_survives_a_proxy_that_compresses(front, upstream):
    proxy = front("nginx", compress="on")
    assert post(proxy).status_code == 201
    plain = requests.get(upstream.base + "/articles", headers={"Accept-Encoding": "identity"}, timeout=30)
    reply = requests.get(proxy.base + "/articles", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(reply.raw.read()))["items"]) == len(plain.json()["items"]) == 1
    tag = reply.headers["ETag"]
    again = requests.get(proxy.base + "/articles", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}, timeout=30)
    assert again.status_code == 304
    assert post(proxy, params={"external_id": "another"}).status_code == 201
    changed = requests.get(proxy.base + "/articles", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}, timeout=30)
    assert changed.status_code == 200 and changed.headers["ETag"] != tag


@pytest.mark.parametrize("name", PROXIES)
def test_connections_to_guillemet_are_kept(front, upstream, name):
    """A hundred requests of clients that each open a connection arrive over a few."""
    proxy = front(name)
    for _ in range(100):
        assert requests.get(proxy.base + "/healthz", headers={"Connection": "close"}, timeout=30).status_code == 200
    with open(f"/proc/{upstream.process.pid}/net/tcp", encoding="ascii") as table:
        local = f"0100007F:{upstream.port:04X}"
        open_now = sum(1 for line in table if line.split()[1] == local and line.split()[3] in ("01", "08"))
    assert 1 <= open_now <= 40, open_now


@pytest.mark.parametrize("name", PROXIES)
def test_a_client_of_http_1_0(front, name):
    proxy = front(name)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as link:
        link.sendall(f"GET {proxy.prefix}/healthz HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        reply = b"".join(iter(lambda: link.recv(65536), b""))
    assert b" 200 " in reply.split(b"\r\n")[0] and b'"ok"' in reply


@pytest.mark.parametrize("name", PROXIES)
def test_a_body_over_the_limit_is_refused(front, name):
    reply = requests.post(front(name).base + "/articles", data=b"x" * (17 << 20), headers={"Content-Type": "text/plain"}, timeout=60)
    assert reply.status_code == 413
