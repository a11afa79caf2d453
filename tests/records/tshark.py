# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS messages of a capture as tshark reads them, records in presentation form.

tshark gives fields, and for each the bytes that it took them from ("_raw": digits, position, ...).
FORMS says how a type's data are written from its fields. Numbers and addresses are tshark's own
text. Strings are written from the bytes, because its text replaces what is not UTF-8 and ends at
a NUL. Of names there is only that text, in which a dot may be a dot of a label: see shown().
"""

import base64
import ipaddress
import json
import re
import subprocess
import time

LAYERS = ("dns", "mdns", "llmnr")
# Of a query or response, and of an UPDATE (RFC 2136 section 2).
SECTIONS = {"Answers": "answer", "Authoritative nameservers": "authority",
            "Additional records": "additional", "Prerequisites": "prerequisite",
            "Updates": "update"}
OPT = 41


class Message:
    """What tshark makes of one message."""

    def __init__(self, raw, prefix):
        self.wire = bytes.fromhex(raw[0])[prefix:]
        self.base = raw[1] + prefix
        self.cut = False        # it goes on, but not in the capture
        self.malformed = False
        self.header = {}
        self.question = None    # (name, class, type)
        self.records = []
        self.edns = None        # size, version, DO, [(code, bytes)]


class Record:
    """A record: numbers as numbers, the fields of its data in the order of the message."""

    def __init__(self, section, fields, message):
        first = {}
        for key, value in fields:
            first.setdefault(key, value)
        self.section = section
        self.type = int(first["dns.resp.type"])
        self.owner = first.get("dns.resp.name")
        if self.owner is None:  # SRV's is shown in parts
            parts = ("service", "proto", "name")
            self.owner = ".".join(first[p] for p in map("dns.srv.{}".format, parts) if p in first)
        self.fields, self.first = fields, first
        self.cls = self.ttl = self.rdata = None
        if "dns.resp.class" in first:
            self.cls = int(first["dns.resp.class"], 16) | self.flag("dns.resp.cache_flush") << 15
        if "dns.resp.ttl" in first:
            self.ttl = int(first["dns.resp.ttl"])
        if "dns.resp.len_raw" in first:
            start = first["dns.resp.len_raw"][1] + 2 - message.base
            self.rdata = message.wire[start:start + int(first["dns.resp.len"])]

    def flag(self, key):
        return self.first.get(key) in ("1", True)

    def text(self):
        """Presentation form; None when tshark has no fields for the type, or not all."""
        if self.type not in FORMS or "dns.data" in self.first:
            return None
        try:
            return " ".join(word for word in (form(self) for form in FORMS[self.type]) if word)
        except KeyError:  # data that are empty, as in an UPDATE
            return None


# --- names --------------------------------------------------------------------------------------

def absolute(name):
    return "." if name in ("<Root>", "") else name + "."


def shown(text):
    """Our text of a name as tshark's text of the same name is, with NOT_ASCII for a byte over 127.

    It has no escapes for dots and backslashes, C's and octal ones for what is not printable; what
    it makes of bytes over 127 depends on those beside them.
    """
    def character(match):
        byte = int(match[1]) if match[1].isdigit() else ord(match[1])
        return C_ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7f else
                                       f"\\{byte:03o}" if byte < 0x80 else NOT_ASCII)
    return re.sub(r"\\([0-9]{3}|.)", character, text)


def same_words(words, text):
    """Are words, of which names are as shown, those of tshark's text? Compares around NOT_ASCII."""
    odd = [index for index, word in enumerate(words) if NOT_ASCII in word]
    if not odd:
        return " ".join(words) == text
    head = " ".join(words[:odd[0] + 1]).split(NOT_ASCII)[0]
    return text.startswith(head) and text.endswith(" ".join(words[odd[-1] + 1:]))


NOT_ASCII = "\x80"
C_ESCAPES = {7: r"\a", 8: r"\b", 9: r"\t", 10: r"\n", 11: r"\v", 12: r"\f", 13: r"\r"}


# --- forms --------------------------------------------------------------------------------------

def quoted(data):
    """RFC 1035 section 5.1"""
    return '"' + "".join(chr(c) if 0x20 <= c < 0x7f and c not in b'"\\' else
                         f"\\{c:03d}" if not 0x20 <= c < 0x7f else "\\" + chr(c)
                         for c in data) + '"'


def raw_of(record, key):
    raw = record.first.get(key + "_raw")
    return bytes.fromhex(raw[0]) if raw else b""


