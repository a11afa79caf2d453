# SPDX-License-Identifier: GPL-2.0-or-later
"""The self-test of the rules: a small sound tree, and for each rule ways to break it.

The sound tree sits on every limit (a function of 60 lines, 5 parameters, a
name of 15 characters), so that each rule must stay silent just below the line
as well as fire beyond it.
"""

import os
import tempfile

import rules

SPDX = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n"


def header(guard, text):
    return f"{SPDX}#ifndef {guard}\n#define {guard}\n\n{text}\n#endif\n"


def function(lines, name="sized"):
    """A function of exactly that many lines."""
    return f"int {name}(int a)\n{{\n" + "\ta++;\n" * (lines - 4) + "\treturn a;\n}\n"


def nested(levels):
    """A function that nests that deep, with every kind of statement and no needless brace."""
    kinds = ["for (int i = 0; i < a; i++)", "while (a)", "if (a)", "switch (a)"]
    text = "int deep(int a)\n{\n"
    for level in range(levels):
        text += "\t" * (level + 1) + kinds[level] + "\n"
    return text + "\t" * (levels + 1) + "a--;\n\treturn a;\n}\n"


SOUND_C = SPDX + '#include "table.h"\n\n#include <stdio.h>\n\n' + function(60) + """
""" + nested(3) + """
static const int numbers[] = {1, 2, 3};

int five(int a, int b, int c, int (*d)(int, int), int e)
{
	int x = a ? b : c;

	if (x) {
		x = d(numbers[0], e);
	} else if (a) {
		do {
			if (b)
				x++;
		} while (x < 3);
	} else {
		x--;
	}
	return printf("strcpy(%d) {{{", x); /* strcpy(a, b); if { */
}
""" + "".join("\n" + function(5, f"small_{n}") for n in range(7))

SOUND = {
    "Makefile": "# SPDX-License-Identifier: GPL-2.0-or-later\n"
                "PKGS := libbpf libxxhash inih\n"
                "lint-flags:\n\t@echo cc -Iinclude -Iuser -Wall -Werror\n"
                "\t@echo clang -target bpf -Wall -Werror -Ivmlinux -Iinclude\n",
    "README.md": "| name | why |\n|---|---|\n| libbpf | loads |\n| xxHash | hashes |\n"
                 "| libinih (inih) | reads |\n",
    ".clang-format": "BasedOnStyle: LLVM\nUseTab: Always\nIndentWidth: 8\nTabWidth: 8\n"
                     "ColumnLimit: 100\nBreakBeforeBraces: Linux\nSortIncludes: false\n"
                     "AllowShortFunctionsOnASingleLine: None\n",
    "include/oddns/abi.h": header("ODDNS_ABI_H", "struct odd_event {\n\tint time;\n};\n"),
    "vmlinux/vmlinux.h": SPDX + "struct ethhdr {\n};\n",
    "vmlinux/types.txt": "struct ethhdr\ntypedef __u8\n",
    "bpf/oddns.bpf.c": SPDX + """struct {
	int type;
} fifteen_letters SEC(".maps");

char license[] SEC("license") = "GPL";

SEC("xdp.frags")
int odd_xdp_ingress(struct ethhdr *c)
{
	return c != 0;
}
""",
    "user/base/log.h": header("LOG_H", "#include <stddef.h>\n\n/** log_say() - Say it. */\n"
                                       "void log_say(size_t n);\n"),
    "user/flow/table.h": header("TABLE_H", """#include <oddns/abi.h>
#include "base/log.h"

/**
 * sized() - Of a size.
 *
 * Return: a number
 */
int sized(int a);
int deep(int a);

/* A value, not a function. */
struct pair {
	int (*call)(int);
};
"""),
    "user/flow/exchange_table.c": SOUND_C,
    "user/cmd/run.c": SPDX + "#include <systemd/sd-event.h>\n#include <argp.h>\n"
                      '#include "flow/exchange_table.h"\n\nlong now(void)\n{\n\treturn time(0);\n}\n',
}

