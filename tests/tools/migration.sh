#!/usr/bin/env bash
# Creates the next migration, migrations/NNNN_name.sql, and prints its path.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=${1-}
if ! [[ $name =~ ^[a-z][a-z0-9_]*$ ]]; then
    echo "migration: give a name in lower case with underscores, for example: make migration NAME=add_regions" >&2
    exit 2
fi

last=0
for file in migrations/[0-9][0-9][0-9][0-9]_*.sql; do
    [ -e "$file" ] || continue
    number=$((10#$(basename "$file" | cut -c1-4)))
    [ "$number" -gt "$last" ] && last=$number
done
path=$(printf 'migrations/%04d_%s.sql' $((last + 1)) "$name")
cat >"$path" <<SQL
-- Why this migration is needed, in a sentence.
-- Forward-only; frozen once merged. The runner wraps it in a transaction and sets user_version.
SQL
echo "$path"
