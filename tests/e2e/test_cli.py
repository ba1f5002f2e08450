"""The command line as a person or a script meets it: help, exit codes, messages, input and output."""
import gzip
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest

COMMANDS = ["serve", "ingest", "analyse", "evaluate", "migrate", "reanalyse", "export", "backup", "restore", "check", "purge", "corrections", "token", "config", "routes",
            "version"]
ARTICLE = ("La mairie de Brest renonce au tramway\n\n"
           "Le projet était contesté depuis deux ans par les riverains.\n\n"
           "La maire, Anne Morel, a déclaré lundi : « Nous n'irons pas plus loin ». Elle recevra les syndicats "
           "jeudi, a indiqué son cabinet.\n")


def said(done):
    return done.stderr.decode()


def summary(done):
    return json.loads(done.stdout)


def documents(*texts):
    return "".join(json.dumps({"id": f"d{i}", "text": text}) + "\n" for i, text in enumerate(texts)).encode()


# ---- teaching itself

def test_help_names_every_command(run):
    help_text = run("--help", check=True).stdout.decode()
    for command in COMMANDS:
        assert f"\n  {command} " in help_text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(run, command):
    done = run(command, "--help", check=True)
    text = done.stdout.decode()
    assert text.startswith(f"usage: guillemet {command} ")
    assert f"\n  guillemet {command}" in text or f"| guillemet {command}" in text, "no example"
    assert "Exit codes:" in text
    assert run("help", command).stdout == done.stdout
    assert run(command, "-h").stdout == done.stdout


def test_no_command_is_a_wrong_use(run):
    done = run()
    assert done.returncode == 2 and b"usage:" in done.stderr and done.stdout == b""


def test_version(run):
    one = run("--version", check=True).stdout
    assert one == run("version", check=True).stdout == run("ingest", "--version", check=True).stdout
    assert one.startswith(b"guillemet ")
    assert set(json.loads(run("version", "--json").stdout)) == {"version", "analyser"}


@pytest.mark.parametrize("words, hint", [
    (["analyze"], "did you mean analyse?"),
    (["frobnicate"], 'no command is called "frobnicate"'),
    (["analyse", "--ndjso", "-"], "did you mean --ndjson?"),
    (["analyse", "-x", "-"], "takes no option -x"),
    (["analyse"], "usage: guillemet analyse"),
    (["version", "x"], 'unexpected "x"'),
    (["ingest", "--url"], "--url needs a value"),
    (["ingest", "--json=1", "-"], "--json takes no value"),
    (["serve", "--queue", "many"], "queue"),
    (["serve", "--queue", "0"], "queue"),
    (["serve", "--log-level", "loud"], "log-level"),
    (["ingest", "--listen", ":1", "-"], "ingest takes no option --listen"),
    (["migrate", "down"], "status or up"),
    (["token", "steal"], "create, list or revoke"),
    (["token", "create"], "token create NAME"),
    (["token", "create", "--scopes", "read,write", "desk"], 'no scope is called "read,write"'),
    (["token", "create", "--scopes", "wirte", "desk"], "takes read, write, admin"),
    (["token", "create", "--scopes", " ", "desk"], "--scopes is empty"),
    (["reanalyse", "--rate", "fast"], "--rate must be"),
    (["ingest", "--url", "http://e.org/a", "a.txt", "b.txt"], "one FILE"),
])
def test_wrong_use_is_2_and_says_why(run, tmp_path, words, hint):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2, said(done)
    assert hint in said(done)
    assert done.stdout == b""
    assert os.listdir(tmp_path) == [], "nothing was to be done"


def test_every_error_starts_with_the_name(run, tmp_path):
    for line in said(run("ingest", "--db", tmp_path / "a.db", tmp_path / "none.txt")).splitlines():
        assert line.startswith("guillemet: ")


# ---- configuration

