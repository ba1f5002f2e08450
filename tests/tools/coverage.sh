#!/usr/bin/env bash
# Which lines of server/ the tests run. Builds with gcov's counters in a folder of its own, runs the unit tests and those that
# drive the program, and prints what gcovr makes of it; the page is build/coverage/index.html. What isn't linked into the
# service (server/train, server/docs) is left out, and so are tests that need time instead of lines.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
folder=$BUILD/coverage
objects=$folder/objects
mkdir -p "$folder"
failed=0
# The flags go in by CC: every object and every link gets them.
build=(make --no-print-directory -j"${JOBS:-2}" "CC=${CC:-cc} --coverage -fprofile-update=atomic" "BUILD=$objects")
"${build[@]}" build unit-binaries fuzz-replay-binaries >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log"; exit 1; }
find "$objects" -name '*.gcda' -delete
for program in "$objects"/release/tests/unit/*/test_*; do
    if [ -x "$program" ] && [ -f "$program" ]; then
        timeout 300 "$program" >>"$folder/unit.log" 2>&1 || { failed=1; echo "coverage: $program failed" >&2; }
    fi
done
for name in tests/fuzz/corpus/*; do
    timeout 120 "$objects/release/tests/fuzz/replay_$(basename "$name")" "$name" >>"$folder/unit.log" 2>&1 || true
done
# One by one: files of two folders may bear the same name. gcov opens files of its own, which one test would not have.
for folder_of_tests in golden api e2e fault; do
    side_by_side=()
    case $folder_of_tests in api | e2e) side_by_side=(-n "${JOBS:-2}" --dist loadfile) ;; esac
    PYTHONHASHSEED=0 TEST_BINARY=$PWD/$objects/release/guillemet timeout 1500 /usr/bin/python3 -m pytest -q -p no:cacheprovider \
        "${side_by_side[@]}" -k 'not test_nothing_is_opened_because_of_a_document' "tests/$folder_of_tests" \
        >"$folder/pytest-$folder_of_tests.log" 2>&1 ||
        { failed=1; echo "coverage: some tests failed, see $folder/pytest-$folder_of_tests.log" >&2; }
done
gcovr --root . --object-directory "$objects" --filter 'server/' --exclude 'server/(train|docs)/' --exclude-unreachable-branches \
    --html-details "$folder/index.html" --json-summary "$folder/summary.json" --txt "$folder/summary.txt" -j "${JOBS:-2}" >/dev/null 2>"$folder/gcovr.log"
/usr/bin/python3 - "$folder/summary.json" <<'PY'
import collections
import json
import sys
rows = json.load(open(sys.argv[1]))["files"]
layers = collections.defaultdict(lambda: [0, 0])
for row in rows:
    layer = layers[row["filename"].split("/")[1] if row["filename"].count("/") > 1 else "main"]
    layer[0] += row["line_covered"]
    layer[1] += row["line_total"]
for name, (covered, total) in sorted(layers.items()):
    print(f"{name:10} {covered:6} of {total:6} lines  {100 * covered / max(total, 1):5.1f} %")
covered, total = (sum(layer[i] for layer in layers.values()) for i in (0, 1))
print(f"{'all':10} {covered:6} of {total:6} lines  {100 * covered / total:5.1f} %")
print("least covered:")
for row in sorted((row for row in rows if row["line_total"] >= 20), key=lambda row: row["line_covered"] / row["line_total"])[:12]:
    print(f"  {row['filename']}: {row['line_covered']} of {row['line_total']}")
PY
exit "$failed" # what a test that failed would have run isn't counted
