#!/usr/bin/env bash
# What others' readers make of our formats: every JSON-LD reply is compiled against the types of schema.org (schema-dts), turned
# into statements by a JSON-LD processor (PyLD), and every feed is read by feedparser, with a server of its own on tests/samples.
#   tests/tools/formats.sh GUILLEMET FOLDER        77: the tools can't be had
set -euo pipefail
mkdir -p "$2"
guillemet=$(realpath "$1") folder=$(realpath "$2") here=$(realpath "$(dirname "$0")")
if [ ! -x "$folder/node_modules/.bin/tsc" ]; then
    (cd "$folder" && npm install --no-audit --no-fund --silent schema-dts@2.1.0 typescript@5.9.3) || exit 77
fi
if [ ! -e "$folder/venv/.whole" ]; then
    python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" -q install PyLD==3.3.0 feedparser==6.0.14 || exit 77
    touch "$folder/venv/.whole"
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
"$folder/venv/bin/python" "$here/formats.py" "http://127.0.0.1:$port" "$folder/replies.ts"
cat >"$folder/tsconfig.json" <<'JSON'
{"compilerOptions": {"strict": true, "noEmit": true, "skipLibCheck": true, "target": "es2022", "module": "nodenext",
 "moduleResolution": "nodenext", "types": []}, "files": ["replies.ts"]}
JSON
(cd "$folder" && npx --no-install tsc -p .) | cut -c1-600