def test_flag_over_environment_over_file(run, tmp_path):
    (tmp_path / "guillemet.conf").write_text("# mine\ndb = file.db\nqueue = 7\nlisten = :1\n")
    env = dict(os.environ, GUILLEMET_DB="env.db", GUILLEMET_LISTEN=":2")
    done = run("config", "--json", "--listen", ":3", cwd=tmp_path, env=env, check=True)
    shown = json.loads(done.stdout)
    assert shown["queue"] == {"value": "7", "origin": "guillemet.conf:3"}
    assert shown["db"] == {"value": "env.db", "origin": "environment GUILLEMET_DB"}
    assert shown["listen"] == {"value": ":3", "origin": "flag"}
    assert shown["base-path"]["value"] is None
    assert shown["log-level"] == {"value": "info", "origin": "default"}
    assert b"guillemet.conf:3" in run("config", cwd=tmp_path).stdout


def test_bad_configuration_names_its_place(run, tmp_path):
    (tmp_path / "my.conf").write_text("db = a.db\nlisen = :1\n")
    done = run("config", "--config", "my.conf", cwd=tmp_path)
    assert done.returncode == 2
    assert "my.conf:2" in said(done) and "listen" in said(done)
    assert run("config", "--config", "none.conf", cwd=tmp_path).returncode == 2


# ---- analyse

