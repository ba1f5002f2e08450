#!/usr/bin/env bash
# Runs test suites, counts what passed and failed, keeps each log, and ends with one line: "N passed, N failed".
#   tests/run.sh test            what `make test` runs
#   tests/run.sh slow            what `make test-slow` runs
#   tests/run.sh SUITE…          some suites (tests/run.sh --list names them)
# A suite that crashes, hangs, can't be built or runs no test at all counts as failed. What can't be had (npm tools
# without a network) is said and counted as skipped, never passed over in silence.
set -uo pipefail
cd "$(dirname "$0")/.."

BUILD=${BUILD:-build}
JOBS=${JOBS:-2}
MAKE=${MAKE:-make}
PYTHON=${PYTHON:-/usr/bin/python3}
FUZZ_RUNS=${FUZZ_RUNS:-20000}
mkdir -p "$BUILD"
BUILD_ABS=$(cd "$BUILD" && pwd)
LOGS=$BUILD/test
ASAN=$BUILD/san-address-undefined
TSAN=$BUILD/san-thread
mkdir -p "$LOGS"

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
export LC_ALL=C.UTF-8 TZ=UTC RELEASE_BINARY=$BUILD_ABS/release/guillemet
# What the calling make was told (a job server, SAN=) is not for the builds here: each says what it wants.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# The user's own settings must not change what a test sees.
unset "${!GUILLEMET_@}"

total_passed=0 total_failed=0 total_skipped=0
failed_suites=()

# ---- what suites are made of: each prints a log and sets passed, failed, skipped

# Counts the closing lines of cmocka in a log.
cmocka_counts() {
    awk '/^\[  PASSED  \] [0-9]+ test/ { p += $4 } /^\[  FAILED  \] [0-9]+ test/ { f += $4 }
         /^\[  SKIPPED \] [0-9]+ test/ { s += $4 } END { print p + 0, f + 0, s + 0 }' "$1"
}

