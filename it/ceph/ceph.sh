#!/usr/bin/env bash
# Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0
#
# A Ceph of one machine (monitor, manager, object store) with a RADOS gateway on loopback: the S3
# server of other people against which the tests of the profile "ceph" run. Needs root; no systemd.
#
#   ceph.sh install             installs the packages if they are missing
#   ceph.sh start DIR [PORT]    makes a new cluster in DIR and starts it
#   ceph.sh stop DIR            ends its daemons
#   ceph.sh kill DIR            ends them as a power failure would
#   ceph.sh resume DIR          starts them again on what is there
#
# Environment: OBJECTSTORE=memstore (default; forgets everything at its end) or bluestore (a sparse
# file of 8 GiB; keeps what it acknowledged); MON_PORT of the monitor (default 13300).
# Makes the access key "probe" with the secret "probesecret", and the bucket "quorate". Ends only daemons that it started.
set -euo pipefail

packages=(radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl)
command=${1:?install, start, stop, kill or resume}

fail() {
  echo "ceph.sh: $*" >&2
  exit 1
}

install() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "install these by hand: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || fail "only root may install these: ${missing[*]}"
  apt-get -qq update || fail "apt-get update failed: is there a network?"
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    "${missing[@]}" >/dev/null || fail "apt-get could not install: ${missing[*]}"
}

if [ "$command" = install ]; then
  install
  exit
fi

[ "$(id -u)" -eq 0 ] || fail "the daemons need root"
command -v radosgw >/dev/null || fail "radosgw is missing: run $0 install"
mkdir -p "${2:?the directory of the cluster}"
dir=$(cd "$2" && pwd)
export CEPH_CONF=$dir/ceph.conf

configure() {
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon initial members = a
mon host = v2:127.0.0.1:${MON_PORT:-13300}
public network = 127.0.0.0/8
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $dir/keyring
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
mon data avail warn = 2
[mon.a]
mon data = $dir/mon
[mgr]
mgr data = $dir/mgr
[osd]
osd data = $dir/osd
osd objectstore = ${OBJECTSTORE:-memstore}
memstore device bytes = 4294967296
memstore page set = false
bluestore block size = 8589934592
osd memory target = 1073741824
[client.rgw]
# Without tcp_nodelay each answer waits 40 ms.
rgw frontends = beast endpoint=127.0.0.1:$1 tcp_nodelay=1
rgw thread pool size = 64
rgw enable usage log = false
rgw gc obj min wait = 60
rgw dynamic resharding = false
CONF
}

start() {
  [ ! -e "$CEPH_CONF" ] || fail "$dir holds a cluster: stop it and remove the directory, or resume"
  mkdir -p "$dir"/{mon,mgr,osd,run,log}
  configure "${1:-7480}"
  local all=(--cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' --cap mds 'allow *')
  ceph-authtool -C "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  for who in client.admin mgr.a osd.0 client.rgw; do
    ceph-authtool "$dir/keyring" --gen-key -n "$who" "${all[@]}" >/dev/null 2>&1
  done
  local fsid
  fsid=$(sed -n 's/^fsid = //p' "$CEPH_CONF")
  monmaptool --create --addv a "[v2:127.0.0.1:${MON_PORT:-13300}]" --fsid "$fsid" \
    "$dir/monmap" >/dev/null
  ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
  ceph-mon -i a || fail "the monitor did not start: see $dir/log"
  ceph-mgr -i a
  ceph auth import -i "$dir/keyring" 2>/dev/null
  # The monitor and the store must agree on it.
  local osd
  osd=$(cat /proc/sys/kernel/random/uuid)
  ceph osd new "$osd" 0 -i /dev/null >/dev/null 2>&1 || ceph osd new "$osd" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" >/dev/null 2>&1
  ceph-osd -i 0 >/dev/null || fail "the object store did not start: see $dir/log"
  up
  radosgw-admin user create --uid=probe --display-name=probe --access-key=probe \
    --secret=probesecret >/dev/null
  # The hash is that of an empty body: curl does not send it by itself, and S3 wants it signed.
  local empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  curl -sS -f -m 60 -o /dev/null -X PUT --aws-sigv4 aws:amz:us-east-1:s3 \
    -H "x-amz-content-sha256: $empty" --user probe:probesecret \
    "http://127.0.0.1:$port/quorate" || fail "the bucket could not be made"
}

resume() {
  [ -e "$CEPH_CONF" ] || fail "$dir holds no cluster: start one"
  ceph-mon -i a
  # After a crash the map still shows it up.
  ceph osd down 0 2>/dev/null || true
  ceph-mgr -i a
  ceph-osd -i 0 >/dev/null
  up
}

# Waits, up to a minute, until a command succeeds.
await() {
  local what=$1
  shift
  for _ in $(seq 120); do
    "$@" && return
    sleep 0.5
  done
  fail "$what did not come up: see $dir/log"
}

store_is_up() {
  ceph osd stat -f json 2>/dev/null | tr -d ' \n' | grep -q '"num_up_osds":1'
}

gateway_answers() {
  [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" = 200 ]
}

groups_are_clean() {
  ceph pg stat 2>/dev/null | grep -qE '^([0-9]+) pgs: \1 active\+clean;'
}

up() {
  port=$(sed -n 's/^rgw frontends.*endpoint=127.0.0.1:\([0-9]*\).*/\1/p' "$CEPH_CONF")
  await "the object store" store_is_up
  radosgw -n client.rgw --setuser root --setgroup root
  await "the gateway" gateway_answers
  await "the pools" groups_are_clean
  echo "radosgw on http://127.0.0.1:$port"
}

# Sends a signal to the daemons whose pid files stand in the directory, and waits until they are
# gone. A number that another program has by now is left alone.
end() {
  local pids=() file pid
  for file in "$dir"/run/{client.rgw,osd.0,mgr.a,mon.a}.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qE '^(radosgw|ceph-(osd|mgr|mon)) '; then
      kill "-$1" "$pid" 2>/dev/null && pids+=("$pid")
    fi
  done
  for pid in ${pids[@]+"${pids[@]}"}; do
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.2
    done
  done
}

case $command in
  start) start "${3:-}" ;;
  resume) resume ;;
  stop) end TERM ;;
  kill) end KILL ;;
  *) fail "unknown command $command" ;;
esac
