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

# Those of the program's own list, so that none can be forgotten here.
verbs=$("$oddns" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -vx help)
[ "$(echo $verbs)" = 'run replay status servers flows stats alerts report doctor' ]
ok $? 'all commands are listed'

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

# --- manual and completion know each command and option that the program knows
here=$(dirname "$0")/../..
mkdir "$work/bin"
ln -s "$(realpath "$oddns")" "$work/bin/oddns"

# completed WORD...: what bash offers for the last word
completed()
{
	PATH=$work/bin:$PATH bash -c '. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_oddns 2>/dev/null
		printf "%s\n" "${COMPREPLY[@]}"' "$here/user/dist/oddns.bash-completion" "$@"
}

# offers WORD NAME ARGUMENT...: WORD is among what is offered
offers()
{
	local word=$1 name=$2
	shift 2
	completed "$@" >"$work/out" 2>"$work/err"
	code=$?
	grep -qxF -- "$word" "$work/out"
	ok $? "$name"
}

manual=$here/user/dist/oddns.8
for verb in $verbs; do
	offers "$verb" "completion offers $verb" oddns ''
	offers "$verb" "completion offers help $verb" oddns help ''
	grep -qx "\.Cm $verb" "$manual" && grep -qx "\.It Cm $verb" "$manual"
	ok $? "the manual tells of $verb"
	completed oddns "$verb" -- >"$work/offered"
	"$oddns" "$verb" --help | grep -oE '^ +(-., )*--[a-z-]+' | grep -oE -- '--[a-z-]+' >"$work/takes"
	[ "$(wc -l <"$work/takes")" -ge 4 ] && diff "$work/takes" "$work/offered" >"$work/out"
	ok $? "completion offers all options of $verb"
	# its part of the synopsis, where an option may stand in short
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCR/p' "$manual" |
		sed -n "/^\.Cm $verb\$/,/^\.Nm/p" >"$work/part"
	missing=''
	while read -r option; do
		case $option in --help | --usage | --help-fields) word='' ;; --config) word='Fl c' ;;
		--interface) word='Fl i' ;; --columns) word='Fl o Ar fields' ;;
		--output) word='o Ar file\|Fl -output' ;; *) word="Fl -${option#--}" ;; esac
		grep -q -- "$word" "$work/part" || missing="$missing $option in the synopsis"
		grep -q "^\.It .*Fl -${option#--}\b" "$manual" || missing="$missing $option"
	done <"$work/takes"
	echo "$missing" >"$work/out"
	[ -z "$missing" ]
	ok $? "the manual tells of all options of $verb"
done
offers dns-qname2 'completion of --by' oddns stats --by dns-qn
offers client,dns-rcode 'completion of a list of fields' oddns stats --by client,dns-rc
offers dns-qname 'completion behind =' oddns stats --by = dns-qn
offers -dns-latency 'completion of a falling sort' oddns flows --sort -dns-l
offers extended-dns 'completion of a set of columns' oddns flows -o ext
offers dns-crr-rdata 'completion of columns' oddns flows --columns dns-crr-
offers "$work/bin" 'completion of a file' oddns report -o "$work/bi"
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$manual" >"$work/out" 2>"$work/err"
	code=$?
	ok $code 'the manual has no errors'
fi

# --- a store, of a capture that holds nothing
# a pcap of no packets, Ethernet
printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0' >"$work/empty.pcap"
store=$work/store
run replay --store "$store" "$work/empty.pcap"
ok "$code" 'replay --store'

# --- what the verbs of the store refuse
of=(--store "$store")
refused 'allowed text, json, csv, html, pdf' 'flows: unknown format' flows "${of[@]}" --format yaml
refused 'allowed text, csv, html, pdf' 'report: no JSON' report "${of[@]}" --format json
refused 'not a whole number' 'limit that is a word' flows "${of[@]}" --limit all
refused 'not a whole number' 'negative limit' flows "${of[@]}" --limit=-7
refused 'not a whole number' 'limit that is too large' flows "${of[@]}" -n 1000000000
refused 'not a whole number' 'top that is a word' stats "${of[@]}" --by client --top x
refused 'no such time' 'since nonsense' flows "${of[@]}" --since soon
refused 'no such time' 'until an hour that is none' alerts "${of[@]}" --until 25:00
refused 'no such duration' 'last without a unit that is known' \
	stats "${of[@]}" --by client --last 5x
