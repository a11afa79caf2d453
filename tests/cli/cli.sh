#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line from outside: exit codes, and one line on stderr that names what was wrong.
# Prints TAP. Usage: cli.sh BINARY. Needs no root: wrong input is refused before any work.
set -u
oddns=${1:?usage: cli.sh BINARY}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0 failed=0
drop=() # command that runs the program with fewer privileges

# ok STATUS NAME: report one test, with what was printed when it failed.
ok()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	printf '# exit code %s\n' "$code"
	head -c 2000 "$work/err" "$work/out" | tr -d '\000' | sed 's/^/# /'
}

# run ARGUMENT...: keep exit code, stdout and stderr.
run()
{
	env -u JOURNAL_STREAM "${drop[@]}" "$oddns" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# refused WORD NAME ARGUMENT...: exit code 2, nothing on stdout, one line that holds WORD.
refused()
{
	local word=$1 name=$2
	shift 2
	run "$@"
	[ "$code" -eq 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] &&
		grep -q '^oddns: ' "$work/err" && grep -qF -- "$word" "$work/err"
	ok $? "$name"
}

# prints WORD NAME ARGUMENT...: exit code 0, nothing on stderr, WORD on stdout, 80 columns.
prints()
{
	local word=$1 name=$2
	shift 2
	run "$@"
	[ "$code" -eq 0 ] && [ ! -s "$work/err" ] && grep -qF -- "$word" "$work/out" &&
		! grep -qE '.{80}' "$work/out" && ! LC_ALL=C grep -q '[^ -~]' "$work/out"
	ok $? "$name"
}

# bad_file WORD NAME CONTENT: a configuration (printf format) that replay refuses.
bad_file()
{
	# shellcheck disable=SC2059
	printf "$3" >"$work/bad.conf"
	refused "$1" "$2" replay -c "$work/bad.conf" /dev/null
}

verbs='run replay status servers doctor'

# --- help and version
for verb in $verbs; do
	prints "  $verb " "help lists $verb" --help
	prints "Usage: oddns $verb" "help $verb" help "$verb"
	prints "Usage: oddns $verb" "$verb --help" "$verb" --help
done
prints 'Usage: oddns COMMAND' 'help without a command' help
prints 'Usage: oddns COMMAND' '-h' -h
prints 'Usage: oddns COMMAND' 'help of help' help --help
prints 'oddns 0.' '--version' --version
prints 'timeout = 5s  (10ms to 30s)' 'help of run shows settings' run --help
[ "$(tail -n 1 "$work/out" | cut -c 1-6)" = '      ' ]
ok $? 'help of run ends with settings'
prints "oddns run --help" 'help of status says where settings are' status --help
[ "$(wc -l <"$work/out")" -lt 24 ]
ok $? 'help of status fits a terminal'
"$oddns" --help >/dev/full 2>"$work/err"
code=$?
[ "$code" -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
ok $? 'help that cannot be written is a failure'

# --- commands
refused 'no command' 'no command'
refused "'bogus'" 'unknown command' bogus
refused "did you mean 'status'" 'misspelt command' stauts
refused "did you mean 'servers'" 'case of a command' SERVERS
refused "'bogus'" 'help of an unknown command' help bogus
refused 'a command comes before it' 'option before the command' -i lo
refused "''" 'empty command' ''
refused '\010' 'command with a newline' $'run\n'

# --- options
for verb in $verbs; do
	refused '--bogus' "$verb: unknown option" "$verb" --bogus
	refused '-z' "$verb: unknown short option" "$verb" -z
done
refused '--engine' 'run takes no --engine' run --engine native
refused 'surplus' 'run takes no argument' run surplus
refused '-i IFACE' 'run with an interface but no -i' run lo
refused 'did you mean --hook' 'misspelt option' run --hok=tc
refused '--set' 'option without its value' run --set
refused '-i' 'short option without its value' run -i
refused '--interface' 'empty interface' run -i ''
refused 'a/b' 'impossible name of an interface' run -i a/b
refused 'sixteen-letters0' 'interface with too long a name' run -i sixteen-letters0
refused 'lo' 'interface named twice' run -i lo -i lo
refused 'xpd' 'unknown hook' run --hook xpd
refused 'fast' 'unknown engine' replay --engine fast /dev/null
refused 'yaml' 'unknown format' replay --format yaml /dev/null
refused '--interface' 'replay takes no interface' replay --interface lo /dev/null
refused 'FILE' 'replay without a file' replay
refused 'FILE' 'replay of an empty name' replay ''

# --- settings of the command line
refused 'sensor.timeout' 'setting without a value' replay --set sensor.timeout /dev/null
refused 'timeout=5s' 'setting without a section' replay --set timeout=5s /dev/null
refused "did you mean 'timeout'" 'misspelt key' replay --set sensor.timeot=5s /dev/null
refused 'did you mean [sensor]' 'misspelt section' replay --set sensr.timeout=5s /dev/null
refused 'sensor.timeout=5x' 'impossible value' replay --set sensor.timeout=5x /dev/null
refused '10ms to 30s' 'value out of range' replay --set sensor.timeout=31s /dev/null
refused '35 s' 'timeout and grace beyond the range' replay --set sensor.timeout=10s /dev/null
refused '10.0.0.0/8' 'network with host bits' replay --set 'group a.servers=10.0.0.1/8' /dev/null
refused '[group a]' 'group without servers' replay --set 'group a.absolute=1ms' /dev/null
refused '\010' 'value with a newline' replay --set $'sensor.hook=a\nb' /dev/null
refused 'window=4' 'wrong setting behind a right one' \
	replay --set sensor.ring=1M --set sensor.window=4 /dev/null

# --- the configuration file
refused "$work/none" 'file that is not there' replay -c "$work/none" /dev/null
refused "$work'" 'file that is a folder' replay -c "$work" /dev/null
refused '/dev/zero:1' 'file without an end' replay -c /dev/zero /dev/null
bad_file ':2: [sensor] timeout = 5x' 'value in a file' '[sensor]\ntimeout = 5x\n'
bad_file ':2: [sensor] timeot' 'key in a file' '[sensor]\ntimeot = 5s\n'
bad_file ':1: [sensr]' 'section in a file' '[sensr]\ntimeout = 5s\n'
bad_file ':1: timeout' 'key before a section' 'timeout = 5s\n'
bad_file ':3: ' 'line that says nothing' '[sensor]\n\nwhat\n'
bad_file ':2: a NUL byte' 'NUL byte in a file' '[sensor]\nhook = t\000c\n'
bad_file ':1: ' 'capture instead of a configuration' '\324\303\262\241\002\000\004\000'
bad_file ':2: line too long' 'line too long' "[sensor]\nports = $(printf '%5000s' 53)\n"
bad_file ':3: [sensor] timeout = 6s' 'key set twice' '[sensor]\ntimeout = 5s\ntimeout = 6s\n'
bad_file ':2: ' 'windows line ends in an error' '[sensor]\r\nhook = x\r\n'
! grep -q $'\r' "$work/err"
ok $? 'no carriage return in an error'
printf '[sensor]\ntimeout = 5x\n' >"$work/bad.conf"
refused 'bad.conf:2' 'file is read before --set' \
	replay -c "$work/bad.conf" --set sensor.timeout=5s /dev/null
printf '[sensor]\nring = 1M\n' >"$work/unreadable.conf"
chmod 0 "$work/unreadable.conf"
# root reads everything, unless the capability to do so is taken away
# shellcheck disable=SC2054 # setpriv wants commas
[ "$(id -u)" -eq 0 ] && drop=(setpriv --bounding-set -dac_override,-dac_read_search)
refused 'unreadable.conf' 'unreadable file' replay -c "$work/unreadable.conf" /dev/null
drop=()

# --- a daemon whose state cannot be read: it is starting, its disk is full, somebody wrote there
# hold CONTENT: a daemon's lock in $work/state, and CONTENT as its state; "-" is none
hold()
{
	rm -rf "$work/state" && mkdir "$work/state"
	[ "$1" = - ] || printf '%s' "$1" >"$work/state/status.json"
	/usr/bin/python3 - "$work/state/lock" <<'END' &
import fcntl, struct, sys, time
lock = open(sys.argv[1], "w")
lock.write("7\n")
lock.flush()
# struct flock of F_OFD_SETLK, which is 37: the whole file, F_WRLCK
fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", 1, 0, 0, 0, 0))
open(sys.argv[1] + ".held", "w").close()
time.sleep(60)
END
	holder=$!
	for _ in $(seq 100); do [ -e "$work/state/lock.held" ] || sleep 0.05; done
}

for content in - '' '{' '[]' '{"type":"status"}'; do
	hold "$content"
	for verb in status servers; do
		for format in text json; do
			run "$verb" --set "sensor.state=$work/state" --format "$format"
			[ "$code" -eq 1 ] && [ ! -s "$work/out" ] &&
				[ "$(wc -l <"$work/err")" -eq 1 ] && grep -q '^oddns: ' "$work/err"
			ok $? "$verb --format $format of a daemon whose state is '$content'"
		done
	done
	kill "$holder"
	wait "$holder" 2>/dev/null
done

echo "1..$count"
[ "$failed" -eq 0 ]