def test_analyse_prints_one_document(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    analysis = json.loads(run("analyse", tmp_path / "a.txt", check=True).stdout)
    assert analysis["title"] == "La mairie de Brest renonce au tramway"
    assert analysis["text"] == ARTICLE
    assert analysis["lang"] == "fr"
    assert any("Anne Morel" == e["name"] for e in analysis["entities"])
    for block in analysis["blocks"]:
        assert ARTICLE[block["start"]:block["end"]].strip() == ARTICLE[block["start"]:block["end"]] != ""
    assert json.loads(run("analyse", "-", input=ARTICLE.encode(), check=True).stdout) == analysis


def test_analyse_ndjson_keeps_the_order_and_bad_lines(run):
    lines = documents("Il pleut sur Brest.", "Il neige.").splitlines(keepends=True)
    done = run("analyse", "--ndjson", "-", input=lines[0] + b"{bad\n" + b'{"text":3}\n' + b"\n" + lines[1])
    assert done.returncode == 1
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [o.get("id") for o in out] == ["d0", None, None, "d1"]
    assert out[0]["text"] == "Il pleut sur Brest." and out[3]["text"] == "Il neige."
    assert out[1]["error"]["line"] == 2
    assert out[2]["error"] == {"code": "invalid", "message": "/text must be a string, not a number",
                               "field": "/text", "line": 3}
    assert "-:2: " in said(done) and "-:3: " in said(done)


def test_analyse_ndjson_keeps_the_text_exactly(run):
    texts = ["Une\r\nligne", "é😀 \u2028 « oui »\n\n", "\ufeffDébut", "a" * 100000]
    out = [json.loads(line) for line in run("analyse", "--ndjson", "-", input=documents(*texts), check=True)
           .stdout.splitlines()]
    assert [o["text"] for o in out] == texts


def test_analyse_answers_each_line_as_it_comes(guillemet):
    """Another program may pipe records through it one by one."""
    process = subprocess.Popen([guillemet, "analyse", "--ndjson", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for text in ("Il pleut.", "Il neige."):
            process.stdin.write(documents(text))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
    finally:
        process.stdin.close()
        assert process.wait(10) == 0


def test_analyse_of_bad_files(run, tmp_path):
    (tmp_path / "nul.txt").write_bytes(b"abc\0def")
    done = run("analyse", tmp_path / "nul.txt")
    assert done.returncode == 1 and "byte 3" in said(done) and done.stdout == b""
    (tmp_path / "bad.txt").write_bytes("été ".encode() + b"\xe9\x81")
    assert "byte 6" in said(run("analyse", tmp_path / "bad.txt"))
    assert run("analyse", "-").returncode == 1  # empty
    assert run("analyse", tmp_path / "none.txt").returncode == 1
    assert "is a directory" in said(run("analyse", tmp_path))
    two = run("analyse", "--", "-", input=documents("Un.", "Deux."))
    assert two.returncode == 1 and "--ndjson" in said(two)


def test_analyse_converts_windows_1252(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(ARTICLE.replace("'", "’").encode("cp1252"))
    analysis = json.loads(run("analyse", tmp_path / "a.txt", check=True).stdout)
    assert "n’irons" in analysis["text"]
    assert [w["code"] for w in analysis["warnings"]] == ["charset_converted"]


def test_analyse_writes_nothing(run, tmp_path):
    run("analyse", "-", input=ARTICLE.encode(), cwd=tmp_path, check=True)
    assert os.listdir(tmp_path) == []


def test_gazetteer(run, tmp_path):
    (tmp_path / "mine.tsv").write_text("add\tORG\tcercle des riverains\n")
    text = "Le cercle des riverains proteste contre le tramway."
    done = run("analyse", "--gazetteer", tmp_path / "mine.tsv", "-", input=text.encode(), check=True)
    assert ("cercle des riverains", "ORG") in [(e["name"], e["type"]) for e in json.loads(done.stdout)["entities"]]
    (tmp_path / "bad.tsv").write_text("add\tORG\ta\nfrob\tx\n")
    done = run("analyse", "--gazetteer", tmp_path / "bad.tsv", "-", input=text.encode())
    assert done.returncode == 2 and "2" in said(done) and "bad.tsv" in said(done)


# ---- ingest

@pytest.fixture
def folder(tmp_path):
    base = tmp_path / "in"
    (base / "deep" / "er").mkdir(parents=True)
    (base / "a.txt").write_text(ARTICLE)
    (base / "deep" / "b.json").write_text(json.dumps([{"text": "Il pleut à Brest."}, {"text": "Il neige à Lyon."}]))
    (base / "deep" / "er" / "c.ndjson").write_bytes(documents("Il vente à Nice.", "Il grêle à Metz."))
    (base / "notes.pdf").write_bytes(b"%PDF")
    (base / ".hidden.txt").write_text("Rien.")
    return base


def test_ingest_twice_changes_nothing(run, folder, tmp_path):
    db = tmp_path / "a.db"
    first = summary(run("ingest", "--json", "--db", db, folder, check=True))
    assert (first["read"], first["created"], first["refused"]) == (5, 5, 0)
    again = summary(run("ingest", "--json", "--db", db, folder, check=True))
    assert (again["created"], again["revised"], again["unchanged"]) == (0, 0, 5)
    assert b"0 created, 0 revised, 5 unchanged, 0 refused" in run("ingest", "--db", db, folder).stdout


def test_an_edit_is_a_revision_where_there_is_an_id(run, tmp_path):
    db = tmp_path / "a.db"
    url = ["--url", "https://e.org/a"]
    assert summary(run("ingest", "--json", "--db", db, *url, "-", input=b"Il pleut."))["created"] == 1
    assert summary(run("ingest", "--json", "--db", db, *url, "-", input=b"Il neige."))["revised"] == 1
    same = ["--url", "HTTPS://E.org:443/a?utm_source=x#y"]
    done = run("ingest", "--json", "--db", db, *same, "-", input=b"Il vente.")
    assert summary(done)["revised"] == 1
    assert summary(run("ingest", "--json", "--db", db, "-", input=b"Il gele."))["created"] == 1


def test_ingest_goes_on_after_errors(run, tmp_path):
    db = tmp_path / "a.db"
    (tmp_path / "a.ndjson").write_bytes(documents("Un.", "Deux.") + b"{bad\n" + documents("Trois.") + b'{"text":""}\n')
    (tmp_path / "b.txt").write_bytes(b"a\0b")
    done = run("ingest", "--json", "--db", db, tmp_path / "a.ndjson", tmp_path / "none.txt", tmp_path / "b.txt",
               "-", input=b"Quatre.")
    assert done.returncode == 1
    assert summary(done)["refused"] == 4
    assert summary(done)["created"] + summary(done)["revised"] == 4  # d0 comes twice
    for place in ("a.ndjson:3: ", "a.ndjson:5: ", "none.txt", "b.txt: "):
        assert place in said(done)


def test_ingest_dry_run_stores_nothing(run, folder, tmp_path):
    done = run("ingest", "--dry-run", "--json", "--db", tmp_path / "a.db", folder, check=True)
    assert summary(done)["read"] == 5 and summary(done)["dry_run"] is True
    assert not (tmp_path / "a.db").exists()


def test_a_folder_without_documents_is_told(run, tmp_path):
    (tmp_path / "images").mkdir()
    done = run("ingest", "--db", tmp_path / "a.db", tmp_path / "images", check=True)
    assert "no document found" in said(done)


def test_an_unreadable_entry_does_not_end_the_walk(run, folder, tmp_path):
    os.symlink("nowhere", folder / "b.txt")
    os.symlink(folder, folder / "deep" / "loop")
    done = run("ingest", "--json", "--db", tmp_path / "a.db", folder)
    assert done.returncode == 1
    assert "b.txt" in said(done)
    assert summary(done)["created"] == 5
    assert summary(done)["unchanged"] == 0, "a link back to the folder led into it again"


def test_folders_within_folders(run, tmp_path):
    """Files by suffix, packed or not; hidden ones and what nobody reads are passed by; each folder once."""
    top = tmp_path / "in"
    deep = top / "2026" / "02"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("Un texte.")
    (deep / "b.txt.gz").write_bytes(gzip.compress("Deux textes.".encode()))
    (deep / "photo.jpg").write_bytes(b"no text")
    (top / ".hidden.txt").write_text("Caché.")
    (top / ".git").mkdir()
    (top / ".git" / "c.txt").write_text("Caché aussi.")
    for name in ("l1", "l2", "l3"):  # links to each other: many ways, one folder
        os.symlink(top, deep / name)
        os.symlink(deep, top / name)
    done = run("ingest", "--json", "--db", tmp_path / "a.db", top, check=True)
    assert summary(done)["read"] == 2 and summary(done)["created"] == 2


def test_url_names_one_article(run, tmp_path):
    done = run("ingest", "--json", "--db", tmp_path / "a.db", "--url", "https://e.org/a", "--type",
               "application/x-ndjson", "-", input=documents("Un.", "Deux."))
    assert done.returncode == 1 and "one article" in said(done)
    assert summary(done)["created"] == 1


def test_metadata_options(run, tmp_path):
    db = tmp_path / "a.db"
    run("ingest", "--db", db, "--source", "Le Courrier", "--published-at", "2026-02-03", "--lang", "fr",
        "--external-id", "x-1", "--section", "Ville", "-", input=ARTICLE.encode(), check=True)
    line = json.loads(run("export", "--db", db, check=True).stdout.splitlines()[-1])
    assert line["source"] == "Le Courrier" and line["published_at"] == "2026-02-03"
    assert line["lang"] == "fr" and line["external_id"] == "x-1" and line["section"] == "Ville"
    assert line["text"] == ARTICLE
    done = run("ingest", "--db", db, "--published-at", "hier", "-", input=b"Oui.")
    assert done.returncode == 1 and "hier" in said(done)


# ---- export, reanalyse, migrate, token, routes

def test_export_and_import_give_the_same_archive(run, folder, tmp_path):
    run("ingest", "--db", tmp_path / "a.db", folder, check=True)
    rich = {"external_id": "r", "url": "https://e.org/r?utm_source=x", "source": "S", "title": "Un titre soumis",
            "bylines": ["Ana Ruiz", "Li Wei"], "keywords": ["paix"], "published_at": "2026-02-03T14:05:09.250+01:00",
            "modified_at": "2026-02-04", "lang": "fr", "image": "https://e.org/i.png", "section": "Monde", "odd": 1,
            "text": "Sans titre. Le maire a dit « non ».\r\n\r\nFin 😀."}
    run("ingest", "--db", tmp_path / "a.db", "-", input=json.dumps(rich).encode(), check=True)
    rich["text"] += " Et puis."
    run("ingest", "--db", tmp_path / "a.db", "-", input=json.dumps(rich).encode(), check=True)
    one = run("export", "--db", tmp_path / "a.db", check=True).stdout
    assert len([line for line in one.splitlines() if b'"text"' in line]) == 6
    run("ingest", "--db", tmp_path / "b.db", "-", input=one, check=True)
    assert run("export", "--db", tmp_path / "b.db", check=True).stdout == one
    again = summary(run("ingest", "--json", "--db", tmp_path / "b.db", "-", input=one, check=True))
    assert again["unchanged"] == 6
    line = json.loads(one.splitlines()[-1])
    assert line["archive"]["revision"] == 2
    assert line["archive"]["warnings"][0]["code"] == "unknown_field"
    run("export", "--db", tmp_path / "a.db", "-o", tmp_path / "out.ndjson", check=True)
    assert (tmp_path / "out.ndjson").read_bytes() == one
    assert run("export", "--db", tmp_path / "a.db", "-o", tmp_path / "no" / "out").returncode == 3


def test_deletions_survive_export_and_import(serve, run, tmp_path):
    run("ingest", "--db", tmp_path / "a.db", "--url", "https://e.org/a", "-", input=ARTICLE.encode(), check=True)
    run("ingest", "--db", tmp_path / "a.db", "-", input=b"Il neige.", check=True)
    process = serve("--open-writes", "--db", tmp_path / "a.db")
    gone = [json.loads(line) for line in run("export", "--db", tmp_path / "a.db").stdout.splitlines()]
    gone = [line["archive"]["id"] for line in gone if "archive" in line][0]
    request = urllib.request.Request(f"{process.base}/articles/{gone}", method="DELETE")
    assert urllib.request.urlopen(request, timeout=30).status in (200, 204)
    exported = run("export", "--db", tmp_path / "a.db", check=True).stdout
    for _ in range(2):  # once into nothing, once into itself
        done = run("ingest", "--json", "--db", tmp_path / "b.db", "-", input=exported, check=True)
        assert summary(done)["restored"] >= 1
    other = serve("--db", tmp_path / "b.db")
    assert fetch(other.base + "/articles")[1]["total"] == 1
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(f"{other.base}/articles/{gone}")
    assert refused.value.code == 410
    again = [json.loads(line) for line in run("export", "--db", tmp_path / "b.db").stdout.splitlines()]
    assert [line["archive"]["id"] for line in again if "deleted_at" in line.get("archive", {})] == [gone]


GOLD = {"id": "g", "lang": "fr", "text": "Anne Morel vit à Brest. « Je pars demain », a déclaré Anne Morel.",
        "entities": [{"start": 0, "end": 10, "type": "PER"}, {"start": 17, "end": 22, "type": "LOC"},
                     {"start": 54, "end": 64, "type": "PER"}],
        "quotes": [{"type": "direct", "content": [[26, 40]], "speaker_full": "Anne Morel"}], "not_quotes": []}


def test_evaluate(run, tmp_path):
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD) + "\n")
    entities = json.loads(run("evaluate", "--task", "entities", "--json", tmp_path / "gold.jsonl", check=True).stdout)
    assert entities["task"] == "entities" and set(entities["types"]) == {"PER", "ORG", "LOC"}
    assert entities["micro"]["support"] == 3
    quotes = json.loads(run("evaluate", "--task", "quotes", tmp_path / "gold.jsonl", check=True).stdout)
    assert quotes["direct"]["content_exact"]["f1"] == 100.0
    assert quotes["speaker"] == 100.0 and quotes["end_to_end"]["f1"] == 100.0
    assert quotes["indirect"]["content_30"]["support"] == 0


def test_evaluate_lists_differences(run, tmp_path):
    wrong = dict(GOLD, quotes=[dict(GOLD["quotes"][0], speaker_full="Paul Petit")])
    (tmp_path / "gold.jsonl").write_text(json.dumps(wrong) + "\n")
    done = run("evaluate", "--task", "quotes", "--errors", 5, tmp_path / "gold.jsonl", check=True)
    assert said(done).split("\t")[:4] == ["speaker", "direct", "Paul Petit", "Anne Morel"]
    assert "[Je pars demain]" in said(done)
    assert run("evaluate", "--task", "quotes", tmp_path / "gold.jsonl").stderr == b""


@pytest.mark.parametrize("words", [[], ["--task", "weather"], ["--task", "quotes", "--errors", "x"],
                                   ["--task", "entities", "--types", "CAT"]])
def test_evaluate_wrongly_used(run, tmp_path, words):
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD))
    assert run("evaluate", *words, tmp_path / "gold.jsonl").returncode == 2