# Runs cmocka programs one by one: cmocka_run SECONDS PROGRAM…
cmocka_run() {
    local seconds=$1 program log p f s status
    shift
    for program in "$@"; do
        log=$LOGS/$suite.program.log status=0
        echo "--- ${program#"$BUILD"/}"
        timeout -k 5 "$seconds" "$program" >"$log" 2>&1 </dev/null || status=$?
        read -r p f s < <(cmocka_counts "$log")
        # A crash or sanitizer report fails the program even when its tests had passed; so does running nothing.
        if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
            f=1
            echo "!!! ${program#"$BUILD"/}: exit status $status$([ "$status" -eq 124 ] && echo " (timed out after $seconds s)")"
        elif [ $((p + f + s)) -eq 0 ]; then
            f=1
            echo "!!! ${program#"$BUILD"/}: ran no test"
        fi
        cat "$log"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    done
    rm -f "$LOGS/$suite.program.log"
    [ $# -gt 0 ] || { echo '!!! no test program'; failed=$((failed + 1)); }
}

# pytest_run SECONDS ARGUMENT…
pytest_run() {
    local seconds=$1 xml=$LOGS/$suite.xml status=0 p f s
    shift
    rm -f "$xml"
    timeout -k 10 "$seconds" "$PYTHON" -m pytest -q -p no:cacheprovider -ra --tb=short --junitxml="$xml" "$@" </dev/null || status=$?
    # Expected failures (xfail) are open ends, named in the log: neither passed nor failed.
    if read -r p f s < <("$PYTHON" - "$xml" <<'PY'
import sys
import xml.etree.ElementTree as tree
counts = dict(tests=0, failures=0, errors=0, skipped=0)
for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
    for key in counts:
        counts[key] += int(suite.get(key, 0))
bad = counts["failures"] + counts["errors"]
print(counts["tests"] - bad - counts["skipped"], bad, counts["skipped"])
PY
    ); then
        [ "$status" -ne 0 ] && [ "$f" -eq 0 ] && { f=1; echo "!!! pytest: exit status $status"; }
    else
        p=0 f=1 s=0
        echo "!!! pytest: exit status $status, no report"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Scripts that print "ok NAME" / "not ok NAME" / "skip NAME": tap_run SECONDS COMMAND…
tap_run() {
    local seconds=$1 log=$LOGS/$suite.tap.log status=0 p f s
    shift
    timeout -k 5 "$seconds" "$@" >"$log" 2>&1 </dev/null || status=$?
    cat "$log"
    p=$(grep -c '^ok ' "$log") f=$(grep -c '^not ok ' "$log") s=$(grep -c '^skip ' "$log")
    rm -f "$log"
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
        echo "!!! $1: exit status $status"
    elif [ $((p + f + s)) -eq 0 ]; then
        f=1
        echo "!!! $1: ran no test"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# One thing that either works or not: step NAME COMMAND…
step() {
    local name=$1
    shift
    if "$@" </dev/null; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        echo "!!! $name failed: $*"
        failed=$((failed + 1))
        return 1
    fi
}

skip() {
    echo "skip $1: $2"
    skipped=$((skipped + 1))
}

build() {
    $MAKE --no-print-directory -j"$JOBS" BUILD="$BUILD" "$@"
}

# Programs of layers, in the sanitizer's folder: unit_programs FOLDER LAYER…
unit_programs() {
    local folder=$1 layer source
    shift
    for layer in "$@"; do
        for source in tests/unit/"$layer"/test_*.c; do
            [ -e "$source" ] && echo "$folder/${source%.c}"
        done
    done
}

# ---- the suites

suite_build() {
    step 'release build' build build
    step 'build with ASan and UBSan' build -k SAN=address,undefined build unit-binaries fuzz-replay-binaries
}

suite_layers() {
    tap_run 60 tests/check_layers_test.sh
    step 'the layers are kept' tests/check_layers.sh
}

suite_unit() {
    mapfile -t programs < <(unit_programs "$ASAN" base model lang text analyse store fetch ingest http api cli)
    cmocka_run 300 "${programs[@]}"
}

# The layers that have threads of their own, and those that drive them.
suite_threads() {
    mapfile -t programs < <(unit_programs "$TSAN" base store fetch ingest http)
    step 'build with TSan' build -k SAN=thread "${programs[@]}" || return
    cmocka_run 300 "${programs[@]}"
}

suite_fuzz_replay() {
    local source name inputs
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || { echo '!!! no fuzz target'; failed=$((failed + 1)); return; }
        name=$(basename "$source" .c)
        name=${name#fuzz_}
        inputs=(tests/fuzz/corpus/"$name" tests/fuzz/regression/"$name")
        step "replay $name" timeout -k 5 300 "$ASAN/tests/fuzz/replay_$name" "${inputs[@]}"
    done
}

# A test folder for pytest, run with the sanitized binary: pytest_folder FOLDER SECONDS ARGUMENT…
pytest_folder() {
    if [ -z "$(find "$1" -name 'test_*.py' -print -quit 2>/dev/null)" ]; then
        echo "!!! $1 has no test"
        failed=$((failed + 1))
        return
    fi
    export TEST_BINARY=${TEST_BINARY:-$BUILD_ABS/san-address-undefined/guillemet}
    if [ ! -x "$TEST_BINARY" ]; then
        echo "!!! $TEST_BINARY is not built"
        failed=$((failed + 1))
        return
    fi
    pytest_run "$2" "$1" "${@:3}"
}
# A file's tests share a server: they stay together. Each server has a port that the kernel chose, and a folder of its own.
side_by_side=(-n "$JOBS" --dist loadfile)
# Tests are named by their parameters, sets among them: all processes must print these in one order.
export PYTHONHASHSEED=0
suite_golden() { pytest_folder tests/golden 300; }
suite_api() { pytest_folder tests/api 600 "${side_by_side[@]}"; }
suite_e2e() { pytest_folder tests/e2e 600 "${side_by_side[@]}"; }
# What goes wrong: clients, disks, memory, clocks. The sanitized binary, and the plain one where a preloaded library needs it.
suite_fault() {
    pytest_folder tests/fault "${1:-500}"
    step 'a clock that jumps' env TEST_BINARY="$BUILD_ABS/release/guillemet" timeout 60 "$PYTHON" -m pytest -q \
        -p no:cacheprovider tests/fault/test_clients.py -k clock
}
# The same for longer: every allocation of an ingest, a minute of readers and a writer.
suite_fault_long() { FAULT_LONG=1 suite_fault 1800; }
suite_tools() { pytest_folder tests/tools 300; }

# Every route, and whatever has more than one thread at work for a client; the rest of tests/api only asks the same routes more.
suite_api_threads() {
    local files=() name
    for name in every_route writes bulk jobs idempotency changes cache paging formats limits corrections search; do
        files+=("tests/api/test_$name.py")
    done
    files+=(tests/e2e/test_watch.py)
    step 'server with TSan' build SAN=thread build || return
    TEST_BINARY=$BUILD_ABS/san-thread/guillemet pytest_run 1500 "${files[@]}"
}

suite_clang() {
    step 'everything compiles with clang' build -k CC=clang BUILD="$BUILD/clang" build unit-binaries
}

suite_fuzz() {
    step 'build for libFuzzer' build -k CC=clang SAN=fuzzer-no-link,address,undefined fuzz-binaries || return
    local source name
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        step "fuzz ${name#fuzz_}" env FUZZ_RUNS="$FUZZ_RUNS" FUZZ_SECONDS=60 tests/fuzz/run.sh "${name#fuzz_}"
    done
}

suite_lint() {
    step 'clang-tidy and cppcheck' $MAKE --no-print-directory BUILD="$BUILD" lint
}

# The OpenAPI document, as a tool that thousands of readers use sees it.
suite_openapi() {
    local version=1.34.5
    if ! command -v npx >/dev/null 2>&1; then
        tests/tools/deps.sh nodejs npm || true
    fi
    if ! command -v npx >/dev/null 2>&1; then
        skip 'openapi lint' 'npx is missing: install nodejs and npm'
    elif ! timeout 300 npx --yes "@redocly/cli@$version" --version </dev/null; then
        skip 'openapi lint' "@redocly/cli@$version can't be fetched from the npm registry"
    else
        step 'openapi lint' env REDOCLY_TELEMETRY=off timeout 300 npx --yes "@redocly/cli@$version" lint \
            --config tests/tools/redocly.yaml openapi.yaml
    fi
}

# The real proxies, under the configurations of docker/.
suite_proxies() {
    pytest_folder tests/proxies 300
    # And nginx as whom we ask: `make test` passes these by on a machine without one.
    local program=$ASAN/tests/unit/fetch/test_nginx
    step 'build what asks nginx' build SAN=address,undefined "$program" && cmocka_run 60 "$program"
}

# The tarball builds without git, twice the same bytes, wherever it lies; and it is the same bytes itself.
suite_release() {
    local work
    work=$(mktemp -d)
    step 'make dist' $MAKE --no-print-directory BUILD="$work/1" dist || return
    step 'make dist again' $MAKE --no-print-directory BUILD="$work/2" dist || return
    step 'the same tarball' cmp "$work"/1/dist/*.tar.gz "$work"/2/dist/*.tar.gz
    mkdir "$work/one" "$work/another-place"
    for place in "$work/one" "$work/another-place"; do
        tar -xzf "$work"/1/dist/*.tar.gz -C "$place" --strip-components=1
        step "it builds in $place" $MAKE --no-print-directory -C "$place" BUILD=build -j"$JOBS" build sbom || return
    done
    step 'the same program' cmp "$work"/{one,another-place}/build/release/guillemet
    step 'which knows its version' grep -q "$(git describe --tags --always --dirty)" <("$work/one/build/release/guillemet" version)
    rm -rf "$work"
}

# Compose's own reading of the file; needs no engine.
suite_compose() {
    if ! command -v docker-compose >/dev/null 2>&1; then
        skip 'compose' 'docker-compose is not installed'
    else
        step 'compose.yaml is valid' docker-compose -f docker/compose.yaml config --quiet
    fi
}

# What is made up from openapi.yaml, against the sanitized server.
suite_contract() {
    local status=0
    if [ ! -x "$ASAN/guillemet" ]; then
        step 'build with ASan and UBSan' build SAN=address,undefined build || return
    fi
    tests/tools/schemathesis.sh "$ASAN/guillemet" "$BUILD/schemathesis" </dev/null || status=$?
    case $status in
    0) step 'schemathesis finds no violation' true ;;
    77) skip 'schemathesis' "it can't be installed from PyPI" ;;
    *) step 'schemathesis finds no violation' false ;;
    esac
}

# JSON-LD and feeds, as others' readers see them.
suite_formats() {
    local status=0
    command -v npm >/dev/null 2>&1 || tests/tools/deps.sh nodejs npm || true
    step 'release build' build build || return
    tests/tools/formats.sh "$BUILD_ABS/release/guillemet" "$BUILD/formats" </dev/null || status=$?
    case $status in
    77) skip 'formats' 'schema-dts or PyLD and feedparser can'"'"'t be had' ;;
    *) step 'others read our JSON-LD and feeds' [ "$status" -eq 0 ] ;;
    esac
}

# Instructions per request, beside those that are committed.
suite_instructions() {
    local status=0
    step 'release build' build build || return
    "$PYTHON" tests/bench/instructions.py --guillemet "$BUILD_ABS/release/guillemet" </dev/null || status=$?
    case $status in
    77) skip 'instructions' 'this compiler and these libraries are not those of tests/bench/instructions.json' ;;
    *) step 'instructions per request are as committed' [ "$status" -eq 0 ] ;;
    esac
}

# The benchmarks in small, with the plain build.
suite_bench() {
    step 'release build' build build || return
    pytest_run 900 tests/bench
}

# Pages in a real browser.
suite_browser() {
    command -v chromium >/dev/null 2>&1 || tests/tools/deps.sh chromium || true
    pytest_folder tests/browser 300
}

FAST="build layers unit threads fuzz_replay golden api e2e fault tools"
SLOW="clang lint openapi api_threads proxies compose release instructions bench fuzz contract formats browser"

run_suite() {
    suite=$1 passed=0 failed=0 skipped=0
    local log=$LOGS/$suite.log began=$SECONDS
    if ! declare -F "suite_$suite" >/dev/null; then
        echo "tests/run.sh: no suite '$suite'; there are: $FAST $SLOW" >&2
        exit 2
    fi
    printf '%-12s ' "$suite"
    "suite_$suite" >"$log" 2>&1
    printf '%4d passed, %d failed%s  (%d s)\n' "$passed" "$failed" \
        "$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")" $((SECONDS - began))
    if [ "$skipped" -gt 0 ]; then
        grep -E '^(skip |SKIPPED|XFAIL|\[  SKIPPED \] [^0-9])' "$log" | cut -c1-200 | sort -u | sed 's/^/    /' | head -n 40
    fi
    if [ "$failed" -gt 0 ]; then
        failed_suites+=("$suite")
        echo "    --- $log:"
        # The telling lines first; the log has all.
        { grep -nE '^(!!!|not ok |FAILED |ERROR |\[  FAILED  \]|\[  ERROR   \])|error:|runtime error|Sanitizer|^E  ' "$log" | head -n 40
          echo '...'; tail -n 25 "$log"; } | cut -c1-300 | sed 's/^/    /'
    fi
    total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
}

case ${1-test} in
--list) echo "test: $FAST"; echo "slow: $SLOW"; exit 0 ;;
test) suites=$FAST ;;
slow) suites=$SLOW ;;
*) suites=$* ;;
esac

for name in $suites; do
    run_suite "$name"
done

echo
[ ${#failed_suites[@]} -gt 0 ] && echo "failed: ${failed_suites[*]} (logs in $LOGS)"
if [ "$total_skipped" -gt 0 ]; then
    echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
else
    echo "$total_passed passed, $total_failed failed"
fi
[ "$total_failed" -eq 0 ]
