#!/usr/bin/env bash
# Asks a server of its own what openapi.yaml says can be asked, made up by schemathesis from a fixed seed, and holds each reply
# against it: no 5xx, no undocumented status, header or media type, no schema violation.
#   tests/tools/schemathesis.sh GUILLEMET FOLDER [MAX_EXAMPLES]
set -euo pipefail
version=4.32.5
mkdir -p "$2"
guillemet=$(realpath "$1") folder=$(realpath "$2") most=${3:-20} here=$(realpath "$(dirname "$0")")
if [ ! -x "$folder/venv/bin/schemathesis" ]; then
    python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" -q install "schemathesis==$version" ||
        { echo "schemathesis $version can't be had" >&2; exit 77; }
fi
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
"$guillemet" ingest --db "$work/archive.db" "$here/../samples" >/dev/null
"$guillemet" serve --db "$work/archive.db" --listen 127.0.0.1:0 --open-writes >"$work/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    port=$(grep -aoE 'address=127\.0\.0\.1:[0-9]+' "$work/log" | head -n 1 | cut -d: -f2 || true)
    [ -n "$port" ] && break
    sleep 0.1
done
first() { curl -sS "http://127.0.0.1:$port/$1?limit=1" | python3 -c 'import json, sys; print(json.load(sys.stdin)["items"][0]["id"])'; }
GUILLEMET_IDS=$(printf '{"articles": {"id": "%s", "revision": 1}, "entities": {"entity": "%s"}, "quotes": {"id": "%s"}, "problems": {"code": "gone"}}' \
    "$(first articles)" "$(first entities)" "$(first quotes)")
export GUILLEMET_IDS
status=0
cd "$work" # it leaves notes where it runs
SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH=$here timeout 900 "$folder/venv/bin/schemathesis" run \
    "http://127.0.0.1:$port/openapi.json" --url "http://127.0.0.1:$port" --phases examples,fuzzing --max-examples "$most" --seed 1 \
    --generation-database none --request-timeout 30 --no-color --exclude-operation-id getMetrics \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    || status=$?
grep -aE 'Sanitizer|runtime error' "$work/log" && status=1
exit "$status"
