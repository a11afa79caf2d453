#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Captures through `oddns replay`, by both engines, against lines computed elsewhere. Prints TAP.
#
#   tests/replay/run.sh BINARY
#
# Real captures are looked for at ../shared/captures beside the repository (or at $CAPTURES).
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
binary=$(realpath "$1") || exit 1
captures=${CAPTURES:-$here/../../../shared/captures}
checker=$captures/../tools/check_captures.py

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
chmod 755 "$scratch" # an unprivileged user must get at the captures
cd "$scratch" || exit 1
python3 "$here/make_captures.py" . || exit 1

number=0
failed=0

# report STATUS NAME FILE: one test; FILE says why it failed.
report()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=1
	echo "not ok $number - $2"
	sed 's/^/# /' "$3"
}

# skip NAME REASON
skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# replay ARG...: into out and err; the exit code is oddns's. No configuration but ours.
replay()
{
	"$binary" replay -c conf "$@" >out 2>err
}

# wants CODE GOT: say when the exit code is another.
wants()
{
	[ "$1" -eq "$2" ] || echo "exit code $2, not $1"
}

# wants_error REGEX: err is one line that the expression matches; "-": err is empty.
wants_error()
{
	if [ "$1" = - ]; then
		[ ! -s err ] || echo "on stderr: $(cat err)"
	elif [ "$(wc -l <err)" -ne 1 ] || ! grep -Eq "^oddns: .*$1" err; then
		echo "on stderr, not one line with '$1': $(cat err)"
	fi
}

# judge NAME: the test passes when the checks before it left why empty.
judge()
{
	[ ! -s why ]
	report $? "$1" why
}

# --- each capture, exactly -----------------------------------------------------------------

# check_case ENGINE NAME CODE SKIPPED ERROR
check_case()
{
	replay --engine "$1" --format json "$2"
	{
		wants "$3" $?
		wants_error "$5"
		grep '"type":"exchange"' out | diff "$2.expected" - && python3 "$here/identities.py" out "$4"
	} >why 2>&1
	mv out "out.$1.$2"
	judge "$1: $2"
}

# all_cases ENGINE
all_cases()
{
	local name code skipped error

	while IFS=$'\t' read -r name code skipped error; do
		check_case "$1" "$name" "$code" "$skipped" "$error"
	done <cases.tsv
}

# --- what concerns several records ---------------------------------------------------------

check_alert()
{
	replay --engine "$1" --format json --set sensor.interval=10s slow
	{
		wants 0 $?
		wants_error -
		python3 "$here/identities.py" out 0
		python3 "$here/slow.py" out
	} >why 2>&1
	mv out "out.$1.slow"
	judge "$1: the slow one of three servers is raised, and only that one"
}

check_many_files()
{
	replay --engine "$1" --format json part-1 part-2
	{
		wants 0 $?
		wants_error -
		grep '"type":"exchange"' out | diff states.expected -
	} >why 2>&1
	judge "$1: a query at the end of one file is answered in the next"

	replay --engine "$1" --format json gzip ethernet
	{
		wants 1 $?
		wants_error "gzip"
		grep '"type":"exchange"' out | diff ethernet.expected -
	} >why 2>&1
	judge "$1: a defective file does not hide the next"
}

check_stdin()
{
	replay --engine "$1" --format json - <ethernet
	{
		wants 0 $?
		grep '"type":"exchange"' out | diff ethernet.expected -
	} >why 2>&1
	judge "$1: standard input is read"
	cat ethernet | replay --engine "$1" --format json -
	{
		wants 0 $?
		grep '"type":"exchange"' out | diff ethernet.expected -
	} >why 2>&1
	judge "$1: a pipe is read"
	cat gzip | replay --engine "$1" --format json -
	{
		wants 1 $?
		wants_error "standard input': it is compressed with gzip"
	} >why 2>&1
	judge "$1: a compressed pipe is known as such"
}

check_repeatable()
{
	replay --engine "$1" --format json many slow states
	mv out first
	replay --engine "$1" --format json many slow states
	cmp first out >why 2>&1
	judge "$1: the same captures give the same bytes"
}

