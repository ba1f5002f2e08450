#!/usr/bin/env bash
# Looks for new crashes: tests/fuzz/run.sh NAME… runs build/…/libfuzzer_NAME for FUZZ_SECONDS each. With FUZZ_RUNS=n it makes
# n inputs from a fixed seed and the committed corpus alone: the same ones each time, for a test that must not be a lottery.
# New inputs that reach new code are kept in build/fuzz/NAME; a crash is written to build/fuzz/crash-NAME-…: mend it, then
# move that file to tests/fuzz/regression/NAME/.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
FUZZ_SECONDS=${FUZZ_SECONDS:-60}
programs=$BUILD/san-fuzzer-no-link-address-undefined/tests/fuzz

[ $# -gt 0 ] || { echo 'usage: tests/fuzz/run.sh NAME…' >&2; exit 2; }
for name in "$@"; do
    found=$BUILD/fuzz/$name
    [ -z "${FUZZ_RUNS:-}" ] || rm -rf "$found"
    mkdir -p "$found"
    corpora=("$found")
    for folder in tests/fuzz/corpus/"$name" tests/fuzz/regression/"$name"; do
        [ -d "$folder" ] && corpora+=("$folder")
    done
    options=(-max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1
        -artifact_prefix="$BUILD/fuzz/crash-$name-")
    [ -z "${FUZZ_RUNS:-}" ] || options+=(-seed=1 -runs="$FUZZ_RUNS")
    [ -e "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
    "$programs/libfuzzer_$name" "${options[@]}" "${corpora[@]}"
done
