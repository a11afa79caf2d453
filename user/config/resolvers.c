// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses at which public resolvers offer DNS over HTTPS and nothing but DNS. Those of content
 * networks that change and are shared with web sites are left out, for what goes there may be
 * anything. Sources: the operators' pages named below, seen in November 2026, held against
 * github.com/AdguardTeam/KnowledgeBaseDNS (docs/general/dns-providers.md) and, for addresses that
 * only the resolvers' names give, github.com/dibdot/DoH-IP-blocklists.
 */
#include "resolvers.h"

#include <stddef.h>

// clang-format off
const char *const public_resolvers[] = {
	/* Google: developers.google.com/speed/public-dns/docs/using, with DNS64 */
	"8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844",
	"2001:4860:4860::6464", "2001:4860:4860::64",
	/* Cloudflare: developers.cloudflare.com/1.1.1.1/ip-addresses, all, malware, families, DNS64 */
	"1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001",
	"1.1.1.2", "1.0.0.2", "2606:4700:4700::1112", "2606:4700:4700::1002",
	"1.1.1.3", "1.0.0.3", "2606:4700:4700::1113", "2606:4700:4700::1003",
	"2606:4700:4700::64", "2606:4700:4700::6400",
	/* cloudflare-dns.com; {chrome,mozilla}.cloudflare-dns.com and dns.cloudflare.com: browsers */
	"104.16.248.249", "104.16.249.249", "2606:4700::6810:f8f9", "2606:4700::6810:f9f9",
	"162.159.61.3", "172.64.41.3", "2803:f800:53::3", "2a06:98c1:52::3",
	"162.159.61.4", "172.64.41.4", "2803:f800:53::4", "2a06:98c1:52::4",
	"162.159.61.8", "172.64.41.8", "2803:f800:53::8", "2a06:98c1:52::8",
	/* Quad9: quad9.net/service/service-addresses-and-features, and dns9, dns12, dns13.quad9.net */
	"9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9",
	"149.112.112.9", "2620:fe::fe:9",
	"9.9.9.10", "149.112.112.10", "2620:fe::10", "2620:fe::fe:10",
	"9.9.9.11", "149.112.112.11", "2620:fe::11", "2620:fe::fe:11",
	"9.9.9.12", "149.112.112.12", "2620:fe::12", "2620:fe::fe:12",
	"9.9.9.13", "149.112.112.13", "2620:fe::13", "2620:fe::fe:13",
	/* OpenDNS, Cisco Umbrella: opendns.com/setupguide; doh.{opendns,umbrella}.com and others */
	"208.67.222.222", "208.67.220.220", "2620:119:35::35", "2620:119:53::53",
	"208.67.222.123", "208.67.220.123", "208.67.222.2", "208.67.220.2",
	"146.112.41.2", "2620:119:fc::2", "146.112.41.3", "2620:119:fc::3",
	"146.112.41.4", "2620:119:fc::4", "146.112.41.5", "2620:119:fc::5",
	/* AdGuard: adguard-dns.io/public-dns.html, default, family, unfiltered; d.adguard-dns.com */
	"94.140.14.14", "94.140.15.15", "2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff",
	"94.140.14.15", "94.140.15.16", "2a10:50c0::bad1:ff", "2a10:50c0::bad2:ff",
	"94.140.14.140", "94.140.14.141", "2a10:50c0::1:ff", "2a10:50c0::2:ff",
	"94.140.14.49", "2a10:50c0::ded:ff",
	/* NextDNS: anycast.dns.nextdns.io; its other addresses are many and change */
	"45.90.28.0", "45.90.30.0", "2a07:a8c0::", "2a07:a8c1::",
	/* Mullvad: mullvad.net/help/dns-over-https-and-dns-over-tls */
	"194.242.2.2", "194.242.2.3", "194.242.2.4", "194.242.2.5", "194.242.2.6", "194.242.2.9",
	"2a07:e340::2", "2a07:e340::3", "2a07:e340::4", "2a07:e340::5", "2a07:e340::6",
	"2a07:e340::9",
	/* CleanBrowsing: cleanbrowsing.org/filters, family, adult, security */
	"185.228.168.168", "185.228.169.168", "2a0d:2a00:1::", "2a0d:2a00:2::",
	"185.228.168.10", "185.228.169.11", "2a0d:2a00:1::1", "2a0d:2a00:2::1",
	"185.228.168.9", "185.228.169.9", "2a0d:2a00:1::2", "2a0d:2a00:2::2",
	/* Control D: controld.com/free-dns; freedns.controld.com and dns.controld.com */
	"76.76.2.0", "76.76.10.0", "2606:1a40::", "2606:1a40:1::",
	"76.76.2.1", "76.76.2.2", "76.76.2.3", "76.76.2.11", "2606:1a40::11",
	"76.76.2.22", "2606:1a40::22",
	/* Yandex: dns.yandex.com, basic, safe, family */
	"77.88.8.8", "77.88.8.1", "2a02:6b8::feed:ff", "2a02:6b8:0:1::feed:ff",
	"77.88.8.88", "77.88.8.2", "2a02:6b8::feed:bad", "2a02:6b8:0:1::feed:bad",
	"77.88.8.7", "77.88.8.3", "2a02:6b8::feed:a11", "2a02:6b8:0:1::feed:a11",
	/* AliDNS: alidns.com */
	"223.5.5.5", "223.6.6.6", "2400:3200::1", "2400:3200:baba::1",
	/* DNSPod: docs.dnspod.cn/public-dns; doh.pub */
	"119.29.29.29", "2402:4e00::", "1.12.12.12", "120.53.53.53",
	/* DNS4EU: joindns4.eu/for-public, protective, child, ads, both, unfiltered */
	"86.54.11.1", "86.54.11.201", "2a13:1001::86:54:11:1", "2a13:1001::86:54:11:201",
	"86.54.11.12", "86.54.11.212", "2a13:1001::86:54:11:12", "2a13:1001::86:54:11:212",
	"86.54.11.13", "86.54.11.213", "2a13:1001::86:54:11:13", "2a13:1001::86:54:11:213",
	"86.54.11.11", "86.54.11.211", "2a13:1001::86:54:11:11", "2a13:1001::86:54:11:211",
	"86.54.11.100", "86.54.11.200", "2a13:1001::86:54:11:100", "2a13:1001::86:54:11:200",
	NULL,
};
// clang-format on