engine_tests()
{
	all_cases "$1"
	check_alert "$1"
	check_many_files "$1"
	check_stdin "$1"
	check_repeatable "$1"
}

compare_engines()
{
	local file name

	: >why
	for file in out.native.*; do
		name=${file#out.native.}
		cmp "$file" "out.kernel.$name" >>why 2>&1
	done
	judge "both engines print the same bytes"
}

# --- output and usage, which no engine decides ---------------------------------------------

check_text()
{
	replay --engine native names states slow
	{
		wants 0 $?
		wants_error -
		LC_ALL=C grep -n '[^ -~]' out
		grep -q '^TIME .*CLIENT .*SERVER .*LATENCY .*RCODE .*STATE .*QTYPE .*QNAME .*ANSWER$' out ||
			echo "no titles"
		grep -E '^2026-11-21T21:47:31\.000000Z 192\.0\.2\.10 +192\.0\.2\.53 +' out |
			grep -Eq ' 2 ms +NOERROR +answered +A +www\.example\.com +192\.0\.2\.80$' ||
			echo "no aligned exchange"
		grep -q ' ALERT raised odd-one-out: .*10\.0\.0\.3' out || echo "no alert"
		grep -Eq '^10\.0\.0\.3 +91 +91 +0 +6[23](\.[0-9])? ms .*odd one out$' out ||
			echo "no server"
		grep -Eq '^ +unanswered +3 ' out || echo "no counter"
	} >why 2>&1
	judge "text is aligned, printable, and ends with the summary"
}

check_terminal()
{
	if ! command -v script >/dev/null; then
		skip "colour only on a terminal" "needs script"
		return
	fi
	: >why
	script -qec "'$binary' replay -c conf --engine native states" /dev/null >out </dev/null
	grep -q $'\033\[33m' out || echo "no colour on a terminal" >>why
	NO_COLOR=1 script -qec "'$binary' replay -c conf --engine native states" /dev/null >out </dev/null
	grep -q $'\033' out && echo "colour in spite of NO_COLOR" >>why
	judge "colour only on a terminal, and not with NO_COLOR"
}

check_output_errors()
{
	"$binary" replay -c conf --engine native --format json many 2>err | head -n 1 >out
	wants_error - >why
	judge "head may close our output"

	(trap '' PIPE; exec "$binary" replay -c conf --engine native --format json many 2>err) |
		head -n 1 >out
	wants_error - >why
	judge "head may close our output when SIGPIPE came ignored"

	"$binary" replay -c conf --engine native --format json many >/dev/full 2>err
	{
		wants 1 $?
		wants_error "write to standard output: No space left on device"
	} >why
	judge "a full disk is an error"
}

check_usage()
{
	local code arguments error

	while IFS='|' read -r code error arguments; do
		# shellcheck disable=SC2086 # words
		"$binary" replay -c conf $arguments >out 2>err
		{
			wants "$code" $?
			wants_error "$error"
		} >why
		judge "replay $arguments"
	done <<-END
		2|FILE|
		2|--engine|--engine steam ethernet
		2|--format|--format xml ethernet
		2|option|--speed ethernet
		2|sensor|--set sensor.speed=7 ethernet
		2|timeout|--set sensor.timeout=soon ethernet
		1|open capture 'nowhere': No such file or directory|--engine native nowhere
		1|open capture '.': Is a directory|--engine native .
	END
	"$binary" replay -c nowhere.conf ethernet >out 2>err
	{
		wants 2 $?
		wants_error "nowhere.conf"
	} >why
	judge "a configuration that is not there"
}

check_unprivileged()
{
	local prefix=()

	if [ "$(id -u)" -eq 0 ]; then
		prefix=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
	fi
	cp "$binary" oddns
	cp ethernet secret && chmod 000 secret
	"${prefix[@]}" ./oddns replay -c conf --engine kernel ethernet >out 2>err
	{
		wants 1 $?
		wants_error "root|privilege|CAP_BPF|ermission|ermitted"
	} >why
	judge "the kernel engine without privilege is one clear error"
	"${prefix[@]}" ./oddns replay -c conf --format json ethernet >out 2>err
	{
		wants 0 $?
		wants_error -
		grep '"type":"exchange"' out | diff ethernet.expected -
	} >why 2>&1
	judge "without privilege auto is native, without a word"
	"${prefix[@]}" ./oddns replay -c conf secret >out 2>err
	{
		wants 1 $?
		wants_error "open capture 'secret': Permission denied"
	} >why
	judge "an unreadable file"
}

# --- real captures -------------------------------------------------------------------------

# dns_port FILE: as the index says, 53 when it does not
dns_port()
{
	[ -e "$captures/INDEX.tsv" ] || { echo 53 && return; }
	awk -F'\t' -v file="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "dns_port") c = i }
		$1 == file { port = $c }
		END { print port ? port : 53 }' "$captures/INDEX.tsv"
}

# replay_capture BINARY ENGINE FILE: the exit code is oddns's
replay_capture()
{
	"$1" replay -c conf --engine "$2" --format json \
		--set "sensor.ports=$(dns_port "$(basename "$3")")" "$3"
}

compare_captures()
{
	local path engine

	: >why
	for path in "$captures"/files/*; do
		for engine in native kernel; do
			replay_capture "$binary" $engine "$path" >$engine.out 2>$engine.err ||
				echo "${path##*/}: $engine engine: exit code $?" >>why
		done
		cmp native.out kernel.out >>why 2>&1 && cmp native.err kernel.err >>why 2>&1 ||
			echo "${path##*/}" >>why
		python3 "$here/identities.py" native.out >identities 2>&1 ||
			{ echo "${path##*/}:"; cat identities; } >>why
	done
	judge "captures: both engines print the same bytes, and all identities hold"
}