def test_evaluate_wrong_gold(run, tmp_path):
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD) + "\n\n" + json.dumps(dict(GOLD, not_quotes=[[0, 999]])))
    done = run("evaluate", "--task", "quotes", tmp_path / "gold.jsonl")
    assert done.returncode == 1 and "gold.jsonl:3: " in said(done) and done.stdout == b""


def test_reanalyse(run, folder, tmp_path):
    db = tmp_path / "a.db"
    run("ingest", "--db", db, folder, check=True)
    before = run("export", "--db", db).stdout
    assert json.loads(run("reanalyse", "--json", "--db", db, check=True).stdout)["reanalysed"] == 0
    assert json.loads(run("reanalyse", "--json", "--all", "--limit", 3, "--db", db).stdout)["reanalysed"] == 3
    done = json.loads(run("reanalyse", "--json", "--all", "--rate", 100, "--db", db).stdout)
    assert (done["reanalysed"], done["failed"]) == (5, 0)
    strip = lambda out: [{k: v for k, v in json.loads(line).items() if k != "archive"} for line in out.splitlines()]
    assert strip(run("export", "--db", db).stdout) == strip(before)
    assert run("reanalyse", "--db", tmp_path / "none.db").returncode == 3


def test_migrate(run, tmp_path):
    db = tmp_path / "a.db"
    status = json.loads(run("migrate", "--json", "--db", db, check=True).stdout)
    assert status and not any(m["applied"] for m in status)
    assert json.loads(run("migrate", "up", "--json", "--db", db, check=True).stdout)["applied"] == len(status)
    assert all(m["applied"] for m in json.loads(run("migrate", "status", "--json", "--db", db).stdout))
    assert b"0 pending" in run("migrate", "--db", db).stdout


