#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Alerts in a journald of their own: fields, catalog text, and stderr when there is none.
# Everything happens in a mount and a PID namespace, which take all of it along when they end.
set -u
cd "$(dirname "$0")/../.." || exit 1
sender=${ALERT_SENDER:-${BUILD:-build}/plain/alert_sender}

if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP needs root for a mount namespace"
	exit 0
fi
if [ "${1:-}" != inside ]; then
	exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$0" inside
fi

mount -t tmpfs tmpfs /run || exit 1
mkdir -p /run/systemd/journal /run/log/journal /run/catalogs
cp /usr/lib/systemd/catalog/* user/dist/oddns.catalog /run/catalogs/
mount --bind /run/catalogs /usr/lib/systemd/catalog || exit 1
mkdir -p /run/empty && mount --bind /run/empty /var/lib/systemd || exit 1

tests=0
check() # NAME COMMAND...
{
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@" >/run/check 2>&1; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		echo "$*" | cat - /run/check | sed 's/^/# /'
	fi
}

contains() # FILE TEXT
{
	grep -qF -- "$2" "$1" || { cat "$1"; false; }
}

lacks() # FILE TEXT
{
	! grep -qF -- "$2" "$1" || { cat "$1"; false; }
}

start_journald()
{
	/lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 3>&- &
	journald=$!
	for _ in $(seq 100); do
		[ -S /run/systemd/journal/socket ] && return
		sleep 0.05
	done
}

stop_journald()
{
	kill "$journald"
	wait "$journald" 2>/dev/null
	rm -f /run/systemd/journal/socket
}

journal() # OPTIONS...: what oddns wrote
{
	journalctl -q -D /run/log/journal -t oddns "$@"
}

await() # COUNT: until so many entries are there
{
	for _ in $(seq 100); do
		[ "$(journal -o cat | wc -l)" -ge "$1" ] && return
		sleep 0.05
	done
	return 1
}

# --- no journald: stderr --------------------------------------------------------------------------
env -u JOURNAL_STREAM "$sender" <<<"raised cleared note" >/run/out 2>/run/err
check "without journald the reason is said once" \
	test "$(grep -c 'no journald listens at /run/systemd/journal/socket' /run/err)" -eq 1
check "without journald the alert is on stderr, with its proof" contains /run/err \
	"oddns: 192.0.2.3 is the odd one out of group lab: latency 62.1 ms, baseline 412 us"
check "without journald the all-clear is on stderr" contains /run/err "no longer the odd one out"
check "without journald notes are on stderr" contains /run/err "oddns: note of the lab"
check "alerts that no journal took are counted, notes are not" \
	test "$(tail -1 /run/out)" = "down unsent 2"

# --- fields ---------------------------------------------------------------------------------------
start_journald
journalctl --update-catalog
"$sender" <<<"raised cleared note" >/run/out 2>/run/err
check "three entries arrive" await 3
check "nothing of them is on stderr" test ! -s /run/err
journal -o json | head -1 >/run/raised
journal -o json | sed -n 2p >/run/cleared
for field in '"SYSLOG_IDENTIFIER":"oddns"' '"PRIORITY":"4"' \
	'"MESSAGE_ID":"949ce43667df465392940e9d074b02e0"' '"ODDNS_RULE":"odd-one-out"' \
	'"ODDNS_STATE":"raised"' '"ODDNS_GROUP":"lab"' '"ODDNS_SUBJECT":"192.0.2.3"' \
	'"ODDNS_METRIC":"latency_ns"' '"ODDNS_VALUE":"62100000"' '"ODDNS_BASELINE":"412000"' \
	'"ODDNS_ABSOLUTE":"20000000"' '"ODDNS_RELATIVE":"0.3000"' '"ODDNS_SAMPLES":"683"' \
	'192.0.2.1 median=409000 intervals=30 samples=691 compared=yes odd=no' \
	'192.0.2.3 median=62100000 intervals=29 samples=683 compared=yes odd=yes'; do
	check "raised: $field" contains /run/raised "$field"
done
for field in '"PRIORITY":"5"' '"ODDNS_STATE":"cleared"' \
	'"MESSAGE_ID":"949ce43667df465392940e9d074b02e0"'; do
	check "cleared: $field" contains /run/cleared "$field"
done
check "alerts are found by field" test \
	"$(journal ODDNS_STATE=raised ODDNS_SUBJECT=192.0.2.3 -o cat | wc -l)" -eq 1
check "priority warning shows the raised one only" test "$(journal -p 4 -o cat | wc -l)" -eq 1

# --- catalog --------------------------------------------------------------------------------------
journal -x >/run/explained
check "the catalog names server, group and state" contains /run/explained \
	"DNS server 192.0.2.3 against group lab: slow, raised"
check "the catalog has the value with its samples" contains /run/explained "62.1 ms (of 683 answers)"
check "the catalog has the baseline" contains /run/explained "baseline     412 us"
check "the catalog has both limits" contains /run/explained "20 ms and 30 %"
check "the catalog says what to do" contains /run/explained \
	'What to do: Time "dig @SERVER NAME" against this server'
check "no field of the catalog stays empty" lacks /run/explained "@ODDNS"

# --- journald stops and comes back ----------------------------------------------------------------
mkfifo /run/words
env -u JOURNAL_STREAM "$sender" </run/words >/run/out 2>/run/err &
sending=$!
exec 3>/run/words
say() # WORD ANSWER
{
	echo "$1" >&3
	for _ in $(seq 100); do
		[ "$(tail -1 /run/out)" = "$2" ] && return
		sleep 0.05
	done
	cat /run/out /run/err
	return 1
}
check "journald is up" say note "up unsent 0"
stop_journald
check "journald gone: the alert goes to stderr" say raised "down unsent 1"
check "journald gone: said" contains /run/err "journald takes no lines"
check "journald gone: the proof is on stderr" contains /run/err "baseline 412 us"
start_journald
check "journald back: alerts go there again" say raised "up unsent 1"
check "journald back: said" contains /run/err "journald is back"
exec 3>&-
wait "$sending"
await 5
check "the alert after the pause is in the journal, the one of the pause is not" \
	test "$(journal ODDNS_STATE=raised -o cat | wc -l)" -eq 2
stop_journald

echo "1..$tests"