# check_oracles ENGINE: exchanges that are not the oracles' are those of policy.tsv, no more or less
check_oracles()
{
	: >why
	python3 "$checker" "$binary" "$captures" --engine "$1" --level all >found 2>&1
	tail -n 1 found | grep -q '^files [1-9].*, crashes 0,' || cat found >why
	grep -v '^#' "$here/policy.tsv" | awk -F'\t' '{ print $1, $2 }' | sort >known
	awk '/ [0-9]+ of [0-9]+ wrong, / { print $1, $2 }' found | sort | diff known - >differ ||
		cat differ found >>why
	judge "captures: exchanges as in the oracles, $1 engine"
}

# Every capture, ours and the real ones, through the sanitized build.
check_sanitized()
{
	local path sanitized engine

	sanitized=$(dirname "$binary")/asan/oddns
	if [ ! -x "$sanitized" ]; then
		skip "sanitizers find nothing in any capture" "needs build/asan/oddns"
		return
	fi
	: >why
	for path in $(cut -f1 cases.tsv) "$captures"/files/*; do
		[ -e "$path" ] || continue
		for engine in "$@"; do
			replay_capture "$sanitized" "$engine" "$path" >out 2>err
			! grep -Eq 'Sanitizer|runtime error' err ||
				{ echo "${path##*/}: $engine engine:"; cat err; } >>why
		done
	done
	judge "sanitizers find nothing in any capture"
}

real_captures()
{
	local engine

	if [ ! -d "$captures/files" ]; then
		skip "captures: oracles" "no $captures"
		return
	fi
	for engine in "$@"; do
		check_oracles "$engine"
	done
	if [ $# -eq 2 ]; then
		compare_captures
	else
		skip "captures: both engines print the same bytes" "kernel engine needs root"
	fi
}

: >conf
engines=(native)
engine_tests native
if [ "$(id -u)" -eq 0 ]; then
	engines+=(kernel)
	engine_tests kernel
	compare_engines
else
	skip "kernel engine" "needs root"
	skip "both engines print the same bytes" "kernel engine needs root"
fi
check_text
check_terminal
check_output_errors
check_usage
check_unprivileged
check_sanitized "${engines[@]}"
real_captures "${engines[@]}"
echo "1..$number"
exit $failed
