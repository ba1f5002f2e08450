"""What guillemet is measured beside: how each is installed, filled with the same data, and started.

The data are what guillemet's own API says: exported as NDJSON into a database with a column for each field, tables for what
repeats, an index for each list and counts that are kept. A field that this file doesn't know rides along as JSON ("rest"). What
SQL can't hold is JSON in a column. It is given what would cost guillemet's peers most: an entity's newest articles are counted already.
"""
import http.client
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import urllib.parse
import urllib.request

import loopback

HERE = pathlib.Path(__file__).resolve().parent / "peers"

ARTICLE = ("url canonical_url external_id source title standfirst lang lang_confidence section image published_at modified_at word_count analyser "
           "ingested_at updated_at revision text_rights duplicate_of").split()
ARTICLE_JSON = "bylines credits keywords origins warnings".split()
COUNTS = "entities mentions quotes duplicates".split()
QUOTE = "type text speaker_resolution negated hypothetical in_headline body_quote before after confidence rule corrected".split()
QUOTE_JSON = "spans alternatives reported_by addressee channel about".split()
QUOTE_ARTICLE = "id title source published_at at url".split()
CUE = "text lemma class start end".split()
SPEAKER = "text start end kind entity name type title affiliation".split()
ENTITY = "slug name type first_seen last_seen articles mentions quotes_by quotes_about".split()


class Absent(Exception):
    """A contender that can't be had here: it is left out, and this says why."""


# ---- the data


def packed(value):
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def scalar(value):
    return None if isinstance(value, (dict, list)) else value


def rest_of(item, *known):
    """What no column holds; `known`: scalars first, where an object in their place is no scalar."""
    left = {k: v for k, v in item.items() if k not in {"id", "links", *(name for names in known for name in names)}}
    left |= {k: item[k] for k in known[0] if isinstance(item.get(k), (dict, list))}
    return packed(left) if left else None


def article_row(n, item):
    rest = rest_of(item, ARTICLE, ARTICLE_JSON, ["text", "blocks", *(["counts"] if item["counts"].keys() == set(COUNTS) else [])])
    return [n, item["id"], *(scalar(item.get(k)) for k in ARTICLE), *(packed(item.get(k)) for k in ARTICLE_JSON), *(item["counts"].get(k) for k in COUNTS), rest]


def quote_row(n, item, articles):
    cue, speaker = item["cue"] or {}, dict(item["speaker"] or {})
    speaker["affiliation"] = packed(speaker.get("affiliation"))
    parts = {"article": QUOTE_ARTICLE, "cue": CUE, "speaker": SPEAKER}
    plain = [name for name, known in parts.items() if not set(item[name] or {}) - set(known)]
    rest = rest_of(item, QUOTE, QUOTE_JSON, plain)
    return [n, item["id"], articles[item["article"]["id"]], item["article"]["published_at"], item["article"].get("at"), *(scalar(item.get(k)) for k in QUOTE),
            *(packed(item.get(k)) for k in QUOTE_JSON), *(scalar(cue.get(k)) for k in CUE), *(scalar(speaker.get(k)) for k in SPEAKER), rest]


def table(db, name, columns, more=""):
    db.execute(f"CREATE TABLE {name} (n INTEGER PRIMARY KEY, {', '.join(c if c.startswith('id ') else f'{c!r}' for c in columns)}{more})".replace("'", '"'))


def lines(base, path):
    with urllib.request.urlopen(base + path, timeout=600) as reply:
        for line in reply:
            item = json.loads(line)
            if "error" in item:
                raise SystemExit(f"bench: the export of {path} broke off: {item}")
            yield item


