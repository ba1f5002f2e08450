#!/usr/bin/env bash
# Installs the Debian packages given as arguments, those that are missing and no others. Says nothing and
# asks no network when none is. Works as root and as a user with sudo; otherwise names what is missing.
set -euo pipefail

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: this is no Debian system; what is needed must be there already: $*" >&2
    exit 0
fi

missing=()
list_missing() {
    missing=()
    local package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
}

list_missing "$@"
[ ${#missing[@]} -eq 0 ] && exit 0

give_up() {
    echo "deps: $1" >&2
    echo "deps: missing packages: ${missing[*]}" >&2
    echo "deps: install them with: apt-get install ${missing[*]}" >&2
    exit 1
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || give_up "not root, and there is no sudo"
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [ -t 0 ] || as_root=(sudo -n)
fi

echo "deps: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An old package list may still do, so a failing update is no reason to stop.
"${as_root[@]}" apt-get update -q >"$log" 2>&1 || echo "deps: apt-get update failed; trying with the lists at hand" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" \
    >"$log" 2>&1 </dev/null || true

list_missing "$@"
if [ ${#missing[@]} -gt 0 ]; then
    tail -n 15 "$log" >&2
    give_up "apt-get could not install everything (its last lines are above)"
fi
