#!/usr/bin/env bash
# What `make run` does after building: database, sample articles, server, and lines to try. Ctrl-C stops it.
set -euo pipefail
cd "$(dirname "$0")/../.."
GUILLEMET=${GUILLEMET:-build/guillemet}
DB=${DB:-guillemet.db}
LISTEN=${LISTEN:-127.0.0.1:8080}
base=http://$LISTEN

echo "== database $DB"
"$GUILLEMET" migrate up --db "$DB"
echo "== sample articles"
"$GUILLEMET" ingest --db "$DB" tests/samples/*.txt tests/samples/*.json

server=
greeting=$(mktemp)
stop() {
    trap - EXIT INT TERM
    rm -f "$greeting"
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" || exit $?
    fi
    exit 0
}
trap stop EXIT INT TERM

echo "== server on $base (writes are open to everyone who can reach it: --open-writes)"
# In a session of its own: Ctrl-C reaches this script alone, which asks the server to stop once.
setsid "$GUILLEMET" serve --db "$DB" --listen "$LISTEN" --open-writes >"$greeting" &
server=$!
for _ in $(seq 100); do
    if ! kill -0 "$server" 2>/dev/null; then
        status=0
        wait "$server" || status=$?
        server=
        rm -f "$greeting"
        trap - EXIT
        exit $((status ? status : 1))
    fi
    # Its own word, not an answer on the port: another program may hold that.
    [ -s "$greeting" ] && break
    sleep 0.1
done

cat <<LINES

Try, in another terminal:

  curl '$base/articles?limit=3'
  curl '$base/entities/Solène%20Kervadec'
  curl '$base/entities/Solène%20Kervadec/quotes'
  curl '$base/quotes?q=décision&limit=3'
  curl '$base/articles?q=maternité&lang=fr'
  curl -H 'Content-Type: text/plain; charset=utf-8' --data-binary @tests/samples/en-harbour.txt '$base/articles?dry_run=true'

Ctrl-C stops the server; the articles stay in $DB.
LINES
wait "$server"
