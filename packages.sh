#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install those of the named Debian packages that are missing; quiet when none is.
#
#   packages.sh PACKAGE...
#
# This host may be in production, so nothing is removed for them, and what is installed already is
# not upgraded on its own account. The name servers among them are programs for the tests, which run
# them in namespaces: they must not answer here, neither now (a policy for the time of the
# installation, where the administrator has none) nor after the next boot (they are disabled).
# A name server that was installed before is left alone.
set -u
policy=/usr/sbin/policy-rc.d

there=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "$@" 2>/dev/null)"
missing='' servers=''
for package; do
	case $there in *" $package:installed "*) continue ;; esac
	missing="$missing $package"
	case $package in knot | dnsdist) servers="$servers $package" ;; esac
done
[ -n "$missing" ] || exit 0
echo "  DEPS    $missing"
if ! command -v apt-get >/dev/null; then
	echo "packages.sh: no apt-get here; please install what these packages of Debian 12 hold" >&2
	exit 1
fi

ours='' # the policy, when it is
settle()
{
	now=''
	[ ! -d /run/systemd/system ] || now=--now # for a policy that let it start
	for server in $servers; do
		# shellcheck disable=SC2086
		[ ! -e "/lib/systemd/system/$server.service" ] ||
			systemctl --quiet disable $now "$server.service"
	done
	[ -z "$ours" ] || rm -f "$ours"
}
trap settle EXIT
trap 'exit 1' HUP INT TERM

mark='Made by packages.sh of oddns for the time of an installation.' # or left by one that was killed
if [ -n "$servers" ] && { [ ! -e $policy ] || grep -qF "$mark" $policy; }; then
	ours=$policy
	cat >$policy <<-POLICY && chmod 755 $policy || exit 1
		#!/bin/sh
		# $mark
		case " \$*" in *" knot"* | *" dnsdist"*) exit 101 ;; esac
	POLICY
fi
# shellcheck disable=SC2086 # a list
apt-get update -q &&
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends --no-remove \
		-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 $missing
