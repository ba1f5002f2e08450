#!/usr/bin/env bash
# Fuzzes for long: tests/fuzz/soak.sh NAME:SECONDS… runs JOBS targets side by side, says when one ends and what it found, and
# fails when any did. A target's whole output is in build/fuzz/NAME.log; tests/fuzz/run.sh says what becomes of a crash.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILD=${BUILD:-build}
[ $# -gt 0 ] || { echo 'usage: tests/fuzz/soak.sh NAME:SECONDS…' >&2; exit 2; }
mkdir -p "$BUILD/fuzz"

# One line of a log: the value of libFuzzer's last statistic of that name.
one() {
    name=${1%%:*} seconds=${1#*:} log=$BUILD/fuzz/${1%%:*}.log
    local result=ok
    FUZZ_SECONDS=$seconds tests/fuzz/run.sh "$name" >"$log" 2>&1 || result='NOT OK'
    stat() { awk -v key="stat::$1:" '$1 == key { value = $2 } END { print value == "" ? "?" : value }' "$log"; }
    printf '%-7s %-9s %5s s, %s inputs, %s new, %s MiB%s\n' "$result" "$name" "$seconds" "$(stat number_of_executed_units)" \
        "$(stat new_units_added)" "$(stat peak_rss_mb)" "$([ "$result" = ok ] || echo ": read $log")"
    [ "$result" = ok ]
}
export -f one
printf '%s\n' "$@" | xargs -P"${JOBS:-2}" -I{} bash -c 'one {}'