def fill(base, path):
    """Writes the database that the peers read, from a running guillemet. n descends as the lists do."""
    part = pathlib.Path(f"{path}.part")
    part.unlink(missing_ok=True)
    db = sqlite3.connect(part)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    table(db, "articles", ["id TEXT UNIQUE", *ARTICLE, *ARTICLE_JSON, *(f"{c}_count" for c in COUNTS), "rest"])
    table(db, "texts", ["text", "blocks"])
    table(db, "quotes", ["id TEXT UNIQUE", "article", "published_at", "at", *QUOTE, *QUOTE_JSON, *(f"cue_{c}" for c in CUE),
                         *(f"speaker_{c}" for c in SPEAKER), "rest"])
    table(db, "entities", ["id TEXT UNIQUE", *ENTITY, "gender", "recent", "rest"])
    table(db, "aliases", ["entity", "text", "count"])
    table(db, "titles", ["entity", "text", "count", "first_seen", "last_seen"])
    db.execute("CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)")

    def insert(name, row):
        db.execute(f"INSERT INTO {name} VALUES ({','.join('?' * len(row))})", row)

    n, articles = 10**9, {}
    for item in lines(base, "/articles.ndjson?include=text,blocks"):
        n -= 1
        articles[item["id"]] = n
        insert("articles", article_row(n, item))
        insert("texts", [n, item["text"], packed(item["blocks"])])
    db.execute("INSERT INTO counters VALUES ('articles', ?)", (len(articles),))
    n = 10**9
    for item in lines(base, "/quotes.ndjson"):
        n -= 1
        insert("quotes", quote_row(n, item, articles))
    fill_entities(base, insert)
    db.execute("CREATE INDEX articles_by_date ON articles (published_at, n)")
    db.execute("CREATE INDEX quotes_by_speaker ON quotes (speaker_entity, published_at, n)")
    db.execute("CREATE INDEX aliases_of ON aliases (entity, n)")
    db.execute("CREATE INDEX titles_of ON titles (entity, n)")
    db.commit()
    for name in ("articles", "quotes", "entities"):
        riding = db.execute(f"SELECT rest FROM {name} WHERE rest IS NOT NULL LIMIT 1").fetchone()
        if riding:
            print(f"bench: {name} have fields that peers.py doesn't know; the peers send them as they are: {riding[0][:100]}", flush=True)
    db.execute("VACUUM")
    db.execute("ANALYZE")
    db.commit()
    db.close()
    part.rename(path)


def fill_entities(base, insert):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)
    for listed in lines(base, "/entities.ndjson?fields=id"):
        connection.request("GET", f"/entities/{listed['id']}")
        item = json.loads(connection.getresponse().read())
        insert("entities", [None, item["id"], *(scalar(item.get(k)) for k in ENTITY), item.get("gender"), packed(item.get("recent")),
                            rest_of(item, ENTITY, ["aliases", "titles", "gender", "recent"])])
        for alias in item["aliases"]:
            insert("aliases", [None, item["id"], alias["text"], alias["count"]])
        for title in item["titles"]:
            insert("titles", [None, item["id"], title["text"], title["count"], title["first_seen"], title["last_seen"]])
    connection.close()


# ---- the programs


def install(what, folder, sources, *commands, now=True):
    """Runs the commands in `folder`, a copy of `sources`, unless they ran there before. Not `now`: only if they did."""
    done = folder / "installed"
    wanted = "".join(p.read_text() for p in sorted(sources.iterdir()) if p.suffix in (".json", ".txt"))
    if not (done.exists() and done.read_text() == wanted):
        if not now:
            raise Absent("it isn't installed, and a smoke test installs nothing")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for source in sources.iterdir():
            if source.is_file():
                shutil.copy(source, folder)
        log = folder.parent / f"{folder.name}.log"
        print(f"installing {what} into {folder}", flush=True)
        with open(log, "wb") as out:
            for command in commands:
                if "/" not in command[0] and not loopback.program(command[0]):
                    raise Absent(f"{command[0]} is not installed")
                if subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=900).returncode:
                    last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
                    raise Absent(f"{' '.join(command[:3])} failed ({log.name}): {last[0][:160]}")
        done.write_text(wanted)
    for source in sources.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    return folder


