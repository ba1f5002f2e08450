#!/usr/bin/env bash
# Runs the image that docker/image.sh built, hardened as docker/README.md advises, and checks what an operator relies on:
# `make image-test`. Prints "ok NAME" and "not ok NAME" lines. Without a Docker engine podman runs it in namespaces of our own,
# without cgroups: limits of memory and CPU are the one thing that can't be shown so.
set -uo pipefail
cd "$(dirname "$0")/../.."
tag=${1:-guillemet}

if [ -z "${IN_NAMESPACE:-}" ] && ! docker info >/dev/null 2>&1; then
    IN_NAMESPACE=1 exec unshare -m -n --propagation private "$0" "$@"
fi
if docker info >/dev/null 2>&1; then
    engine=(docker)
    flags=(--network=host)
else
    ip link set lo up
    mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || true
    engine=(podman --runtime crun --cgroup-manager=cgroupfs)
    flags=(--cgroups=disabled --network=host --ulimit nofile=1024:1024 --ulimit nproc=1000:1000)
fi

work=$(mktemp -d)
name=guillemet-test-$$
failed=0
data=$work/data
mkdir "$data"
chown 10001:10001 "$data"
cleanup() {
    "${engine[@]}" rm -f -t 1 "$name" >/dev/null 2>&1
    rm -rf "$work"
}
trap cleanup EXIT

check() { # NAME COMMAND…
    local what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "ok $what"
    else
        echo "not ok $what"
        sed 's/^/    /' "$work/out" | head -n 20
        failed=1
    fi
}
is() { [ "$1" = "$2" ] || { echo "'$1' instead of '$2'"; return 1; }; }
ask() { curl -sS -m 10 --fail-with-body "$@"; }
in_container() { "${engine[@]}" exec "$name" /usr/bin/guillemet "$@"; }
inspect() { "${engine[@]}" image inspect --format "$1" "$tag"; }

size=$(inspect '{{.Size}}')
check "the image has $((size / 1000000)) MB, at most 70" test "$size" -le 70000000
check 'the image names its user by number' is "$(inspect '{{.Config.User}}')" 10001:10001
check 'the image stops by SIGTERM' is "$(inspect '{{.Config.StopSignal}}')" SIGTERM
check 'the image has a health check' grep -q healthcheck <<<"$(inspect '{{json .Config.Healthcheck}}{{json .HealthCheck}}')"
check 'the image is labelled' grep -q org.opencontainers.image.licenses <<<"$(inspect '{{json .Config.Labels}}')"

"${engine[@]}" run -d --name "$name" "${flags[@]}" --read-only --cap-drop=ALL --security-opt no-new-privileges \
    -v "$data:/data" -e GUILLEMET_LISTEN=127.0.0.1:18080 -e GUILLEMET_ADMIN_LISTEN=127.0.0.1:19090 \
    "$tag" serve --open-writes >"$work/run" 2>&1 || { echo 'not ok the container starts'; cat "$work/run"; exit 1; }
base=http://127.0.0.1:18080
for _ in $(seq 100); do ask "$base/readyz" >/dev/null 2>&1 && break; sleep 0.1; done
check 'the container is ready' ask "$base/readyz"
pid=$("${engine[@]}" inspect --format '{{.State.Pid}}' "$name")
check 'it runs without root' is "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" 10001
check 'it has no capability' is "$(awk '/^CapEff:/ { print $2 }' "/proc/$pid/status")" 0000000000000000
check 'its health check passes inside' in_container healthcheck
check 'probes and metrics have their own address' ask http://127.0.0.1:19090/metrics
check 'an article is taken in' ask -H 'Content-Type: text/plain; charset=utf-8' --data-binary @tests/samples/fr-veltis.txt \
    "$base/articles?external_id=veltis"
check 'its quotes are served' grep -q '"speaker"' <<<"$(ask "$base/quotes?limit=5")"
printf '\xff\xfeB\0u\0d\0g\0e\0t\0' >"$work/utf16"
check 'character sets are there: UTF-16' ask -H 'Content-Type: text/plain' --data-binary "@$work/utf16" "$base/articles?dry_run=true"
printf '<html><head><meta charset=windows-1251><title>\xcf\xf0\xe8\xe2\xe5\xf2</title></head><body><p>\xcf\xf0\xe8\xe2\xe5\xf2.</body></html>' >"$work/cyrillic"
check 'character sets are there: windows-1251' grep -q 'Привет' <<<"$(ask -H 'Content-Type: text/html' --data-binary "@$work/cyrillic" "$base/articles?dry_run=true")"
check 'it fetches' in_container ingest --dry-run --fetch-allow 127.0.0.1 "$base/articles.atom"
# Without certificates to trust it fails before it has tried, and says so.
has_certificates() {
    local said
    said=$(in_container ingest --dry-run --fetch-allow 127.0.0.1 "https${base#http}/" 2>&1)
    echo "$said"
    grep -q 'no secure connection' <<<"$said" && ! grep -q 'certificate file' <<<"$said"
}
check 'it has certificates to trust' has_certificates
check 'the root file system is read-only' test "$(findmnt -rno OPTIONS -N "$pid" / 2>/dev/null | cut -d, -f1)" = ro

began=$SECONDS
check 'it stops when told to' "${engine[@]}" stop -t 20 "$name"
check 'at once' test $((SECONDS - began)) -lt 15
check 'with exit code 0' is "$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "$name")" 0
check 'it starts again' "${engine[@]}" start "$name"
for _ in $(seq 100); do ask "$base/readyz" >/dev/null 2>&1 && break; sleep 0.1; done
check 'the volume kept the article' is "$(ask "$base/articles" | jq .total)" 1
exit $failed
