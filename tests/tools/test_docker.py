"""The files of docker/ agree with the Makefile, with each other and with the program."""
import configparser
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCKER = ROOT / "docker"


def joined(path):
    return path.read_text(encoding="utf-8").replace("\\\n", " ")


def test_the_image_installs_what_the_makefile_lists():
    listed = set(re.search(r"^DEPS_RUN := (.*)$", joined(ROOT / "Makefile"), re.M)[1].split())
    installed = set(re.search(r"--no-install-recommends (.*?) +&&", joined(DOCKER / "Dockerfile"))[1].split())
    assert installed == listed - {"curl"}


def test_the_image_takes_what_git_keeps_and_no_more():
    """Each COPY of the first stage is let through by .dockerignore, and exists."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set()
    for line in re.findall(r"^COPY (?!--from)(.*)$", joined(DOCKER / "Dockerfile"), re.M):
        copied.update(line.split()[:-1])
    assert copied == let_in
    assert all((ROOT / path).exists() for path in copied)


def options_of(run, command):
    return set(re.findall(r"--([a-z-]+)", run(command, "--help", check=True).stdout.decode()))


def test_every_setting_is_one_of_serve(run):
    known = options_of(run, "serve")
    settings = re.findall(r"\bGUILLEMET_([A-Z_]+)\b", joined(DOCKER / "Dockerfile") + (DOCKER / "compose.yaml").read_text())
    assert len(settings) >= 5
    for name in settings:
        assert name.lower().replace("_", "-") in known, name


def test_compose_mounts_what_is_there():
    compose = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    assert {"guillemet", "proxy", "prometheus"} <= set(compose["services"])
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DOCKER / source).exists() if source.startswith(".") else source in compose["volumes"], volume
    guillemet = compose["services"]["guillemet"]
    assert guillemet["read_only"] and guillemet["cap_drop"] == ["ALL"]
    subnet = compose["networks"]["default"]["ipam"]["config"][0]["subnet"]
    assert guillemet["environment"]["GUILLEMET_TRUSTED_PROXIES"] == subnet


def test_alerts_are_about_metrics_that_exist():
    """Each name in a rule, without a histogram's suffix, is written by the program."""
    written = set(re.findall(r'(?:single|family)\(out, "([a-z_]+)"', (ROOT / "server" / "api" / "metrics.c").read_text()))
    rules = yaml.safe_load((DOCKER / "alerts.yml").read_text())["groups"][0]["rules"]
    named = {re.sub("_bucket$", "", name) for rule in rules for name in re.findall(r"guillemet_([a-z_]+)", rule["expr"])}
    assert len(rules) >= 8 and named <= written, named - written
    guide = (DOCKER / "README.md").read_text()
    assert set(re.findall(r"`guillemet_([a-z_]+)", guide)) <= written


# What the rules say of made-up series; promtool plays Prometheus.
ALERTS = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'up{{job="guillemet", instance="a"}}', values: '1 1 1 0 0 0 0 0 0 0 0 0 0 0 0'}}
      - {{series: 'guillemet_http_requests_total{{instance="a", route="x", status="200"}}', values: '0+100x15'}}
      - {{series: 'guillemet_http_requests_total{{instance="a", route="x", status="503"}}', values: '0+20x15'}}
      - {{series: 'guillemet_http_requests_total{{instance="a", route="x", status="507"}}', values: '0+0x15'}}
    alert_rule_test:
      - {{eval_time: 2m, alertname: GuillemetDown}}
      - eval_time: 6m
        alertname: GuillemetDown
        exp_alerts: [{{exp_labels: {{job: guillemet, instance: a, severity: page}}, exp_annotations: {{summary: guillemet at a does not answer}}}}]
      - eval_time: 12m
        alertname: GuillemetTooBusy
        exp_alerts: [{{exp_labels: {{instance: a, severity: ticket}}, exp_annotations: {{summary: more than 5 % of requests are told to come back at a}}}}]
      - {{eval_time: 12m, alertname: GuillemetDiskFull}}
      - {{eval_time: 12m, alertname: GuillemetFaults}}
"""


def test_prometheus_reads_them(tmp_path):
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's prometheus) is not installed")
    subprocess.run(["promtool", "check", "config", DOCKER / "prometheus.yml"], check=True, capture_output=True)
    (tmp_path / "test.yml").write_text(ALERTS.format(rules=DOCKER / "alerts.yml"))
    done = subprocess.run(["promtool", "test", "rules", tmp_path / "test.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("unit", ["guillemet.service", "guillemet.socket"])
def test_units_can_be_read(unit, run):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DOCKER / unit)
    assert "Install" in parser
    if unit.endswith(".service"):
        command = parser["Service"]["ExecStart"].split()
        assert command[1] == "serve" and {word[2:] for word in command if word.startswith("--")} <= options_of(run, "serve")


@pytest.mark.parametrize("script", sorted(path.name for path in DOCKER.glob("*.sh")))
def test_scripts_can_be_read(script):
    shell = "bash" if "bash" in (DOCKER / script).read_text().splitlines()[0] else "sh"
    subprocess.run([shell, "-n", DOCKER / script], check=True)
