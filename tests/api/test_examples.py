"""Every operation of openapi.yaml has an example for the shell, and each does what it shows."""
import json
import subprocess

import pytest

import conftest

METHODS = ("get", "post", "put", "patch", "delete")
# Readers first, then what they would miss: an example may count on those before it.
LATE = {"createArticle": 1, "replaceArticle": 2, "mergeEntity": 3, "splitEntity": 4, "updateEntity": 5, "updateQuote": 6, "getCorrection": 7,
        "undoCorrection": 8, "deleteEntity": 9, "cancelJob": 9, "deleteArticle": 10}


def operations(contract):
    for path, item in contract.spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield item[method]["operationId"], method, item[method]


@pytest.fixture(scope="module")
def place(guillemet, contract, tmp_path_factory):
    """A server of the samples' archive, and the variables of the examples."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "names.tsv").write_text(conftest.GAZETTEER)
    server = conftest._shared.Running(guillemet, folder / "archive.db", folder / "serve.log", "--open-writes", "--gazetteer",
                                      str(folder / "names.tsv"))
    client = conftest.Client(server.base, contract)
    ids = {name: client.post(text, **meta).json()["id"] for name, meta, text in conftest.ARTICLES}
    revised = client.call("PUT", "/articles/" + ids["port"], data=(conftest.ARTICLES[0][2] + " La ville attend.").encode(),
                          headers={"Content-Type": "text/plain; charset=utf-8"})
    assert revised.json()["revision"] == 2, revised.text
    job = client.call("POST", "/articles", data=b'{"text": "Un texte."}\n{"text": 1}\n',
                      headers={"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}).json()["id"]
    source = client.call("POST", "/sources", json={"url": "https://gazette.example/rss.xml", "name": "La Gazette"}).json()["id"]
    entity = {item["name"]: item["id"] for item in client.items("/entities")}
    quote = next(q for q in client.items("/quotes", article=ids["port"]) if q["speaker"]["name"] == "Anne Lebrun")
    yield {"PATH": "/usr/bin:/bin", "GUILLEMET": server.base, "ARTICLE": ids["port"], "OLD_ARTICLE": ids["concert"], "QUOTE": quote["id"],
           "PERSON": entity["Anne Lebrun"], "OTHER_PERSON": entity["Émile Ørsted"], "PLACE": entity["L'Haÿ-les-Roses"],
           "JOB": job, "SOURCE": source}
    server.stop()


def test_every_operation_has_an_example(contract):
    missing = [name for name, _, operation in operations(contract)
               if not any(sample["lang"] == "Shell" and "curl" in sample["source"] for sample in operation.get("x-codeSamples", []))]
    assert not missing, "give these an x-codeSamples with a curl command: " + ", ".join(missing)


def test_every_example_works(contract, place, tmp_path):
    ran = 0
    for name, method, operation in sorted(operations(contract), key=lambda row: (LATE.get(row[0], 0 if row[1] in ("get", "post") else 11))):
        for sample in operation.get("x-codeSamples", []):
            # What a reader runs, but failing where the server refuses.
            script = 'curl() { command curl --fail-with-body --max-time 20 "$@"; }\n' + sample["source"]
            done = subprocess.run(["bash", "-euc", script], env=place, cwd=tmp_path, capture_output=True, timeout=60)
            # A job of two lines is finished before anyone could cancel it.
            finished = name == "cancelJob" and json.loads(done.stdout).get("status") == 409
            assert done.returncode == 0 or finished, f"{name}: {done.stdout.decode()[:600]} {done.stderr.decode()[:300]}"
            codes = set(operation["responses"])
            assert done.stdout or "204" in codes, f"{name}: says nothing"
            if done.stdout[:1] in (b"{", b"[") and b"\n" not in done.stdout.strip():
                json.loads(done.stdout)
            ran += 1
    assert ran >= 30
