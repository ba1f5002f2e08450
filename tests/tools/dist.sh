#!/usr/bin/env bash
# The sources of the committed tree as a tar.gz that builds without git: dist.sh VERSION FOLDER. The same commit gives the same
# bytes: times are the commit's, names are sorted, gzip writes neither name nor time.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 folder=$2
name=guillemet-$version
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
time=$(git log -1 --format=%ct)
git archive --prefix="$name/" HEAD | tar -x -C "$work"
echo "$version" >"$work/$name/VERSION"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --format=ustar -c "$name" | gzip -9n >"$folder/$name.tar.gz"
(cd "$folder" && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