def test_corrections(run, tmp_path):
    db, other = tmp_path / "a.db", tmp_path / "b.db"
    text = tmp_path / "a.txt"
    text.write_text("Le port rouvre\n\n« Nous avons tenu parole devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.\n")
    run("ingest", "--db", db, "--source", "La Gazette", text, check=True)
    assert run("corrections", "list", "--db", db, check=True).stdout == b""
    assert run("corrections", "undo", "1", "--db", db).returncode != 0
    assert run("corrections", "undo", "x", "--db", db).returncode == 2
    assert run("corrections", "steal", "--db", db).returncode == 2
    assert run("corrections", "undo", "--db", db).returncode == 2
    assert run("corrections", "list", "--db", other).returncode != 0 and not other.exists()


def test_tokens(run, tmp_path):
    db = tmp_path / "a.db"
    secret = run("token", "create", "desk", "--db", db, check=True).stdout.decode().strip()
    assert len(secret) > 30 and secret not in run("token", "list", "--db", db).stdout.decode()
    made = json.loads(run("token", "create", "--json", "--scopes", "read write", "two", "--db", db).stdout)
    assert made["scopes"] == "read write" and made["token"] != secret
    assert run("token", "create", "desk", "--db", db).returncode == 1
    assert run("token", "revoke", "nobody", "--db", db).returncode == 1
    run("token", "revoke", "desk", "--db", db, check=True)
    listed = {t["name"]: t for t in json.loads(run("token", "list", "--json", "--db", db).stdout)}
    assert listed["desk"]["revoked_at"] and not listed["two"]["revoked_at"]