refused 'no such duration' 'last nothing' report "${of[@]}" --last 0s
refused 'leave --since and --until out' 'two spans' servers "${of[@]}" --last 1h --since -2h
refused 'not later than' 'span that ends before it begins' flows "${of[@]}" --since -1h --until -2h
refused "did you mean 'qname'" 'by a misspelt field' stats "${of[@]}" --by qnam
refused "did you mean 'qname'" 'sort by a misspelt field' flows "${of[@]}" --sort qnam
refused "did you mean 'qname'" 'misspelt column' flows "${of[@]}" --columns qnam
refused '--by' 'stats without a field' stats "${of[@]}"
refused 'is there twice' 'by one field twice' stats "${of[@]}" --by client,client
refused 'allowed are 4' 'by five fields' stats "${of[@]}" --by client,server,qname,qtype,rcode
refused 'allowed packets, bytes' 'unknown order' stats "${of[@]}" --by client --order speed
refused 'none is taken' 'report takes no filter' report "${of[@]}" port 53
refused 'none is taken' 'alerts takes no filter' alerts "${of[@]}" port 53
refused '--store' 'store without a name' flows --store ''
refused 'suffix' 'suffix of no format' report "${of[@]}" -o "$work/report.doc"
refused 'suffix' 'suffix of a format that report lacks' report "${of[@]}" -o "$work/report.json"
refused 'jq' 'columns of JSON' flows "${of[@]}" --columns client --format json
refused "did you mean dns-rcode" 'filter: misspelt field' flows "${of[@]}" 'dns-rcod NXDOMAIN'
refused "did you mean NXDOMAIN" 'filter: misspelt mnemonic' flows "${of[@]}" 'dns-rcode NXDOMAN'
refused 'column 19' 'filter: open parenthesis' stats "${of[@]}" --by client '(dns-rcode NOERROR'
refused 'column 10' 'filter: no value' flows "${of[@]}" dns-rcode
refused '@nolist' 'filter: unknown list' flows "${of[@]}" 'ip @nolist'
refused 'closing parenthesis' 'filter: regular expression' flows "${of[@]}" 'dns-qname ~ "("'
refused 'no server is configured' 'filter: list that is empty' \
	flows "${of[@]}" 'not ip @dns_servers'
[ ! -e "$work/report.doc" ] && [ ! -e "$work/report.json" ]
ok $? 'what was refused left no file'

# --- a store without exchanges, and what is none
for arguments in flows 'stats --by client' alerts servers report; do
	# shellcheck disable=SC2086 # words
	set -- $arguments
	for format in text csv html pdf; do
		run "$@" --store "$store" --format "$format"
		[ "$code" -eq 0 ] && [ ! -s "$work/err" ] && [ -s "$work/out" ] &&
			{ [ "$format" = pdf ] || ! LC_ALL=C grep -q $'\033' "$work/out"; }
		ok $? "$1 --format $format of a store without exchanges"
	done
	run "$@" --store "$work/none"
	[ "$code" -eq 1 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] &&
		grep -qF "$work/none" "$work/err"
	ok $? "$1 of a store that is not there"
	run "$@" --store "$work/empty.pcap"
	[ "$code" -eq 1 ] && [ ! -s "$work/out" ] && grep -qF 'Not a directory' "$work/err"
	ok $? "$1 of a store that is a file"
	"$oddns" "$@" --store "$store" >/dev/full 2>"$work/err"
	code=$?
	[ "$code" -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
	ok $? "$1 that cannot be written is a failure"
	run "$@" --store "$store" --output "$work/none/x.txt"
	[ "$code" -eq 1 ] && grep -qF "$work/none/x.txt" "$work/err"
	ok $? "$1 to a folder that is not there"
	run "$@" --store "$store" --output "$work/$1.html"
	[ "$code" -eq 0 ] && [ ! -s "$work/out" ] && grep -q '<html' "$work/$1.html"
	ok $? "$1 --output writes the format of its suffix"
done
for verb in flows alerts; do
	for format in pdf html; do
		refused '--follow' "$verb --follow is no $format" \
			"$verb" --store "$store" --follow --format "$format"
	done
	refused '--until' "$verb --follow has no end" "$verb" --store "$store" --follow --until now
	refused '--follow' "$verb --follow to a file" "$verb" --store "$store" --follow --output "$work/x"
done
refused 'sorted' 'flows --follow --sort' flows --store "$store" --follow --sort client

# --help-fields is wider than 80 columns, so these are not prints()
run flows --help-fields
[ "$code" -eq 0 ] && [ "$(wc -l <"$work/out")" -gt 60 ] && grep -q '^dns-qname2 ' "$work/out"
ok $? 'flows --help-fields'
cp "$work/out" "$work/fields"
run stats --help-fields
[ "$code" -eq 0 ] && cmp -s "$work/out" "$work/fields"
ok $? 'stats --help-fields tells the same'
"$oddns" flows --help-fields 2>"$work/err" | head -n 1 >"$work/out"
code=${PIPESTATUS[0]}
[ ! -s "$work/err" ] && [ "$(wc -l <"$work/out")" -eq 1 ]
ok $? 'fields for a reader that leaves'

# in a terminal there are colours, with NO_COLOR there are none
for colour in '' 1; do
	TERM=xterm NO_COLOR=$colour script -qec "$oddns flows --store $store" /dev/null \
		</dev/null >"$work/out" 2>"$work/err"
	code=$?
	found=0
	grep -q $'\033\[2m' "$work/out" && found=1
	[ "$code" -eq 0 ] && [ "$found" -ne "$((${#colour}))" ]
	ok $? "colours with NO_COLOR='$colour'"
done

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
