"""kill -9 amid mixed writes: what was acknowledged is there afterwards, what was not is there whole or not at all."""
import http.client
import json
import os
import random
import signal
import sqlite3
import threading
import time

KILLS = 100 if os.environ.get("FAULT_LONG") == "1" else 6


def text_of(key, version):
    return f"Conseil {key}\n\n« La séance {key} est levée pour la fois {version} », a déclaré Aude Kermarec, maire de Vannes."


class Writer(threading.Thread):
    """Creates, revises and deletes articles of its own, and notes what the server said of each."""

    def __init__(self, port, name, known):
        super().__init__()
        self.port, self.name_of, self.known, self.random = port, name, known, random.Random(name)

    def run(self):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        n = 0
        try:
            while True:
                n += 1
                key = f"{self.name_of}x{self.random.randrange(40)}"
                before = self.known.get(key, {"version": 0, "id": None})
                if before["id"] and not before.get("deleted") and self.random.random() < 0.2:
                    # From the moment it is sent either may be true.
                    self.known[key] = {**before, "unsure": "delete"}
                    link.request("DELETE", f"/articles/{before['id']}")
                    reply = link.getresponse()
                    reply.read()
                    if reply.status in (200, 204):
                        self.known[key] = {**before, "deleted": True}
                else:
                    version = before["version"] + 1
                    self.known[key] = {**before, "unsure": version}
                    link.request("POST", f"/articles?external_id={key}&lang=fr&revive=true", text_of(key, version).encode(),
                                 {"Content-Type": "text/plain; charset=utf-8"})
                    reply = link.getresponse()
                    body = reply.read()
                    if reply.status in (200, 201):
                        self.known[key] = {"version": version, "id": json.loads(body)["id"]}
        except (OSError, http.client.HTTPException):
            return  # killed


def check(db, known):
    with sqlite3.connect(db) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = dict(link.execute("SELECT a.external_id, t.text FROM articles a LEFT JOIN article_texts t ON t.article = a.id WHERE a.deleted_ms IS NULL"))
        live = link.execute("SELECT count(*) FROM articles WHERE deleted_ms IS NULL").fetchone()[0]
        assert link.execute("SELECT sum(value) FROM counters WHERE name = 'articles'").fetchone()[0] == live
        assert link.execute("SELECT count(DISTINCT article) FROM quotes").fetchone()[0] == live
    for key, state in known.items():
        allowed = []
        if state["version"]:  # its id is not known when the reply never came
            allowed.append(None if state.get("deleted") else text_of(key, state["version"]))
        else:
            allowed.append(None)
        if state.get("unsure") == "delete":
            allowed.append(None)
        elif "unsure" in state:
            allowed.append(text_of(key, state["unsure"]))
        found = rows.get(key)
        assert found in allowed, (key, state, found)
        # What may or may not have happened is known from here on.
        if found is None:
            known[key] = {**state, "deleted": bool(state["version"])}
        else:
            known[key] = {"version": int(found.rpartition(" fois ")[2].split(" ")[0]), "id": state["id"]}
        known[key].pop("unsure", None)


def test_nothing_acknowledged_is_lost(serve, run, tmp_path):
    db = tmp_path / "a.db"
    known, rnd = {}, random.Random(9)
    for _ in range(KILLS):
        server = serve(db, "--open-writes")
        writers = [Writer(server.port, name, known) for name in ("a", "b", "c")]
        for writer in writers:
            writer.start()
        time.sleep(rnd.uniform(0.05, 0.6))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        for writer in writers:
            writer.join(60)
        check(db, known)
    assert sum(state["version"] for state in known.values()) > KILLS
    server = serve(db)
    for key, state in known.items():
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        if state["id"]:
            link.request("GET", f"/articles/{state['id']}")
            assert link.getresponse().status == (410 if state.get("deleted") else 200), (key, state)
        link.close()
    assert run("migrate", "status", "--db", db).returncode == 0
