#!/bin/bash
# radosgw.sh DIR PORT MONITOR_PORT: Ceph's S3 server on 127.0.0.1:PORT, on one monitor and one OSD. Their data in DIR
# survives kill -9.
# Debian: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr
# Stays in the foreground, says that it is ready when it serves, and ends its servers with itself, whatever ends it.
# ACCESS_KEY, SECRET_KEY: the account's. LIFECYCLE_DAY_SECONDS: a shorter day for expiry rules.
set -euo pipefail
dir=$(realpath -m "$1") port=$2 monitor_port=$3
export CEPH_CONF=$dir/ceph.conf
first=no
[ -f "$dir/made" ] || first=yes
mkdir -p "$dir"/{osd,log,mgr,run}

# The monitor keeps its address in its own map, so a restart needs the first start's port.
if [ $first = yes ]; then echo "$monitor_port" > "$dir/monitor_port"; else monitor_port=$(< "$dir/monitor_port"); fi

[ $first = no ] || cat > "$CEPH_CONF" <<CONF
[global]
fsid = $(< /proc/sys/kernel/random/uuid)
mon_host = [v1:127.0.0.1:$monitor_port]
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_bind_msgr2 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
log_file = $dir/log/\$name.log
pid_file =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data = $dir/mon
osd_data = $dir/osd
mgr_data = $dir/mgr
osd_objectstore = bluestore
bluestore_block_size = 8589934592
osd_memory_target = 939524096
# ceph-osd 16 sends these two commands before it knows the cluster's id. On a busy machine the monitor then answers
# "wrong fsid", and the OSD ends.
osd_class_update_on_start = false
osd_crush_update_on_start = false
osd_class_dir = $(dirname "$(find /usr/lib -name libcls_rgw.so 2>/dev/null | head -1)")
[client.rgw.a]
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_dns_name = 127.0.0.1
rgw_lc_debug_interval = ${LIFECYCLE_DAY_SECONDS:--1}
rgw_enable_usage_log = false
rgw_thread_pool_size = 64
CONF

trap 'exit 0' TERM INT
trap 'trap - EXIT; kill $(jobs -p) 2>/dev/null; wait' EXIT
run() { setpriv --pdeathsig KILL "$@" & }   # bash killed: they go too

# wait_for SECONDS COMMAND: polls, because these servers announce nothing.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "gave up waiting: $*"; tail -n 5 "$dir"/log/*; exit 1; }
    sleep 0.1
  done
}
osd_is_up() { ceph osd stat | grep -q '1 up'; }
serves() { curl -sf "http://127.0.0.1:$port/"; }

if [ $first = yes ]; then
  fsid=$(sed -n 's/^fsid = //p' "$CEPH_CONF")
  monmaptool --create --fsid "$fsid" --addv a "[v1:127.0.0.1:$monitor_port]" "$dir/monmap" > /dev/null
  ceph-mon --mkfs -i a --monmap "$dir/monmap" > /dev/null
fi
run ceph-mon -f -i a > "$dir/log/mon.out" 2>&1
wait_for 30 timeout 2 ceph -s
if [ $first = yes ]; then
  osd=$(< /proc/sys/kernel/random/uuid)
  # A monitor that has just begun may answer once and not the next time. Both commands do no harm twice.
  wait_for 30 timeout 5 ceph osd new "$osd"
  wait_for 30 timeout 5 ceph osd crush add osd.0 1.0 root=default host=localhost
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" > "$dir/log/mkfs.out" 2>&1
fi
run ceph-osd -f -i 0 > "$dir/log/osd.out" 2>&1
wait_for 30 osd_is_up
run radosgw -f -n client.rgw.a > "$dir/log/rgw.out" 2>&1
wait_for 60 serves
if [ $first = yes ]; then
  has_user() {
    radosgw-admin -n client.rgw.a user info --uid test && return
    radosgw-admin -n client.rgw.a user create --uid test --display-name test \
      --access-key "$ACCESS_KEY" --secret-key "$SECRET_KEY"
    false
  }
  wait_for 60 has_user
  touch "$dir/made"
fi
echo "the S3 server is ready"
wait -n || true # whichever server ends first: without one of them there is no store
echo "a server of the store ended"; tail -n 5 "$dir"/log/*.out
exit 1