def test_asking_for_tokens_makes_no_archive(run, tmp_path):
    for words in (["token", "list"], ["token", "revoke", "desk"]):
        done = run(*words, "--db", tmp_path / "none.db")
        assert done.returncode == 3 and "there is no database" in said(done), words
    assert os.listdir(tmp_path) == []


def test_routes(run):
    routes = json.loads(run("routes", "--json", check=True).stdout)
    assert {"GET /articles", "POST /articles", "GET /quotes/{id}"} <= {f"{r['method']} {r['path']}" for r in routes}
    assert len(run("routes").stdout.splitlines()) == len(routes)


# ---- what can be wrong with the machine

def test_databases_that_can_not_be_used(run, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text(ARTICLE)
    done = run("ingest", "--db", tmp_path / "no" / "a.db", text)
    assert done.returncode == 3 and "no" in said(done)
    (tmp_path / "corrupt.db").write_bytes(os.urandom(8192))
    done = run("ingest", "--db", tmp_path / "corrupt.db", text)
    assert done.returncode == 3 and "corrupt.db" in said(done)
    before = (tmp_path / "corrupt.db").read_bytes()
    run("serve", "--listen", "127.0.0.1:0", "--db", tmp_path / "corrupt.db")
    assert (tmp_path / "corrupt.db").read_bytes() == before
    assert run("export", "--db", tmp_path / "none.db").returncode == 3
    assert not (tmp_path / "none.db").exists()


def test_a_newer_database_is_left_alone(run, tmp_path):
    import sqlite3
    db = tmp_path / "a.db"
    run("ingest", "--db", db, "-", input=ARTICLE.encode(), check=True)
    connection = sqlite3.connect(db)
    connection.execute("PRAGMA user_version = 4711")
    connection.close()
    for words in (["ingest", "--db", db, "-"], ["serve", "--listen", "127.0.0.1:0", "--db", db], ["export", "--db", db]):
        done = run(*words, input=b"Oui.")
        assert done.returncode == 3 and "newer" in said(done), words


def test_a_full_output_is_told(guillemet):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    for words in (["analyse", "-"], ["version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([guillemet, *words], input=ARTICLE.encode(), stdout=full, stderr=subprocess.PIPE,
                                  timeout=60)
        assert done.returncode == 3 and b"output" in done.stderr, words
        assert len(done.stderr.splitlines()) == 1, "said once"


# ---- serve

@pytest.fixture
def serve(guillemet, tmp_path):
    running = []

    def start(*options, expect=None):
        process = subprocess.Popen([guillemet, "serve", "--listen", "127.0.0.1:0", *map(str, options)], cwd=tmp_path,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        running.append(process)
        first = process.stdout.readline().decode()
        process.base = first.split(" listens on ")[1].split(",")[0] if " listens on " in first else None
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def fetch(url, data=None, content_type="text/plain"):
    request = urllib.request.Request(url, data=data, headers={"Content-Type": content_type} if data else {})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.status, json.load(reply)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_starts_from_nothing_and_stops_clean(serve, tmp_path, number):
    process = serve()
    assert process.base
    assert fetch(process.base + "/articles")[1]["total"] == 0
    assert (tmp_path / "guillemet.db").exists()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err.decode()
    assert b"Sanitizer" not in err and b"msg=stopped" in err
    assert b"curl " in out and b"token create" in out


def test_serve_survives_a_hangup(serve):
    process = serve()
    process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    assert fetch(process.base + "/healthz")[0] == 200


def test_port_in_use(serve, run, tmp_path):
    process = serve()
    done = run("serve", "--listen", process.base.split("//")[1], "--db", tmp_path / "b.db")
    assert done.returncode == 3
    assert "in use" in said(done) and "--listen" in said(done)


def test_serve_and_ingest_at_once_lose_nothing(serve, run, guillemet, tmp_path):
    process = serve("--open-writes", "--db", tmp_path / "a.db")
    many = b"".join(documents(f"Le maire de Brest a dit non, pour la {i}e fois.").replace(b'"d0"', f'"i{i}"'.encode())
                    for i in range(150))
    (tmp_path / "many.ndjson").write_bytes(many)
    ingest = subprocess.Popen([guillemet, "ingest", "--json", "--db", str(tmp_path / "a.db"),
                               str(tmp_path / "many.ndjson")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    posted = 0
    while posted < 40:
        status, _ = fetch(f"{process.base}/articles?external_id=p{posted}",
                          f"La pluie tombe sur Lyon, jour {posted}.".encode())
        assert status == 201
        posted += 1
    out, err = ingest.communicate(timeout=120)
    assert ingest.returncode == 0, err.decode()
    assert json.loads(out)["created"] == 150
    assert fetch(process.base + "/articles?limit=1")[1]["total"] == 190
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0 and b"Sanitizer" not in err, err.decode()
    exported = run("export", "--db", tmp_path / "a.db", check=True).stdout
    assert exported.count(b'"ingested_at"') == 190