def number(key):
    return lambda record: str(int(record.first[key], 0))


def plain(key):
    return lambda record: record.first[key]


def name(key):
    return lambda record: absolute(record.first[key])


def string(key):
    return lambda record: quoted(raw_of(record, key))


def strings(key):
    def form(record):
        found, raw = [], None
        for field, value in record.fields:
            if field == key + "_raw":
                raw = value[0]
            elif field == key:  # an empty one has no bytes
                found.append(quoted(bytes.fromhex(raw or "")))
                raw = None
        return " ".join(found)
    return form


def digits(key):
    return lambda record: raw_of(record, key).hex().upper()


def base_64(key):
    return lambda record: base64.b64encode(raw_of(record, key)).decode()


def salt(key):
    return lambda record: raw_of(record, key).hex().upper() or "-"


def base_32(key):
    alphabet = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
                               b"0123456789ABCDEFGHIJKLMNOPQRSTUV")
    return lambda record: base64.b32encode(raw_of(record, key)).translate(alphabet).decode(
        ).rstrip("=")


def moment(key):
    def form(record):
        seconds = int.from_bytes(raw_of(record, key), "big")
        return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))
    return form


def seconds(key):
    return lambda record: str(int.from_bytes(raw_of(record, key), "big"))


def types(record):
    """A bitmap: every type but the first, which is the record's."""
    values = [value for key, value in record.fields if key == "dns.resp.type"][1:]
    return " ".join(TYPE_NAMES.get(int(value), "TYPE" + value) for value in values)


def covered(record):
    value = int(record.first["dns.rrsig.type_covered"])
    return TYPE_NAMES.get(value, f"TYPE{value}")


def tag(record):
    fields = dict(record.fields)
    tree = next(fields[key] for key in fields if key.startswith("dns.caa.") and
                key.endswith("_tree") and key != "dns.caa.flags_tree")
    inner = dict(tree)
    value = inner.get("dns.caa.value_raw")
    return inner["dns.caa.tag"] + " " + quoted(bytes.fromhex(value[0]) if value else b"")


def error(key):
    """RFC 8945 section 3, RFC 2930 section 2.6"""
    return lambda record: error_text(record.first[key])


def sized(key, size):
    """TSIG's and TKEY's counted fields: the count, then base64."""
    def form(record):
        data = raw_of(record, key)
        count = int(record.first[size])
        return f"{count} {base64.b64encode(data).decode()}".strip()
    return form


def grouped(key, separator, count):
    def form(record):
        text = raw_of(record, key).hex()
        return separator.join(text[i:i + count] for i in range(0, len(text), count))
    return form


def gateway(prefix):
    def form(record):
        for key in ("gateway_ipv4", "gateway_ipv6"):
            if prefix + key in record.first:
                return record.first[prefix + key]
        if prefix + "gateway_dns" in record.first:
            return absolute(record.first[prefix + "gateway_dns"])
        return "."
    return form


def parameters(record):
    """RFC 9460 section 2.1; each value from the bytes that tshark gives it."""
    return " ".join(parameter(dict(tree), tree) for key, tree in record.fields
                    if key == "dns.svcb.svcparam" and isinstance(tree, list))


SVCB_KEYS = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint",
             "dohpath"]


def parameter(first, fields):
    key = int(first["dns.svcb.svcparam.key"])

    def listed(field):
        return [value for name_of, value in fields if name_of == "dns.svcb.svcparam." + field]

    key_name = SVCB_KEYS[key] if key < len(SVCB_KEYS) else f"key{key}"
    if key == 0:
        value = ",".join(SVCB_KEYS[int(k)] if int(k) < len(SVCB_KEYS) else "key" + k
                         for k in listed("mandatory.key"))
    elif key == 1:  # the list's escapes within the string's (RFC 9460 appendix A.1)
        items = [bytes.fromhex(raw[0]) for raw in listed("alpn_raw")]
        value = quoted(b",".join(re.sub(rb"([\\,])", rb"\\\1", item) for item in items))
    elif key == 3:
        value = listed("port")[0]
    elif key in (4, 6):
        value = ",".join(listed("ipv4hint.ip" if key == 4 else "ipv6hint.ip"))
    else:
        raw = listed("echconfig_raw" if key == 5 else "value_raw") or listed("dohpath_raw")
        data = bytes.fromhex(raw[0][0]) if raw else b""
        value = base64.b64encode(data).decode() if key == 5 else quoted(data) if data else ""
    return key_name + "=" + value if value else key_name


