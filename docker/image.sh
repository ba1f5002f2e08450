#!/usr/bin/env bash
# Builds the container image: `make image`, or docker/image.sh [TAG].
#
# With a Docker engine (or a podman that works as it is) that is one command. Without one, as in a sandbox or a CI job, the
# same Dockerfile is built by buildah, on a Debian made by mmdebstrap from the packages that this machine installs from.
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:-guillemet}
base=docker.io/library/debian:bookworm-slim
version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
arguments=(-f docker/Dockerfile -t "$tag" --build-arg "VERSION=$version" --build-arg "REVISION=$revision")

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    exec docker build "${arguments[@]}" .
fi

[ "$(id -u)" -eq 0 ] || { echo "image: no Docker engine answers, and building without one needs root" >&2; exit 1; }
tests/tools/deps.sh buildah podman crun mmdebstrap
echo "image: no Docker engine answers: building with buildah"

if ! buildah images -q "$base" >/dev/null 2>&1; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    options=()
    # What this machine's apt needs to reach its packages, the one in there needs too.
    for file in /etc/apt/apt.conf.d/*; do
        if grep -qE 'Acquire::(Check|https?::Proxy)' "$file" 2>/dev/null; then options+=(--aptopt="$file"); fi
    done
    mirror=$(grep -rhoE '^(URIs:|deb) +https?://[^ ]*/debian/? ?' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
        awk '{ print $2 }' | head -n 1)
    echo "image: making $base from ${mirror:-deb.debian.org}"
    mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Languages "none"' "${options[@]}" bookworm "$work/base.tar" \
        "deb ${mirror:-http://deb.debian.org/debian} bookworm main"
    podman import --quiet "$work/base.tar" "$base" >/dev/null
fi
# --format docker: OCI's own format has no place for HEALTHCHECK.
buildah build --isolation chroot --pull-never --layers --format docker "${arguments[@]}" .
