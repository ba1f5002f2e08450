"""The tools behind the make targets: what they promise when things go wrong, and that make rebuilds what it must."""
import os
import pathlib
import shutil
import stat
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def call(*command, **options):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120, **options)


# ---- deps.sh, with a Debian of our own making


@pytest.fixture
def debian(tmp_path):
    """A PATH where `present` lists the installed packages and apt-get installs what `available` lists."""
    bin_dir = tmp_path / "bin"
    program(bin_dir / "dpkg-query", '#!/bin/sh\nfor last; do :; done\n'
            f'grep -qx "$last" {tmp_path}/present && printf installed || exit 1\n')
    program(bin_dir / "apt-get", f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\n[ "$2" = update ] && exit 0\n'
            f'for p; do grep -qx "$p" {tmp_path}/available && echo "$p" >>{tmp_path}/present; done\n'
            'echo "E: something apt said"; exit 100\n')
    program(bin_dir / "id", '#!/bin/sh\necho ${FAKE_UID:-0}\n')
    for tool in ("bash", "env", "grep", "mktemp", "rm", "tail", "printf"):
        (bin_dir / tool).symlink_to(shutil.which(tool))
    (tmp_path / "present").write_text("one\ntwo\n")
    (tmp_path / "available").write_text("three\n")
    (tmp_path / "calls").write_text("")

    def deps(*packages, **environment):
        done = call("bash", HERE / "deps.sh", *packages, env={"PATH": str(bin_dir), **environment})
        return done, (tmp_path / "calls").read_text()

    deps.bin = bin_dir
    return deps


def test_deps_asks_nothing_when_nothing_is_missing(debian):
    done, calls = debian("one", "two")
    assert (done.returncode, done.stdout, calls) == (0, "", "")


def test_deps_installs_only_what_is_missing(debian):
    done, calls = debian("one", "three")
    assert done.returncode == 0, done.stderr
    assert "install" in calls and "three" in calls and "one" not in calls


def test_deps_names_what_cannot_be_installed(debian):
    done, _ = debian("one", "three", "four", "five")
    assert done.returncode == 1
    assert "missing packages: four five\n" in done.stderr
    assert "something apt said" in done.stderr


def test_deps_without_root_or_sudo_names_what_is_missing(debian):
    done, calls = debian("one", "three", FAKE_UID="1000")
    assert done.returncode == 1 and calls == ""
    assert "missing packages: three\n" in done.stderr


def test_deps_uses_sudo_and_never_waits_for_a_password(debian):
    program(debian.bin / "sudo", '#!/bin/sh\n[ "$1" = -n ] || exit 7\nshift\nexec "$@"\n')
    done, calls = debian("three", FAKE_UID="1000")
    assert done.returncode == 0, done.stderr
    assert "three" in calls


# ---- migration.sh


def test_migration_takes_the_next_number(tmp_path):
    (tmp_path / "tests/tools").mkdir(parents=True)
    (tmp_path / "migrations").mkdir()
    shutil.copy(HERE / "migration.sh", tmp_path / "tests/tools")
    (tmp_path / "migrations/0009_old.sql").write_text("")
    script = tmp_path / "tests/tools/migration.sh"
    assert call(script, "add_regions").stdout == "migrations/0010_add_regions.sql\n"
    assert (tmp_path / "migrations/0010_add_regions.sql").exists()
    for bad in ("", "Add", "a b", "../x"):
        done = call(script, bad)
        assert done.returncode == 2 and "NAME=" in done.stderr
    assert len(list((tmp_path / "migrations").iterdir())) == 2


# ---- run.sh counts honestly

PASSES = "#!/bin/sh\necho '[  PASSED  ] 3 test(s).'\n"


