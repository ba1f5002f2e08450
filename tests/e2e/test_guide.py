"""The operator's guide (docker/README.md): each of its commands is run here, or is of a kind that needs an engine or a service
manager and is named below with what runs it instead."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docker" / "README.md").read_text(encoding="utf-8")

# How a command begins that isn't run here: why.
ELSEWHERE = {
    "docker compose -f docker/compose.yaml up": "needs an engine; tests/run.sh compose reads the file",
    "docker run ": "needs an engine; make image-test runs the image with the same restrictions",
    "docker logs ": "needs an engine",
    "make image": "make image-test",
    "make && make install": "tests/tools/test_tools.py installs into a folder",
    "cp docker/guillemet.socket ": "needs systemd; the units are verified below",
    "systemctl ": "needs systemd; tests/e2e/test_operate.py plays the service manager",
    "journalctl ": "needs systemd",
}


def commands():
    for block in re.findall(r"^```\n(.*?)^```", GUIDE, re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            command = re.sub(r"\s{2,}# .*$", "", line).strip()
            if command:
                yield command


def here(command):
    """What of it can be run: inside a container it is the same program."""
    inside = re.match(r"docker (?:compose .*?)?exec guillemet /usr/bin/(guillemet .*)$", command)
    return inside[1] if inside else None if any(command.startswith(start) for start in ELSEWHERE) else command


def test_every_command_is_run_here_or_named():
    found = list(commands())
    assert len(found) > 20
    for command in found:
        run = here(command)
        assert run is None or run.split()[0] in ("guillemet", "curl"), command
    for start in ELSEWHERE:
        assert any(command.startswith(start) for command in found), start


def test_the_commands_do_what_they_should(guillemet, serve, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "guillemet").symlink_to(guillemet)
    (tmp_path / "backup").mkdir()
    db = tmp_path / "guillemet.db"
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "GUILLEMET_DB": str(db), "LC_ALL": "C.UTF-8"}
    server = serve(db, "--private-reads", "--admin-listen", f"unix:{tmp_path}/admin")  # a token is not for show
    server.stop()
    server = serve(db)
    token, done = None, 0
    for command in filter(None, map(here, commands())):
        line = command.replace("/var/lib/guillemet/guillemet.db", str(db)).replace("/backup/", f"{tmp_path}/backup/")
        line = line.replace("/var/log/", f"{tmp_path}/").replace("Bearer …", f"Bearer {token}")
        line = re.sub(r"http://(localhost|127\.0\.0\.1):8080", server.base, line).replace("curl ", "curl -sS --fail-with-body ")
        if " token create newsroom" in line and token:
            continue  # its name is taken; it was run
        if line.startswith("guillemet restore"):
            server.stop()
        ran = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, (line, ran.stdout, ran.stderr)
        done += 1
        if " token create" in line:
            token = ran.stdout.strip()
            assert token.startswith("glm_")
    assert done >= 11 and (tmp_path / "guillemet-audit.ndjson").exists()
    assert '"created"' not in ran.stdout and (tmp_path / "backup" / "guillemet.ndjson.gz").stat().st_size > 100


def test_every_option_that_it_names_exists(run):
    named = {name for span in re.findall(r"`([^`\n]+)`", GUIDE) if span.startswith("--") for name in re.findall(r"--([a-z-]+)", span)}
    assert len(named) > 12
    commands_known = re.findall(r"^  ([a-z]+)  ", run("--help", check=True).stdout.decode(), re.M)
    for command in sorted(commands_known, key=lambda name: name != "serve"):
        if named:
            named -= set(re.findall(r"--([a-z-]+)", run(command, "--help", check=True).stdout.decode()))
    assert not named


@pytest.mark.parametrize("unit", ["guillemet.service", "guillemet.socket"])
def test_systemd_accepts_the_units(unit, guillemet, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for name in ("guillemet.service", "guillemet.socket"):
        text = (ROOT / "docker" / name).read_text().replace("/usr/local/bin/guillemet", guillemet)
        (tmp_path / name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if "guillemet" in line and "Failed to open /dev/tty" not in line]
    assert not complaints, complaints
