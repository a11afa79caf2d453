#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What doctor says of hosts that are known: one namespace, hooks held and free, rights taken away.
# Everything happens in namespaces of its own, which take all of it along when they end.
# Prints TAP. Usage: doctor.sh [BINARY]
set -u
cd "$(dirname "$0")/../.." || exit 1
oddns=${1:-${BUILD:-build}/oddns}
[[ $oddns == /* ]] || oddns=$PWD/$oddns

if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP needs root for namespaces"
	exit 0
fi
if [ "${2:-}" != inside ]; then
	exec unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc \
		"$0" "$oddns" inside
fi

mount -t tmpfs tmpfs /run && mkdir -p /run/work && cd /run/work || exit 1
mount -t sysfs sysfs /sys || exit 1
mount -t tmpfs -o mode=755,size=3g tmpfs /var/lib || exit 1
export LC_ALL=C.UTF-8
count=0 failed=0 code=0

ok() # STATUS NAME
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	printf '# exit code %s\n' "$code"
	sed 's/^/# /' err out
}

doctor() # ARGUMENT...
{
	timeout 20 "$oddns" doctor "$@" >out 2>err </dev/null
	code=$?
}

# said RESULT CHECK WORDS NAME: the check is there once, with that result and these words.
said()
{
	[ "$(grep -cE "^$1 +$2  .*$3" out)" -eq 1 ] && [ "$(grep -cE "^[a-z]+ +$2  " out)" -eq 1 ]
	ok $? "$4"
}

exits() # CODE NAME
{
	[ "$code" -eq "$1" ] && [ ! -s err ]
	ok $? "$2"
}

attached() # programs at any hook of this namespace, and the namespace's interfaces
{
	bpftool net show
	ip -o link show | cut -d: -f2
	ls -A /sys/fs/bpf /run
}

ip link add veth0 type veth peer name veth1
ip link set veth0 up mtu 1472
ip link set veth1 up
ip link set lo up

# --- a host where all is well ---------------------------------------------------------------------
attached >before
doctor -i veth0
exits 0 'a host that can run oddns'
said note pins 'oddns run mounts it' 'a BPF file system that is not mounted'
mount -t bpf bpf /sys/fs/bpf
attached >before
doctor -i veth0 -i lo --try
exits 0 'with everything mounted'
said ok pins '/sys/fs/bpf/oddns' 'where maps are pinned'
said ok privileges 'uid 0' 'privileges of root'
said ok kernel-btf 'vmlinux, [0-9.]+ MiB' 'types of the kernel'
said ok bpf works 'the system call'
said ok bpf-features 'ring buffer, per-CPU hash, bpf_loop' 'what oddns needs of BPF'
said ok programs 'oddns_xdp [0-9]+, oddns_ingress [0-9]+, oddns_egress [0-9]+' 'programs load'
said ok hooks 'native XDP yes, TC ingress (tcx|clsact), generic XDP yes, egress (tcx|clsact)' \
	'hooks of a veth pair'
said ok state '/run/oddns can be made' 'where the state goes'
said note journal 'alerts go to stderr' 'no journald'
said ok daemon 'none runs' 'no daemon'
said ok store '/var/lib/oddns can be made' 'where the store goes'
said ok store-room '0.0 KiB used, [0-9.]+ [GT]iB free, at most 2.0 GiB wanted' 'room for the store'
said ok store-writer 'nobody writes' 'nobody writes to the store'
said ok 'veth0 link' 'up, MTU 1472, driver veth' 'MTU and driver'
said ok 'veth0 attach' 'ingress xdp, egress (tcx|clsact)' 'attached and detached'
said ok 'lo attach' 'ingress none, egress (tcx|clsact)' 'loopback on egress only'
said ok 'veth0 xdp-hook' free 'free XDP hook'
said ok 'veth0 tc-ingress' free 'free TC hook'
said note 'veth0 vlan-offload' 'on: native XDP does not see the tag' 'VLAN offload'
attached >after
cmp -s before after
ok $? 'nothing is left attached, pinned or made'
ethtool -K veth0 rxvlan off
doctor -i veth0 --set sensor.hook=tc
said ok 'veth0 vlan-offload' 'rx-vlan-offload off' 'VLAN offload that is off'
said ok 'veth0 native-xdp' 'not wanted' 'native XDP that is not wanted'

# --- JSON -----------------------------------------------------------------------------------------
doctor -i veth0 --format json
exits 0 'JSON'
python3 - <<'PYTHON'
import json, sys
for line in open("out", encoding="ascii"):
    check = json.loads(line)
    assert list(check) == ["type", "name", "interface", "result", "finding", "advice"], check
    assert check["type"] == "check" and check["result"] in ("ok", "note", "problem"), check
    assert check["interface"] in (None, "veth0") and check["finding"], check
PYTHON
ok $? 'every line of JSON is a check'

# --- no interface ---------------------------------------------------------------------------------
doctor
exits 1 'no default route'
said problem default-route '-i' 'no default route is named'
doctor -i veth7
exits 1 'unknown interface'
said problem 'veth7 link' 'no such interface' 'unknown interface is named'
ip route add default dev veth0
doctor
said ok 'veth0 link' 'up' 'interface of the default route'
ip link set veth1 down
ip link set veth0 down
doctor -i veth0
said note 'veth0 link' 'nothing is seen' 'interface that is down'
ip link set veth0 up
ip link set veth1 up

# --- hooks held by others -------------------------------------------------------------------------
cat >holder.c <<'C'
__attribute__((section("prog"), used)) int holder(void *ctx)
{
	return 2; /* XDP_PASS */
}
char LICENSE[] __attribute__((section("license"), used)) = "GPL";
C
sed -e 's/return 2.*/return -1;/' -e 's/holder/filter/' holder.c >filter.c
clang -target bpf -O2 -c holder.c -o holder.o && clang -target bpf -O2 -c filter.c -o filter.o
bpftool prog load holder.o /sys/fs/bpf/holder type xdp
bpftool net attach xdpdrv pinned /sys/fs/bpf/holder dev veth0
id=$(bpftool -j net show dev veth0 | grep -oE '"id":[0-9]+' | cut -d: -f2)
tc qdisc add dev veth0 clsact
tc filter add dev veth0 egress bpf da obj filter.o sec prog
attached >before
doctor -i veth0 --try
exits 0 'XDP hook held by another program'
said note 'veth0 xdp-hook' "program $id 'holder'" 'who holds XDP'
said note 'veth0 attach' "ingress (tcx|clsact), egress (tcx|clsact); .*'holder'" 'TC instead'
said ok 'veth0 tc-egress' "filter [0-9]+ 'filter.o:\[prog\]'" 'who else is at TC egress'
said ok 'veth0 tc-ingress' free 'nobody at TC ingress'
doctor -i veth0 --set sensor.hook=xdp
exits 1 'XDP wanted, but held'
attached >after
cmp -s before after
ok $? 'programs of others stay'
bpftool net detach xdpdrv dev veth0
tc qdisc del dev veth0 clsact

# --- a daemon -------------------------------------------------------------------------------------
"$oddns" run -i veth0 --hook tc >/dev/null 2>daemon.err </dev/null &
daemon=$!
for _ in $(seq 100); do
	[ -e /run/oddns/status.json ] && break
	sleep 0.05
done
doctor -i veth0 --try
exits 0 'a running daemon'
said ok daemon "pid $daemon" 'its PID'
said note traffic 'directions seen: unknown; packets: XDP 0, .*no DNS yet' 'no traffic yet'
said ok 'veth0 attach' 'the daemon is there: ingress (tcx|clsact)' 'its hooks are not tried again'
said ok 'veth0 tc-egress' "held by oddns: .*'oddns_egress'" 'its program is known'
said ok store-writer "the daemon, pid $daemon" 'the daemon writes to the store'
said ok store '/var/lib/oddns can be written' 'a store that is there'
doctor -i veth0 --set sensor.state=/run/other
exits 0 'a store of another daemon'
said note store-writer "pid $daemon writes here, which is not the daemon" 'it is named'
doctor -i veth0 --set store.path=/var/lib/other
said note store-writer 'the daemon does not write here' 'another store than the daemon has'
for verb in status servers doctor; do
	"$oddns" "$verb" >/dev/full 2>err
	code=$?
	[ "$code" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ]
	ok $? "$verb that cannot be written is a failure"
done
kill "$daemon"
wait "$daemon"

# --- stores that cannot be ------------------------------------------------------------------------
doctor -i veth0 --set store.enabled=no
exits 0 'a store that is not wanted'
said note store 'nothing is kept' 'that nothing is kept'
mkdir small && mount -t tmpfs -o size=1m tmpfs small && touch a-file
doctor -i veth0 --set store.path="$PWD/small/store"
exits 0 'a store on a small disk'
said note store-room '0.0 KiB used, 1.0 MiB free, less than the 2.0 GiB of store.max_size' \
	'a disk that is too small'
head -c 300k /dev/zero >small/2026-11-22T07.db
doctor -i veth0 --set store.path="$PWD/small" --set store.max_size=1M
said ok store-room '300.0 KiB used, 724.0 KiB free, at most 1.0 MiB wanted' \
	'segments make room for others'
doctor -i veth0 --set store.path="$PWD/small" --set store.max_size=0
said note store-room 'no bound but store.max_age' 'a store without bound'
mount -o remount,ro small
doctor -i veth0 --set store.path="$PWD/small"
exits 0 'a store on a disk that is read-only'
said note store 'nothing would be kept: .*small: Read-only file system' 'a disk that is read-only'
doctor -i veth0 --set store.path="$PWD/a-file"
said note store 'nothing would be kept: .*a-file: Not a directory' 'a file instead of a folder'
doctor -i veth0 --set store.path=/nonexistent/oddns/store
said note store 'nothing would be kept: /nonexistent/oddns: No such file' 'no parent folder'

# --- rights taken away ----------------------------------------------------------------------------
bare=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all --bounding-set -all)
timeout 20 "${bare[@]}" "$oddns" doctor -i veth0 >out 2>err
code=$?
exits 1 'without any right'
said problem privileges 'uid 65534, without CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON' 'what is missing'
said problem bpf 'refused' 'no system call'
said note programs 'not tried' 'programs are not tried in vain'
said ok 'veth0 link' 'up' 'interfaces are examined all the same'
said note store 'nothing would be kept: /var/lib/oddns: Permission denied' 'a store that may not be made'
timeout 20 setpriv --inh-caps -all --bounding-set -sys_admin "$oddns" doctor -i veth0 >out 2>err
code=$?
exits 0 'without CAP_SYS_ADMIN'
said note hooks 'cannot be tried' 'a namespace that is forbidden'
said ok programs 'loaded' 'programs load without CAP_SYS_ADMIN'

echo "1..$count"
[ "$failed" -eq 0 ]