@pytest.fixture
def runner(tmp_path):
    """A project of its own whose unit suite is made of the scripts given."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/run.sh", tmp_path / "tests")
    (tmp_path / "Makefile").write_text("%:\n\t@true\n")

    def run(suite="unit", **programs):
        for name, text in programs.items():
            source = tmp_path / f"tests/unit/base/test_{name}.c"
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text("")
            program(tmp_path / f"build/san-address-undefined/tests/unit/base/test_{name}", text)
        environment = {k: v for k, v in os.environ.items() if k not in ("BUILD", "MAKEFLAGS", "MAKE")}
        done = call(tmp_path / "tests/run.sh", suite, env=environment)
        return done.returncode, (done.stdout.splitlines() or [""])[-1]

    return run


def test_runner_sums(runner):
    assert runner(a=PASSES, b=PASSES) == (0, "6 passed, 0 failed")


def test_runner_counts_failures(runner):
    bad = "#!/bin/sh\necho '[  PASSED  ] 1 test(s).'\necho '[  FAILED  ] 2 test(s), listed below:'\nexit 2\n"
    assert runner(a=PASSES, b=bad) == (1, "4 passed, 2 failed")


def test_runner_counts_a_crash(runner):
    assert runner(a=PASSES, b="#!/bin/sh\nkill -SEGV $$\n") == (1, "3 passed, 1 failed")


def test_runner_counts_a_leak_after_passing(runner):
    assert runner(a="#!/bin/sh\necho '[  PASSED  ] 3 test(s).'\nexit 1\n") == (1, "3 passed, 1 failed")


def test_runner_counts_an_empty_program(runner):
    assert runner(a=PASSES, b="#!/bin/sh\nexit 0\n") == (1, "3 passed, 1 failed")


def test_runner_counts_an_empty_suite(runner):
    assert runner() == (1, "0 passed, 1 failed")


def test_runner_refuses_an_unknown_suite(runner):
    assert runner("nonsense")[0] == 2


# ---- make rebuilds what depends on a changed file


def would_run(changed, target):
    """What make would run besides if `changed` were newer than everything."""
    build = os.environ.get("BUILD", "build")
    if not (ROOT / build / "release/guillemet").exists():
        pytest.skip("no release build to look at")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}

    def said(*options):
        done = call("make", "-n", *options, f"BUILD={build}", target, cwd=ROOT, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    anyway = set(said())
    return "\n".join(line for line in said("-W", changed) if line not in anyway)


def test_a_changed_table_makes_its_pack_anew():
    said = would_run("server/lang/fr/cue_verbs.tsv", "build")
    assert "packtool fr" in said and "packtool en" not in said
    assert "liblang.a" in said


def test_a_changed_header_recompiles_its_users():
    said = would_run("server/store/store.h", "build")
    assert "server/store/store.c" in said
    assert "server/text/utf8.c" not in said


def test_a_changed_migration_goes_into_the_binary():
    first = sorted((ROOT / "migrations").glob("*.sql"))[0].relative_to(ROOT)
    assert "migrations_data.o" in would_run(str(first), "build")


def test_help_lists_every_target_that_the_readme_names():
    said = call("make", "help", cwd=ROOT).stdout
    for target in ("run", "test", "build", "install", "format", "lint", "check-layers", "schema", "migration", "bench",
                   "fuzz", "clean", "deps"):
        assert f"make {target} " in said, target


def test_install_honours_destdir_and_prefix(tmp_path):
    said = call("make", "-n", f"DESTDIR={tmp_path}", "PREFIX=/opt/g", "install", cwd=ROOT,
                env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")}).stdout
    assert f"{tmp_path}/opt/g/bin/guillemet" in said


# ---- the project's tree


def test_the_top_level_holds_what_it_should():
    """A file dropped there by hand (data, scores, notes) would travel with every clone; .ci and .github are the hosts'."""
    listed = call("git", "-C", ROOT, "ls-files")
    if listed.returncode != 0:
        pytest.skip("no git here")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= {
        "server", "schema", "migrations", "tests", "docker", "Makefile", "openapi.yaml",
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "NOTICE"}
