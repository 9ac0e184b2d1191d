#!/usr/bin/env bash
# Runs the image's file system the way a container runtime would, where none is to be had: in a mount namespace of its
# own, below a root that is read-only, as the account 65532 without any capability, with nothing writable but the
# folder for its data; without /proc, /dev and a usable /tmp, so it gets less than a container does.
set -euo pipefail
rootfs=$(cd "${1:-dist/rootfs}" && pwd)

skip() { echo "skipped: $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "only root may change into the image's root file system"
unshare --mount true 2>/dev/null || skip "no mount namespaces are allowed here"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/config" "$work/data"
chown 65532:65532 "$work/data"
chmod 755 "$work"
cat >"$work/config/fairlead.yaml" <<'YAML'
sources: [{jira: "http://127.0.0.1:9", token: "${JIRA_TOKEN}", projects: [PAY]}]
org: org.yaml
store: sqlite:/var/lib/fairlead/fairlead.db
metrics: {listen: 127.0.0.1:19090}
dashboard: {listen: 127.0.0.1:18080}
reports: [{to: "file:/var/lib/fairlead/reports"}]
YAML
cat >"$work/config/org.yaml" <<'YAML'
people: [{id: lee, name: Lee Park, email: lee@acme.example, role: em}]
teams: [{id: payments, em: lee, timezone: Europe/Berlin, owns: {jira: {projects: [PAY]}}}]
YAML

# What runs in the namespace is the process itself: every step in between is replaced by the next.
inside='
mount --bind "$1" "$1"
mount --bind "$2/data" "$1/var/lib/fairlead"
mount --bind "$2/config" "$1/etc/fairlead"
mount -o remount,bind,ro "$1/etc/fairlead"
mount -o remount,bind,ro "$1"
root=$1; shift 2
exec env -i JIRA_TOKEN=none PATH=/usr/bin:/usr/sbin:/bin:/sbin setpriv --no-new-privs chroot --userspec=65532:65532 --groups= "$root" /usr/bin/fairlead "$@"'
contained() { unshare --mount bash -euc "$inside" inside "$rootfs" "$work" "$@"; }

contained version
contained config check -c /etc/fairlead/fairlead.yaml
contained demo --dir /var/lib/fairlead/demo >"$work/demo.txt"
grep -q 'Payments, week' "$work/demo.txt" || { cat "$work/demo.txt"; exit 1; }
if contained demo --dir /demo >"$work/refused.txt" 2>&1; then
  echo "the root file system can be written"; exit 1
fi
grep -qi 'read-only' "$work/refused.txt" || { cat "$work/refused.txt"; exit 1; }

unshare --mount bash -euc "$inside" inside "$rootfs" "$work" serve --log-level info -c /etc/fairlead/fairlead.yaml 2>"$work/log.txt" &
pid=$!
for _ in $(seq 100); do
  curl -sf http://127.0.0.1:18080/readyz >/dev/null && break
  kill -0 $pid 2>/dev/null || { cat "$work/log.txt"; exit 1; }
  sleep 0.1
done
curl -sf http://127.0.0.1:18080/readyz >/dev/null || { cat "$work/log.txt"; exit 1; }
curl -sf http://127.0.0.1:19090/healthz >/dev/null
grep -q '^Uid:[[:space:]]*65532[[:space:]]*65532' "/proc/$pid/status" || { echo "it runs as another account"; exit 1; }
grep -q '^CapEff:[[:space:]]*0*$' "/proc/$pid/status" || { echo "it has capabilities"; exit 1; }
kill -HUP $pid
for _ in $(seq 100); do
  grep -q 'what it says now holds' "$work/log.txt" && curl -sf http://127.0.0.1:18080/readyz >/dev/null && break
  sleep 0.1
done
grep -q 'what it says now holds' "$work/log.txt" || { cat "$work/log.txt"; exit 1; }
curl -sf http://127.0.0.1:18080/readyz >/dev/null || { echo "it serves no longer"; cat "$work/log.txt"; exit 1; }
kill -TERM $pid
wait $pid || { cat "$work/log.txt"; exit 1; }
[ -s "$work/data/fairlead.db" ] || { echo "there is no store among its data"; exit 1; }
echo "fairlead runs from $rootfs as 65532, without capabilities, on a root file system that is read-only; asked to, it reads its configuration anew"