def error_text(number_of):
    return ERRORS.get(int(number_of), "RCODE" + number_of)


def type_bits(key):
    """A bitmap that tshark leaves as it is (RFC 4034 section 4.1.2)."""
    def form(record):
        data, found = raw_of(record, key), []
        while data:
            for bit in range(8 * data[1]):
                if data[2 + bit // 8] & 0x80 >> bit % 8:
                    value = data[0] << 8 | bit
                    found.append(TYPE_NAMES.get(value, f"TYPE{value}"))
            data = data[2 + data[1]:]
        return " ".join(found)
    return form


def angle(key, names):
    """RFC 1876 section 2: thousandths of a second of arc from 2^31"""
    def form(record):
        value = int(record.first[key]) - (1 << 31)
        thousandths = abs(value)
        return (f"{thousandths // 3600000} {thousandths // 60000 % 60:02d} "
                f"{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d} {names[value < 0]}")
    return form


def altitude(record):
    return f"{(int(record.first['dns.loc.altitude']) - 10000000) / 100:.2f}m"


def precision(key):
    def form(record):
        value = int(record.first[key])
        return f"{(value >> 4) * 10 ** (value & 15) / 100:.2f}m"
    return form


def items(record):
    """APL (RFC 3123 section 4): fields of an item follow each other."""
    found = []
    for key, value in record.fields:
        if key == "dns.apl.address_family":
            found.append([value, None, None, ""])
        elif key == "dns.apl.coded_prefix":
            found[-1][1] = value
        elif key == "dns.apl.negation":
            found[-1][2] = "!" if value in ("1", True) else ""
        elif key in ("dns.apl.afdpart.ipv4_raw", "dns.apl.afdpart.ipv6_raw"):
            found[-1][3] = value[0]
    return " ".join(
        f"{sign}{family}:" + str(ipaddress.ip_address(
            bytes.fromhex(part.ljust(8 if family == "1" else 32, "0")))) + "/" + prefix
        for family, prefix, sign, part in found)


def mnemonic(key, names):
    return lambda record: names.get(int(record.first[key]), record.first[key])


def servers(record):
    return " ".join(absolute(value) for key, value in record.fields
                    if key == "dns.hip.rendezvous_server")


CERTIFICATES = {1: "PKIX", 2: "SPKI", 3: "PGP", 4: "IPKIX", 5: "ISPKI", 6: "IPGP", 7: "ACPKIX",
                8: "IACPKIX", 253: "URI", 254: "OID"}
ERRORS = dict(enumerate("NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET "
                        "NOTAUTH NOTZONE DSOTYPENI".split()))
ERRORS.update(enumerate("BADSIG BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE".split(),
                        16))

_DS = [number("dns.ds.key_id"), number("dns.ds.algorithm"), number("dns.ds.digest_type"),
       digits("dns.ds.digest")]
_RRSIG = [covered, number("dns.rrsig.algorithm"), number("dns.rrsig.labels"),
          number("dns.rrsig.original_ttl"), moment("dns.rrsig.signature_expiration"),
          moment("dns.rrsig.signature_inception"), number("dns.rrsig.key_tag"),
          name("dns.rrsig.signers_name"), base_64("dns.rrsig.signature")]
_DNSKEY = [number("dns.dnskey.flags"), number("dns.dnskey.protocol"),
           number("dns.dnskey.algorithm"), base_64("dns.dnskey.public_key")]
_SVCB = [number("dns.svcb.svcpriority"), name("dns.svcb.targetname"), parameters]

# By type: the words of its presentation form.
FORMS = {
    1: [plain("dns.a")],
    2: [name("dns.ns")],
    3: [name("dns.md")],
    4: [name("dns.mf")],
    5: [name("dns.cname")],
    6: [name("dns.soa.mname"), name("dns.soa.rname"), number("dns.soa.serial_number"),
        number("dns.soa.refresh_interval"), number("dns.soa.retry_interval"),
        number("dns.soa.expire_limit"), number("dns.soa.minimum_ttl")],
    7: [name("dns.mb")],
    8: [name("dns.mg")],
    9: [name("dns.mr")],
    12: [name("dns.ptr.domain_name")],
    13: [string("dns.hinfo.cpu"), string("dns.hinfo.os")],
    14: [name("dns.minfo.r"), name("dns.minfo.e")],
    15: [number("dns.mx.preference"), name("dns.mx.mail_exchange")],
    16: [strings("dns.txt")],
    17: [name("dns.rp.mailbox"), name("dns.rp.txt_rr")],
    18: [number("dns.afsdb.subtype"), name("dns.afsdb.hostname")],
    19: [string("dns.x25.psdn_address")],
    20: [string("dns.idsn.address"), strings("dns.idsn.sa.address")],
    21: [number("dns.rt.subtype"), name("dns.rt.intermediate_host")],
    24: _RRSIG,
    25: [number("dns.key.flags"), number("dns.key.protocol"), number("dns.key.algorithm"),
         base_64("dns.key.public_key")],
    26: [number("dns.px.preference"), name("dns.px.map822"), name("dns.px.map400")],
    27: [string("dns.gpos.longitude"), string("dns.gpos.latitude"), string("dns.gpos.altitude")],
    28: [plain("dns.aaaa")],
    22: [lambda record: "0x" + digits("dns.nsap.rdata")(record)],
    29: [angle("dns.loc.latitude", "NS"), angle("dns.loc.longitude", "EW"), altitude,
         precision("dns.loc.size"), precision("dns.loc.horizontal_precision"),
         precision("dns.loc.vertical_precision")],
    33: [number("dns.srv.priority"), number("dns.srv.weight"), number("dns.srv.port"),
         name("dns.srv.target")],
    35: [number("dns.naptr.order"), number("dns.naptr.preference"), string("dns.naptr.flags"),
         string("dns.naptr.service"), string("dns.naptr.regex"), name("dns.naptr.replacement")],
    36: [number("dns.kx.preference"), name("dns.kx.key_exchange")],
    37: [mnemonic("dns.cert.type", CERTIFICATES), number("dns.cert.key_tag"),
         number("dns.cert.algorithm"), base_64("dns.cert.certificate")],
    39: [name("dns.dname")],
    42: [items],
    43: _DS,
    44: [number("dns.sshfp.algorithm"), number("dns.sshfp.fingerprint.type"),
         digits("dns.sshfp.fingerprint")],
    45: [number("dns.ipseckey.gateway_precedence"), number("dns.ipseckey.gateway_type"),
         number("dns.ipseckey.gateway_algorithm"), gateway("dns.ipseckey."),
         base_64("dns.ipseckey.public_key")],
    46: _RRSIG,
    47: [name("dns.nsec.next_domain_name"), types],
    48: _DNSKEY,
    49: [base_64("dns.dhcid.rdata")],
    50: [number("dns.nsec3.algo"), number("dns.nsec3.flags"), number("dns.nsec3.iterations"),
         salt("dns.nsec3.salt_value"), base_32("dns.nsec3.hash_value"), types],
    51: [number("dns.nsec3.algo"), number("dns.nsec3.flags"), number("dns.nsec3.iterations"),
         salt("dns.nsec3.salt_value")],
    52: [number("dns.tlsa.certificate_usage"), number("dns.tlsa.selector"),
         number("dns.tlsa.matching_type"), digits("dns.tlsa.certificate_association_data")],
    55: [number("dns.hip.hit.pk.algo"), digits("dns.hip.hit"), base_64("dns.hip.pk"), servers],
    61: [base_64("dns.openpgpkey")],
    62: [number("dns.csync.soa"), number("dns.csync.flags"), type_bits("dns.csync.type_bitmap")],
    63: [number("dns.zonemd.serial"), number("dns.zonemd.scheme"),
         number("dns.zonemd.hash_algo"), digits("dns.zonemd.digest")],
    64: _SVCB,
    65: _SVCB,
    99: [strings("dns.spf")],
    104: [number("dns.ilnp.nid.preference"), grouped("dns.ilnp.nid", ":", 4)],
    105: [number("dns.ilnp.l32.preference"), plain("dns.ilnp.l32")],
    106: [number("dns.ilnp.l64.preference"), grouped("dns.ilnp.l64", ":", 4)],
    107: [number("dns.ilnp.lp.preference"), name("dns.ilnp.lp")],
    108: [grouped("dns.eui48", "-", 2)],
    109: [grouped("dns.eui64", "-", 2)],
    249: [name("dns.tkey.algo_name"), moment("dns.tkey.signature_inception"),
          moment("dns.tkey.signature_expiration"), number("dns.tkey.mode"),
          error("dns.tkey.error"), sized("dns.tkey.key_data", "dns.tkey.key_size"),
          sized("dns.tkey.other_data", "dns.tkey.other_size")],
    250: [name("dns.tsig.algorithm_name"), seconds("dns.tsig.time_signed"),
          number("dns.tsig.fudge"), sized("dns.tsig.mac", "dns.tsig.mac_size"),
          number("dns.tsig.original_id"), error("dns.tsig.error"),
          sized("dns.tsig.other_data", "dns.tsig.other_len")],
    257: [number("dns.caa.flags"), tag],
    32769: _DS,
}

# Mnemonics (IANA, "Resource Record (RR) TYPEs"), for bitmaps and what is covered.
TYPE_NAMES = {number_of: name_of for number_of, name_of in enumerate(
    "- A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP "
    "NSAP-PTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT "
    "APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA - HIP NINFO RKEY "
    "TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS DSYNC HHIT BRID UNECE ISO".split())
    if name_of != "-"}
TYPE_NAMES.update({99: "SPF", 100: "UINFO", 101: "UID", 102: "GID", 103: "UNSPEC", 104: "NID",
                   105: "L32", 106: "L64", 107: "LP", 108: "EUI48", 109: "EUI64", 128: "NXNAME",
                   249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 253: "MAILB", 254: "MAILA", 255: "ANY",
                   256: "URI", 257: "CAA", 258: "AVC", 259: "DOA", 260: "AMTRELAY", 261: "RESINFO",
                   262: "WALLET", 263: "CLA", 264: "IPN", 32768: "TA",
                   32769: "DLV"})


# --- messages -----------------------------------------------------------------------------------

def read_edns(record):
    options = []
    for key, tree in record.fields:
        if key == "dns.opt" and isinstance(tree, list):
            inner = dict(tree)
            raw = inner.get("dns.opt.data_raw")
            options.append((int(inner["dns.opt.code"]), bytes.fromhex(raw[0]) if raw else b""))
    return (int(record.first["dns.rr.udp_payload_size"], 0),
            int(record.first["dns.resp.edns0_version"]),
            int(dict(record.first["dns.resp.z_tree"])["dns.resp.z.do"] in ("1", True)), options)


def read_section(section, entries, message):
    for _, fields in entries:
        fields_of = dict(reversed(fields))
        if "dns.resp.type" not in fields_of:
            continue  # RFC 2136's zone is a question
        record = Record(section, fields, message)
        if record.type == OPT and message.edns is None and "dns.resp.z_tree" in fields_of:
            message.edns = read_edns(record)
        message.records.append(record)


def read_question(entries):
    """(name, class, type) of the first; None when it is not whole."""
    fields = dict(reversed(entries[0][1])) if entries and isinstance(entries, list) else {}
    if "dns.qry.class" not in fields:
        return None
    unicast = fields.get("dns.qry.qu") in ("1", True)  # RFC 6762 section 5.4
    return (absolute(fields["dns.qry.name"]), int(fields["dns.qry.class"], 16) | unicast << 15,
            int(fields["dns.qry.type"]))


def read_message(raw, layer):
    over_tcp = any(key == "dns.length" for key, _ in layer)
    message = Message(raw, 2 if over_tcp else 0)
    for key, value in layer:
        if key in SECTIONS:
            read_section(SECTIONS[key], value, message)
        elif key in ("Queries", "Zone") and message.question is None:
            message.question = read_question(value)
        elif key.startswith("Extraneous Data"):
            message.malformed = True
        elif key in ("dns.id", "dns.flags"):
            message.header[key] = int(value, 16)
    return message


def read_packet(layers):
    messages, raw = [], None
    for key, value in layers:
        if key in [layer + "_raw" for layer in LAYERS]:
            raw = value
        elif key in LAYERS and raw:
            messages.append(read_message(raw, value))
            raw = None
        elif key == "_ws.malformed" and messages:
            messages[-1].malformed = True
        elif key in ("_ws.short", "_ws.unreassembled") and messages:
            messages[-1].malformed = messages[-1].cut = True
    return messages


def command(path, port):
    options = []
    for transport in ("udp", "tcp") if port != "53" else ():
        options += ["-d", f"{transport}.port=={port},dns"]
    return ["tshark", "-n", *options, "-r", path, "-Y", " or ".join(LAYERS),
            "-T", "json", "-x", "-J", " ".join(LAYERS)]


def read_capture(path, port="53"):
    """Every message of a capture, in the order of its packets."""
    said = subprocess.run(command(path, port), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False).stdout
    if not said.strip():
        return []
    packets = json.loads(said.decode("utf-8", "replace"), strict=False,
                         object_pairs_hook=lambda pairs: pairs)
    messages = []
    for packet in packets:
        layers = dict(dict(packet)["_source"])["layers"]
        messages += read_packet(layers)
    return messages