def install_fastify(cache, now=True):
    if not loopback.program("node"):
        raise Absent("node is not installed")
    return install("Fastify and better-sqlite3", cache / "fastify", HERE / "fastify", ("npm", "install", "--no-audit", "--no-fund", "--no-package-lock"), now=now)


def install_fastapi(cache, now=True):
    return install("FastAPI and uvicorn", cache / "fastapi", HERE / "fastapi", ("/usr/bin/python3", "-m", "venv", "venv"),
                   ("venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"), now=now)


def start_fastify(cache, database, processes, log):
    folder = cache / "fastify"
    port = loopback.free_port()
    process = loopback.start(processes, port, "Fastify", loopback.program("node"), str(folder / "server.js"), str(database), str(port),
                             log=log, cwd=folder, env={**os.environ, "NODE_ENV": "production"})
    return process, f"http://127.0.0.1:{port}"


def start_fastapi(cache, database, processes, log):
    folder = cache / "fastapi"
    port = loopback.free_port()
    process = loopback.start(processes, port, "FastAPI", str(folder / "venv/bin/uvicorn"), "app:app", "--host", "127.0.0.1", "--port", str(port),
                             "--workers", "2", "--log-level", "warning", "--no-access-log", log=log, cwd=folder,
                             env={**os.environ, "BENCH_DATABASE": str(database)})
    return process, f"http://127.0.0.1:{port}"


PEERS = {"fastify": (install_fastify, start_fastify), "fastapi": (install_fastapi, start_fastapi)}


def start_constant(cache, size, processes, log):
    """libmicrohttpd with a body of `size` bytes."""
    program = cache / "constant"
    source = HERE / "constant.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        done = subprocess.run(["cc", "-O2", "-o", str(program), str(source), "-lmicrohttpd"], capture_output=True, text=True)
        if done.returncode:
            raise Absent(f"constant.c doesn't compile: {done.stderr.strip().splitlines()[-1:]}")
    port = loopback.free_port()
    process = loopback.start(processes, port, "the constant server", str(program), str(port), str(size), log=log)
    return process, f"http://127.0.0.1:{port}"


def start_nginx(work, processes, log):
    """Serves work/static with two workers, as it comes but for the access log and the limit of requests of a connection."""
    program = loopback.program("nginx")
    if not program:
        raise Absent("nginx is not installed")
    port = loopback.free_port()
    owner = "user root;\n" if os.getuid() == 0 else ""
    (work / "nginx.conf").write_text(
        f"{owner}worker_processes 2;\npid {work}/nginx.pid;\nerror_log {work}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 10000000; types {{ application/json json; }}\n"
        f"  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;\n"
        f"  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;\n"
        f"  server {{ listen 127.0.0.1:{port}; root {work}/static; }} }}\n")
    process = loopback.start(processes, port, "nginx", program, "-p", str(work), "-c", str(work / "nginx.conf"), "-g", "daemon off;", log=log)
    return process, f"http://127.0.0.1:{port}"


# ---- the same JSON?


def settled(body):
    """A reply without what each server words its own way: where the next page is."""
    value = json.loads(body)
    if isinstance(value, dict) and "items" in value:
        value["next_cursor"] = value["next_cursor"] is not None
        value["next"] = value["next"] is not None
    return value


def difference(mine, theirs, at=""):
    """Where two JSON values differ first, or None."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in mine.keys() | theirs.keys():
            if key not in mine or key not in theirs:
                return f"{at}.{key}: only in {'guillemet' if key in mine else 'the other'}"
            found = difference(mine[key], theirs[key], f"{at}.{key}")
            if found:
                return found
        return None
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return next((found for i, (a, b) in enumerate(zip(mine, theirs)) if (found := difference(a, b, f"{at}[{i}]"))), None)
    return None if mine == theirs and isinstance(mine, bool) == isinstance(theirs, bool) else f"{at}: {packed(mine)[:80]} and {packed(theirs)[:80]}"
