"""SIGHUP: what is read anew, what is told, what stays when it can't be read; and no request notices."""
import re
import signal
import threading
import time
import urllib.error
import urllib.request

import pytest


def ask(server, path, **headers):
    request = urllib.request.Request(server.base + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, dict(reply.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers)


class Reloading:
    """A server under a configuration file of the test."""

    def __init__(self, serve, folder, lines, *options):
        self.file = folder / "own.conf"
        self.file.write_text(lines)
        self.server = serve(folder / "a.db", "--config", str(self.file), *options)

    def said(self):
        return self.server.log.read_text(errors="replace")

    def hang_up(self, lines=None):
        """Sends the signal and returns what was logged for it."""
        if lines is not None:
            self.file.write_text(lines)
        before = self.said()
        ends = before.count("msg=reloaded"), before.count('"msg":"reloaded"')
        self.server.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 30
        while (self.said().count("msg=reloaded"), self.said().count('"msg":"reloaded"')) == ends:
            assert time.monotonic() < until and self.server.process.poll() is None, self.said()
            time.sleep(0.02)
        return self.said()[len(before):]


def test_settings_take_effect_and_are_told(serve, tmp_path):
    service = Reloading(serve, tmp_path, "log-level = info\n")
    ask(service.server, "/articles?limit=1")
    assert "msg=request" not in service.said()
    said = service.hang_up("access-log = true\nrate-limit = 1\nrate-burst = 3\n")
    for name, before, after in (("access-log", "false", "true"), ("rate-limit", "0", "1"), ("rate-burst", "0", "3")):
        assert re.search(rf'msg="setting changed" name={name} from={before} to={after} where=\S*own.conf:\d', said), said
    statuses = [ask(service.server, "/articles")[0] for _ in range(12)]
    assert statuses[:3] == [200] * 3 and 429 in statuses, statuses
    service.hang_up("log-format = json\n")
    assert [ask(service.server, "/articles")[0] for _ in range(12)] == [200] * 12
    assert "RateLimit-Limit" not in ask(service.server, "/articles")[1]
    said = service.hang_up("log-format = json\nlog-level = debug\n")
    assert '"msg":"setting changed","name":"log-level","from":"info","to":"debug"' in said
    assert '"msg":"reloaded"' in said and "msg=" not in said


def test_what_needs_a_restart_is_named(serve, tmp_path):
    service = Reloading(serve, tmp_path, "")
    said = service.hang_up("workers = 3\nlisten = 127.0.0.1:1\nread-timeout = 2s\n")
    for name, before, after in (("workers", "0", "3"), ("read-timeout", "1s", "2s")):
        assert f'msg="setting changes at the next restart" name={name} from={before} to={after}' in said
    assert "name=listen" not in said  # the command line has the last word
    assert ask(service.server, "/articles")[0] == 200


@pytest.mark.parametrize("bad, why", [("log-level = loud\n", "loud"), ("frob = 1\n", "frob"), (None, "own.conf")])
def test_a_bad_file_changes_nothing(serve, tmp_path, bad, why):
    service = Reloading(serve, tmp_path, "access-log = true\n")
    if bad is None:
        service.file.unlink()
    said = service.hang_up("rate-limit = 1\nrate-burst = 1\n" + bad if bad else None)
    assert 'level=error msg="configuration not reloaded"' in said and why in said
    assert [ask(service.server, "/articles")[0] for _ in range(5)] == [200] * 5
    assert "setting changed" not in said and "msg=request" in service.said()


def test_a_gazetteer_comes_and_goes(serve, tmp_path):
    names = tmp_path / "names.tsv"
    service = Reloading(serve, tmp_path, "", "--open-writes")
    text = "Le cercle des riverains de Velm a demandé, lundi soir, un nouveau pont sur la rivière.".encode()

    def found():
        request = urllib.request.Request(service.server.base + "/articles?dry_run=true&lang=fr", data=text, headers={"Content-Type": "text/plain"})
        return b"cercle des riverains" in urllib.request.urlopen(request, timeout=30).read().split(b'"entities"', 1)[-1]

    assert not found()
    names.write_text("add\tORG\tcercle des riverains\n")
    assert 'msg="gazetteer reloaded"' in service.hang_up(f"gazetteer = {names}\n")
    assert found()
    said = service.hang_up(f"gazetteer = {tmp_path}/missing.tsv\n")  # told, and the names in force stay
    assert 'msg="gazetteer not reloaded"' in said and "missing.tsv" in said and found()
    names.write_text("")
    assert 'msg="gazetteer reloaded"' in service.hang_up(f"gazetteer = {names}\n") and not found()
    assert 'msg="gazetteer dropped"' in service.hang_up("")
    assert 'gazetteer' not in service.hang_up()


def test_no_request_notices(serve, tmp_path):
    """Reads and analyses go on while names and settings change under them."""
    names = tmp_path / "names.tsv"
    names.write_text("add\tORG\tcercle des riverains\nalias\tles riverains\tcercle des riverains\n" * 200)
    service = Reloading(serve, tmp_path, f"gazetteer = {names}\n", "--open-writes")
    stop, failed, done = threading.Event(), [], []

    def send(number):
        text = f"Le cercle des riverains de Velm, section {number}, a demandé un pont. Les riverains l'auront. ".encode() * 20
        while not stop.is_set():
            request = urllib.request.Request(service.server.base + f"/articles?external_id={number}&revive=true&lang=fr",
                                             data=text + str(len(done)).encode(), headers={"Content-Type": "text/plain"})
            try:
                with urllib.request.urlopen(request, timeout=60) as reply:
                    done.append(reply.status)
                done.append(ask(service.server, "/articles")[0])
            except OSError as error:
                failed.append(repr(error))

    clients = [threading.Thread(target=send, args=(number,)) for number in range(3)]
    for client in clients:
        client.start()
    try:
        for turn in range(12):
            service.hang_up(f"gazetteer = {names}\naccess-log = {'true' if turn % 2 else 'false'}\nrate-limit = {1000000 - turn}\n")
    finally:
        stop.set()
        for client in clients:
            client.join(60)
    assert not failed and done and set(done) <= {200, 201}, (failed[:3], set(done))
    assert service.server.stop() == 0


def test_a_file_that_cannot_be_read_is_named(run, tmp_path):
    """Found where it is looked for, but not to be read: going on as if there were none would be a riddle."""
    (tmp_path / "guillemet.conf").symlink_to("guillemet.conf")
    done = run("config", cwd=tmp_path, check=True)
    assert b"guillemet.conf is passed over" in done.stderr
    (tmp_path / "guillemet.conf").unlink()
    assert run("config", cwd=tmp_path, check=True).stderr == b""
