#!/usr/bin/env bash
# The guard guarded: plants one bad include at a time in a copy of the sources and sees it refused, and a good one pass.
# Prints "ok NAME" or "not ok NAME" per case; exits non-zero when one failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tests"
cp -r "$here/../server" "$copy/server"
[ -d "$here/unit" ] && cp -r "$here/unit" "$copy/tests/unit"
failures=0

# verdict NAME EXPECTED_EXIT PATTERN: runs the guard on the copy.
verdict() {
    local out status=0
    out=$("$here/check_layers.sh" "$copy" 2>&1) || status=$?
    if [ "$status" -eq "$2" ] && grep -q -- "$3" <<<"$out"; then
        echo "ok $1"
    else
        echo "not ok $1: exit $status, said: $(tail -n 3 <<<"$out")"
        failures=$((failures + 1))
    fi
}

# plant NAME FILE LINE EXPECTED_EXIT PATTERN
plant() {
    mkdir -p "$(dirname "$copy/$2")"
    printf '/* planted */\n%s\n' "$3" >"$copy/$2"
    verdict "$1" "$4" "$5"
    rm "$copy/$2"
}

verdict 'the tree as it is' 0 'keep the layers'
plant 'upward: base may not use text' server/base/planted.c '#include "text/fold.h"' 1 'planted.c:2: base/ may not use text/'
plant 'upward: store may not use api' server/store/planted.h '  #  include "api/view.h"' 1 'store/ may not use api/'
plant 'sideways: http may not use store' server/http/planted.c '#include "store/store.h"' 1 'http/ may not use store/'
plant 'sideways: analyse may not use store' server/analyse/planted.c '#include "store/store.h"' 1 'analyse/ may not use store/'

plant 'cli may use everything below' server/cli/planted.c '#include "store/store.h"' 0 'keep the layers'
plant 'cli may not use train' server/cli/planted.c '#include "train/x.h"' 1 'cli/ may not use train/'
plant 'deeper folders obey too' server/text/deep/planted.c '#include "store/store.h"' 1 'text/ may not use store/'
plant 'sqlite3.h outside store' server/api/planted.c '#include <sqlite3.h>' 1 '<sqlite3.h> has its home in store'
plant 'microhttpd.h outside http' server/api/planted.c '#include <microhttpd.h>' 1 'home in http'
plant 'jansson.h outside api and ingest' server/store/planted.c '#include <jansson.h>' 1 'home in api ingest'
plant 'jansson.h in api' server/api/planted.c '#include <jansson.h>' 0 'keep the layers'
plant 'utf8proc.h outside text' server/analyse/planted.c '#include <utf8proc.h>' 1 'home in text'
plant 'cmocka.h in the server' server/base/planted.c '#include <cmocka.h>' 1 'home in tests'
plant 'an unknown third-party header' server/base/planted.c '#include <gumbo.h>' 1 'unknown third-party header'
plant 'a path with ..' server/base/planted.c '#include "../text/fold.h"' 1 'never ..'
plant 'a bare neighbour' server/base/planted.c '#include "err.h"' 1 'a path from server/'
plant 'a computed include' server/base/planted.c '#include HEADER' 1 'literally'
plant 'a folder that no row names' server/gossip/planted.c '#include <stdio.h>' 1 'gossip is not in the table'
plant 'unit tests obey their layer' tests/unit/text/planted.c '#include "store/store.h"' 1 'text/ may not use store/'
plant 'unit tests may use cmocka' tests/unit/text/planted.c '#include <cmocka.h>' 0 'keep the layers'
plant 'main uses nothing but cli' server/main.c '#include "store/store.h"' 1 'main.c/ may not use store/'
exit $((failures > 0))
