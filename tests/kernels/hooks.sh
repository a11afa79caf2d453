#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: `oddns run` on both ends of a veth pair, once for each --hook. A query that is sent
# into the near end passes egress there and ingress at the far end; both must have counted it, on the
# hooks that they say, and afterwards nothing may be left. Then beside another program, which
# xdp-loader put into libxdp's dispatcher. Prints TAP.
set -u
count=0 failed=0

ok() # STATUS NAME
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	sed 's/^/# /' /tmp/status /tmp/counted /tmp/err /tmp/left
}

attached() # programs, qdiscs and pins
{
	bpftool net show
	tc qdisc show
	ls -A /sys/fs/bpf
}

# The first query: RFC 1035 §4.1, of www.example.com, A.
send_query()
{
	printf '\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1' >/dev/udp/192.0.2.53/53
}

wait_for() # COMMAND...: until it succeeds, 20 s at most: emulation is slow
{
	for _ in {1..100}; do
		"$@" && return
		sleep 0.2
	done
	return 1
}

# counted HOOK: did a packet pass there? HOOK is a number of enum odd_hook (oddns/abi.h).
counted()
{
	bpftool map dump pinned /sys/fs/bpf/oddns/packets | tr -d ' \t\n' >/tmp/counted
	grep -qE "\"key\":$1,\"values\":\[[^]]*\"value\":[1-9]" /tmp/counted
}

start() # ARGUMENT...
{
	./oddns run "$@" >/tmp/out 2>/tmp/err &
	daemon=$!
	wait_for test -e /run/oddns/status.json
}

stop()
{
	kill "$daemon"
	wait "$daemon"
}

uses() # INTERFACE INGRESS EGRESS: as status tells
{
	./oddns status >/tmp/status 2>&1
	grep -qE "^ +$1 +$2 +$3( |$)" /tmp/status
}

watch() # MODE INGRESS EGRESS COUNTER
{
	local mode=$1 ingress=$2 egress=$3 counter=$4

	start -i od0 -i od1 --hook "$mode"
	ok $? "run --hook $mode starts"
	send_query
	wait_for counted 2
	ok $? "run --hook $mode sees a query at $egress egress"
	wait_for counted "$counter"
	ok $? "run --hook $mode sees a query at $ingress ingress"
	uses od0 "$ingress" "$egress" && uses od1 "$ingress" "$egress"
	ok $? "run --hook $mode uses $ingress and $egress"
	stop
	ok $? "run --hook $mode ends well"
	attached >/tmp/left
	cmp -s /tmp/before /tmp/left
	ok $? "run --hook $mode leaves nothing behind"
}

members() # programs in the dispatcher of od1, in their order
{
	xdp-loader status od1 | sed -n 's/.*=> *[0-9]* *\([a-z_]*\) .*/\1/p' | tr '\n' ' '
}

# The neighbour's counter. Its map's name is cut by the kernel.
neighbour_saw()
{
	bpftool map dump name neighbou.bss | sed -n 's/.*"neighbour_saw": \([0-9]*\).*/\1/p'
}

neighbour_saw_more() # THAN
{
	[ "$(neighbour_saw)" -gt "$1" ]
}

# What happens where another holds XDP by libxdp's dispatcher.
share()
{
	local seen

	xdp-loader load -m native od1 neighbour.o >/tmp/err 2>&1
	[ "$(members)" = 'neighbour ' ]
	ok $? 'xdp-loader puts a program into a dispatcher'
	attached >/tmp/before

	seen=$(neighbour_saw)
	start -i od1 --format json
	uses od1 xdp-dispatcher $tc
	ok $? 'run joins the dispatcher'
	[ "$(members)" = 'oddns_xdp neighbour ' ]
	ok $? 'and is its first member'
	send_query
	wait_for counted 0
	ok $? 'and sees a query'
	wait_for neighbour_saw_more "$seen"
	ok $? 'which the other member sees too'
	wait_for test -s /tmp/out
	stop
	ok $? 'run in a dispatcher ends well'
	grep -q 'www.example.com' /tmp/out
	ok $? 'its event came through the ring of the other programs'
	[ "$(members)" = 'neighbour ' ]
	ok $? 'run leaves the dispatcher, the other member stays'

	start -i od1
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
	rm -f /run/oddns/status.json
	start -i od1
	[ "$(members)" = 'oddns_xdp neighbour ' ]
	ok $? 'run takes the place of one that was killed'
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
	rm -f /run/oddns/status.json
	xdp-loader unload od1 -i "$(xdp-loader status od1 | sed -n 's/.* neighbour *\([0-9]*\) .*/\1/p')"
	start -i od1
	uses od1 xdp $tc
	ok $? 'run needs no dispatcher when none but a killed one was in it'
	stop
	xdp-loader load -m native od1 neighbour.o >/tmp/err 2>&1

	mv /usr/lib/x86_64-linux-gnu/libxdp.so.1 /tmp/
	start -i od1
	uses od1 $tc $tc && grep -q "xdp_dispatcher.*libxdp" /tmp/status
	ok $? 'run uses TC and says why when libxdp is not installed'
	mv /tmp/libxdp.so.1 /usr/lib/x86_64-linux-gnu/
	stop
	[ "$(members)" = 'neighbour ' ]
	ok $? 'and leaves the dispatcher alone'
	xdp-loader unload od1 --all
}

ip link add od0 type veth peer name od1
for link in od0 od1; do
	echo 1 >/proc/sys/net/ipv6/conf/$link/disable_ipv6
	ip link set "$link" up
done
ip address add 192.0.2.1/24 dev od0
ip neighbour add 192.0.2.53 lladdr 02:00:00:00:00:02 dev od0 nud permanent
touch /tmp/status /tmp/counted /tmp/err /tmp/left
attached >/tmp/before

# Linux has tcx since 6.6.
IFS=.- read -r major minor _ </proc/sys/kernel/osrelease
tc=clsact
[ $((major * 100 + minor)) -lt 606 ] || tc=tcx
watch auto xdp $tc 0
watch tc $tc $tc 1
watch xdp-generic xdp-generic $tc 0

share

./oddns doctor >/tmp/status
grep -E '^ok +programs ' /tmp/status | grep -oE 'oddns_[a-z]+ [0-9]+' | sed 's/^/verified /'
echo "1..$count"
[ "$failed" -eq 0 ]
