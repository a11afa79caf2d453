#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzzer for a bounded time, from its seeds. Prints TAP.
#
#   tests/fuzz/run.sh [NAME...]      NAME as in tests/fuzz/NAME.c; FUZZ_SECONDS (20) each;
#                                    FUZZ_SEEDS: a folder with further seeds in FUZZ_SEEDS/NAME
#
# A fuzzer without seeds fails: it would spend its time on finding out what a
# packet looks like. An input that breaks it is kept in build/fuzz.
set -u
export ASAN_OPTIONS='' UBSAN_OPTIONS=print_stacktrace=1 # reports into our log
cd "$(dirname "$0")/../.." || exit 1

seconds=${FUZZ_SECONDS:-20}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# fuzz_one NAME: run it; prints what happened, in one line when all is well.
fuzz_one()
{
	local name=$1 seeds runs corpus="$scratch/$1" log="$scratch/$1.log"

	seeds=tests/fuzz/seeds/$name
	[ -d "$seeds" ] || seeds=tests/fuzz/seeds/${name#fuzz_}
	if [ -z "$(ls -A "$seeds" 2>/dev/null)" ]; then
		echo "no seeds in tests/fuzz/seeds/${name#fuzz_}"
		return 1
	fi
	if ! ${MAKE:-make} -s "build/fuzz/$name" >"$log" 2>&1; then
		cat "$log"
		return 1
	fi
	mkdir "$corpus" && cp "$seeds"/* "$corpus"/ || return 1
	# seeds that are not kept in the tree, such as tests/fuzz/seeds.py writes
	[ -z "${FUZZ_SEEDS-}" ] || [ ! -d "$FUZZ_SEEDS/$name" ] ||
		find "$FUZZ_SEEDS/$name" -type f -exec cp -t "$corpus" {} + || return 1
	# 64 KiB holds any DNS message; a single input that takes 5 s is a defect.
	if ! "build/fuzz/$name" -max_total_time="$seconds" -max_len=65536 -timeout=5 \
		-rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="build/fuzz/$name." \
		"$corpus" >"$log" 2>&1; then
		sed '/^#[0-9]/d; /^Shadow bytes/,/ABORTING/d' "$log" | tail -n 60
		echo "again: build/fuzz/$name FILE, with the file that the line above names"
		return 1
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ "${runs:-0}" -eq 0 ]; then
		echo "ran no input"
		return 1
	fi
	echo "$runs inputs in $seconds s"
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
	for source in tests/fuzz/*.c; do
		[ -e "$source" ] && names+=("$(basename "$source" .c)")
	done
fi

echo "1..${#names[@]}"
number=0
failed=0
for name in ${names[@]+"${names[@]}"}; do
	number=$((number + 1))
	if said=$(fuzz_one "$name"); then
		echo "ok $number - $name: $said"
	else
		failed=1
		echo "not ok $number - $name"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
done
exit $failed
