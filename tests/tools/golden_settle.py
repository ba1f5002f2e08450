#!/usr/bin/python3
"""Drops from tests/golden/open.json what is found by now. It never adds: that a thing is missed is written by hand.

    TEST_BINARY=… tests/tools/golden_settle.py
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OPEN = ROOT / "tests/golden/open.json"


def main():
    said = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfxX", "--tb=no",
                           str(ROOT / "tests/golden")], capture_output=True, text=True, cwd=ROOT).stdout
    found = set(re.findall(r"^FAILED [^\[]*\[(.*)\](?: - \[XPASS\(strict\)\].*)?$", said, re.MULTILINE))
    missed = set(re.findall(r"^XFAIL [^\[]*\[(.*)\](?: - .*)?$", said, re.MULTILINE))
    listed = json.loads(OPEN.read_text(encoding="utf-8"))
    kept = {label: reason for label, reason in listed.items() if label in missed}
    for label in sorted(set(listed) - set(kept)):
        print(f"found by now: {label}")
    for label in sorted(found - set(listed)):
        print(f"missed, and not listed as open: {label}")
    OPEN.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