OVER = {  # rule: the changes of which each must make it fire, and a word of what it says
    "layering": [({"user/flow/exchange_table.c": SPDX + '#include "cmd/run.h"\n', "user/cmd/run.h": SPDX},
                  "of cmd"),
                 ({"user/dns/name.h": SPDX, "user/source/live.c": SPDX + '#include "dns/name.h"\n'},
                  "of dns"),
                 ({"user/cellar/x.c": SPDX}, "has no floor")],
    "doors": [({"user/flow/x.c": f"{SPDX}#include <{name}>\n"}, name) for name in
              ("bpf/libbpf.h", "pcap.h", "pcap/pcap.h", "ini.h", "jansson.h", "argp.h",
               "systemd/sd-event.h", "systemd/sd-daemon.h", "systemd/sd-journal.h", "xxhash.h")] +
             [({"user/flow/x.c": SPDX + '#include "oddns.skel.h"\n'}, "skel"),
              ({"user/flow/x.c": SPDX + "#include <libpsl.h>\n",
                "user/stats/x.c": SPDX + "#include <libpsl.h>\n"}, "and in flow")],
    "cycles": [({"user/base/log.h": header("LOG_H", '#include "text.h"'),
                 "user/base/text.h": header("TEXT_H", ""),
                 "user/base/text.c": SPDX + '#include "log.h"\n'},
                "user/base/log -> user/base/text -> user/base/log")],
    "function_length": [({"user/flow/x.c": SPDX + function(61)}, "has 61 lines"),
                        ({"bpf/x.bpf.h": SPDX + 'SEC("tc")\n' + function(60)}, "has 61 lines"),
                        ({"user/flow/x.c": SPDX + "int f(void)\n{\n"}, "do not balance")],
    "usual_length": [({"user/flow/x.c": SPDX + function(41)}, "2 of 13")],
    "parameters": [({"user/flow/x.c": SPDX + "int f(int a, int b, int c, int d, int e, int g)\n"
                                             "{\n\treturn 0;\n}\n"}, "f() has 6 parameters")],
    "nesting": [({"user/flow/x.c": SPDX + nested(4)}, "nests 4 levels"),
                ({"user/flow/x.c": SPDX + "void f(int a)\n{\n\tif (a) {\n\t} else {\n\t\tdo {\n"
                  "\t\t\tlist_each(a, b) {\n\t\t\t\tif (a)\n\t\t\t\t\ta = (int){1};\n\t\t\t}\n"
                  "\t\t} while (a);\n\t}\n}\n"}, "nests 4 levels")],
    "file_length": [({"user/flow/x.c": SPDX + "\n" * 600}, "601 lines")],
    "docstrings": [({"user/flow/x.h": header("X_H", "int undocumented(int a,\n\t\t int b);\n")},
                    "undocumented() has no"),
                   ({"user/flow/x.h": header("X_H", "/** one() - First. */\nint one(void);\n\n"
                                                    "int two(void);\n")}, "two() has no"),
                   ({"user/flow/x.h": header("X_H", "/** old() - Gone. */\nint one(void);\n")},
                    "describes old()")],
    "self_contained": [({"user/flow/x.h": header("X_H", "size_t sized_wrong(void);\n")},
                        "user/flow/x.h"),
                       ({"bpf/x.bpf.h": header("X_H", "typedef __u8 x;\n")}, "bpf/x.bpf.h")],
    "guards": [({"user/flow/x.h": SPDX}, "no include guard"),
               ({"user/flow/x.h": header("LOG_H", "")}, "is the guard of")],
    "formatted": [({"user/flow/x.c": SPDX + "int  f( void ) { return 0; }\n"}, "x.c:2")],
    "spdx": [({"user/flow/x.c": "int f;\n"}, "x.c"), ({"tests/x": "#!/bin/sh\n"}, "tests/x"),
             ({"tests/x.py": "\n\n\n# SPDX-License-Identifier: GPL-2.0-or-later\n"}, "x.py")],
    "leftovers": [({"user/flow/x.c": SPDX + f"/* {word}: later */\n"}, word)
                  for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X")],
    "build_paths": [({"tests/x.sh": "cd /" + "home/someone/oddns\n"}, "someone"),
                    ({"tests/x.sh": "cd '/" + "work/main'\n"}, "main")],
    "bpf_names": [({"bpf/x.bpf.h": 'struct {\n} sixteen_letters_ SEC(".maps");\n'}, "16 char"),
                  ({"bpf/x.bpf.c": 'SEC("tc")\nint odd_tc_egress_cls(struct a *b)\n'}, "17 char"),
                  ({"bpf/x.bpf.c": 'SEC("xdp") int BPF_PROG(odd_xdp_ingress1, int a)\n'},
                   "16 char")],
    "dependencies": [({"Makefile": "PKGS := libbpf \\\n\tjansson\n"}, "names jansson"),
                     ({"README.md": "libbpf libxxhash inih, but in no table\n"}, "names libbpf"),
                     ({"README.md": None}, "is missing")],
    "unbounded": [({"user/flow/x.c": f"{SPDX}int f(void)\n{{\n\t{name}(a, b);\n}}\n"}, name)
                  for name in rules.UNBOUNDED.split()],
    "clocks": [({"user/flow/x.c": SPDX + "long t = time(0);\n"}, "time(0)"),
               ({"user/base/x.c": SPDX + 'char *e = getenv("A");\n'}, "getenv")],
    "kernel_types": [({"vmlinux/types.txt": "struct iphdr\n"}, "no program uses struct iphdr"),
                     ({"vmlinux/vmlinux.h": SPDX}, "is not in vmlinux.h")],
}


def tree_of(files, scratch):
    for path, text in files.items():
        if text is None:
            continue
        place = os.path.join(scratch, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8") as stream:
            stream.write(text)
    return rules.Tree(scratch)


def findings(rule, changes):
    with tempfile.TemporaryDirectory(prefix="oddns-lint.") as scratch:
        return rule(tree_of({**SOUND, **changes}, scratch))


def check(rule):
    """What is wrong with the rule: it fires on the sound tree, or not on a broken one."""
    wrong = [f"fires on a sound tree: {line}" for line in findings(rule, {})]
    for changes, expected in OVER.get(rule.__name__, []):
        said = "\n".join(findings(rule, changes))
        if expected not in said:
            wrong.append(f"{sorted(changes)}: no '{expected}' in: {said or 'nothing'}")
    return wrong if OVER.get(rule.__name__) else wrong + ["has no broken tree"]
