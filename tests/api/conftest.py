"""A server, a client whose every reply is held against the contract, and a small archive of known content."""
import importlib.util
import pathlib
import time

import pytest
import requests

from contract import ROOT, Contract

_spec = importlib.util.spec_from_file_location("guillemet_conftest", pathlib.Path(__file__).parent.parent / "conftest.py")
_shared = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_shared)

# The user's gazetteer makes names certain, whatever the tagger of the day finds by itself.
NAMES = [
    ("PER", "Zoé L'Herbier-Maçon"), ("PER", "Anne Lebrun"), ("PER", "Paul Lebrun"), ("PER", "Émile Ørsted"),
    ("ORG", "AC/DC"), ("ORG", "Syndicat des Dockers"), ("LOC", "Dieppe"), ("LOC", "L'Haÿ-les-Roses"),
]
GAZETTEER = "".join(f"add\t{kind}\t{name}\n" for kind, name in NAMES)

ARTICLES = [
    ("port", {"source": "La Gazette du Nord", "published_at": "2026-02-03", "url": "https://gazette.example/port?utm_source=x"},
     "Le port de Dieppe rouvre\n\n"
     "Les grues tournent de nouveau à Dieppe depuis mardi matin, après trois semaines de silence sur les quais.\n\n"
     "« Nous avons tenu parole devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.\n\n"
     "Le Syndicat des Dockers a affirmé que la reprise serait lente et difficile pour les équipes."),
    ("concert", {"source": "La Gazette du Nord", "published_at": "2026-02-05T20:00:00Z", "url": "https://gazette.example/concert"},
     "AC/DC jouera à L'Haÿ-les-Roses\n\n"
     "Le groupe AC/DC donnera un concert à L'Haÿ-les-Roses cet été, devant plus de vingt mille personnes attendues.\n\n"
     "« La scène sera dressée sur le grand stade de la commune », a annoncé Zoé L'Herbier-Maçon, organisatrice.\n\n"
     "« Nous attendons ce moment depuis dix ans », a ajouté Zoé L'Herbier-Maçon."),
    ("budget", {"source": "Le Courrier", "published_at": "2026-02-04"},
     "Budget : le conseil vote\n\n"
     "Le conseil municipal de Dieppe a voté mercredi soir le budget de la ville après six heures de débats.\n\n"
     "« Ce budget est une erreur que nous paierons longtemps », a regretté Paul Lebrun, conseiller.\n\n"
     "Selon Paul Lebrun, la dette de la commune doublera en trois ans."),
    ("harbour", {"source": "The Coast", "published_at": "2026-01-20T08:00:00+01:00", "lang": "en", "external_id": "coast-7"},
     "Harbour reopens after three weeks\n\n"
     "Ships returned to the harbour of Dieppe on Tuesday morning after the longest strike in its recent history.\n\n"
     "\"We kept our word to the people of this town,\" said Anne Lebrun, the mayor.\n\n"
     "Émile Ørsted said that the quays would need repairs before the summer."),
]


class Client:
    """requests against one server; every reply is checked."""

    def __init__(self, base, contract):
        self.base, self.contract, self.session = base, contract, requests.Session()
        self.session.trust_env = False
        self.used = time.monotonic()

    def call(self, method, path, **options):
        # A connection that was idle for long may be closed by the server at the very moment.
        if time.monotonic() - self.used > 10:
            self.session.close()
        self.used = time.monotonic()
        prepared = requests.Request(method, self.base, **options).prepare()
        query = prepared.url.partition("?")[2]
        # As given: requests would decode and re-encode the path.
        prepared.url = self.base + path + (("&" if "?" in path else "?") + query if query else "")
        return self.contract.check(self.session.send(prepared, allow_redirects=False, timeout=60))

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def json(self, path, **params):
        reply = self.get(path, params=params)
        assert reply.status_code == 200, f"{path} {params}: {reply.text[:500]}"
        return reply.json()

    def items(self, path, **params):
        return self.json(path, **params)["items"]

    def post(self, text, status=201, **params):
        reply = self.call("POST", "/articles", params=params, data=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
        assert status is None or reply.status_code == status, f"{reply.status_code}: {reply.text[:500]}"
        return reply

    def post_json(self, document, status=201, **params):
        reply = self.call("POST", "/articles", params=params, json=document)
        assert status is None or reply.status_code == status, f"{reply.status_code}: {reply.text[:500]}"
        return reply

    def refused(self, status, code, method, path, field=None, nearest=None, **options):
        """Sends what must be refused; returns the problem."""
        reply = self.call(method, path, **options)
        assert reply.status_code == status, f"{method} {path}: {reply.status_code} {reply.text[:500]}"
        problem = reply.json()
        assert problem["code"] == code, problem
        assert problem["type"].endswith("/problems/" + code)
        if field is not None:
            assert problem.get("field") == field, problem
        if nearest is not None:
            assert problem.get("nearest") == nearest, problem
        return problem


@pytest.fixture(scope="session")
def contract():
    return Contract()


@pytest.fixture
def start(guillemet, contract, tmp_path):
    """start("--open-writes", …) → a client of a server of its own, with the gazetteer, stopped at the end."""
    running = []

    def begin(*options, db="archive.db"):
        (tmp_path / "names.tsv").write_text(GAZETTEER)
        server = _shared.Running(guillemet, tmp_path / db, tmp_path / f"serve{len(running)}.log",
                                 "--gazetteer", str(tmp_path / "names.tsv"), *options)
        running.append(server)
        client = Client(server.base, contract)
        client.server, client.db = server, tmp_path / db
        return client

    yield begin
    for server in running:
        server.stop()


@pytest.fixture
def api(start):
    """An empty archive that takes writes."""
    return start("--open-writes")


@pytest.fixture(scope="session")
def archive(guillemet, contract, tmp_path_factory):
    """A server with ARTICLES that tests only read; `archive.ids` names them."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "names.tsv").write_text(GAZETTEER)
    server = _shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                             str(folder / "names.tsv"))
    client = Client(server.base, contract)
    client.server = server
    client.ids = {name: client.post(text, **meta).json()["id"] for name, meta, text in ARTICLES}
    client.texts = {name: text for name, _, text in ARTICLES}
    yield client
    server.stop()


def pages(client, path, **params):
    """Follows next_cursor to the end: lists of items."""
    seen, cursor = [], None
    for _ in range(2000):
        reply = client.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
        assert reply.status_code == 200, reply.text[:500]
        page = reply.json()
        seen.append(page["items"])
        cursor = page["next_cursor"]
        assert (page["next"] is None) == (cursor is None) == ("Link" not in reply.headers)
        if cursor is None:
            return seen
        assert page["items"], "an empty page that isn't the last"
    raise AssertionError("paging doesn't end")


@pytest.fixture(scope="session")
def all_pages():
    return pages
