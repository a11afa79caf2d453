#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write vmlinux.h on stdout: from the running kernel's BTF, only the types of types.txt.

bpftool prints every type of the kernel as C (some 130 000 lines), each after
those that it needs. That text is cut into definitions, the wanted ones are
followed to what they contain, and those are printed in the order of the dump.
A type that is only pointed at is declared, not defined.

    generate.py [BPFTOOL] > vmlinux.h
"""

import os
import re
import subprocess
import sys

BTF = "/sys/kernel/btf/vmlinux"
KINDS = ("struct", "union", "enum", "typedef", "member")
KEYWORDS = set("""struct union enum typedef const volatile signed unsigned char short int long
	float double void _Bool __attribute__ __int128""".split())


# The name that a line declares: a field's or a typedef's, which is its last word.
NAME = re.compile(r"(\w+)(\[\w*\])*(: \d+)?( __attribute__\(.*\))?;$")


class Definition:
    """One definition of the dump: its text, its place, its names, and what it refers to."""

    def __init__(self, text, order):
        self.text = text
        self.order = order
        self.tags = []  # "struct x", "typedef y", "member Z": what it can be asked for by
        self.whole = set()  # must be defined before this one
        self.pointed = set()  # need only be declared
        self._name()
        self._references()

    def _name(self):
        tagged = re.match(r"(struct|union|enum) (\w+) \{", self.text)
        if tagged:
            self.tags.append(" ".join(tagged.groups()))
        if self.text.startswith("typedef "):
            function = re.search(r"\(\*(\w+)\)\(", self.text)
            name = function or NAME.search(self.text)
            self.tags += ["typedef " + name.group(1)] if name else []
        if re.match(r"enum \w*\s*\{", self.text):
            members = re.findall(r"^\s+(\w+) = ", self.text, re.M)
            self.tags += ["member " + member for member in members]

    def _references(self):
        if self.text.startswith("enum"):
            return
        for line in self.text.splitlines():
            tagged = re.compile(r"\b(struct|union|enum) (\w+)\b(?! \{)")
            for match in tagged.finditer(line):
                after = line[match.end():].lstrip()
                target = self.pointed if after.startswith(("*", "const *")) else self.whole
                target.add(" ".join(match.groups()))
            types = NAME.sub("", tagged.sub(" ", line))
            for word in re.findall(r"\b[A-Za-z_]\w*\b", types):
                if word not in KEYWORDS:
                    self.whole.add("typedef " + word)
        self.whole -= set(self.tags)


def cut(dump):
    """Cut the dump into definitions; forward declarations and directives are left out."""
    definitions, lines, depth = [], [], 0
    for line in dump.splitlines():
        if not lines and (not line or line.startswith("#")):
            continue
        lines.append(line)
        depth += line.count("{") - line.count("}")
        if depth == 0 and line.endswith(";"):
            text = "\n".join(lines)
            if not re.fullmatch(r"(struct|union|enum) \w+;", text):
                definitions.append(Definition(text, len(definitions)))
            lines = []
    return definitions


def closure(wanted, by_tag):
    """The definitions that the wanted tags need, by their place in the dump."""
    found, queue = {}, []
    for tag in wanted:
        if tag not in by_tag:
            sys.exit(f"generate.py: {tag}: not in {BTF}; correct types.txt")
        queue.append(tag)
    while queue:
        definition = by_tag.get(queue.pop())
        if definition and definition.order not in found:
            found[definition.order] = definition
            queue.extend(definition.whole)
    return found


def read_types(path):
    """Return {"fixed": [...], "relocated": [...]}."""
    groups, group = {"fixed": [], "relocated": []}, None
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.split("#")[0].strip()
            if line.rstrip(":") in groups:
                group = line.rstrip(":")
            elif line and (group is None or line.split()[0] not in KINDS):
                sys.exit(f"{path}:{number}: {line}: want one of {', '.join(KINDS)} and a name")
            elif line:
                groups[group].append(" ".join(line.split()))
    return groups


def body(found, defined):
    """The text of definitions in the dump's order, with declarations for what is pointed at."""
    parts = []
    pointed = set().union(*(d.pointed for d in found.values())) if found else set()
    parts += [tag + ";" for tag in sorted(pointed - defined) if not tag.startswith("enum")]
    parts += [found[order].text for order in sorted(found)]
    return "\n\n".join(parts)


def main():
    bpftool = sys.argv[1] if len(sys.argv) > 1 else "bpftool"
    here = os.path.dirname(os.path.abspath(__file__))

    def run(*arguments):
        return subprocess.run([bpftool, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    by_tag = {}
    for definition in cut(run("btf", "dump", "file", BTF, "format", "c")):
        for tag in definition.tags:
            by_tag.setdefault(tag, definition)
    groups = read_types(os.path.join(here, "types.txt"))
    fixed = closure(groups["fixed"], by_tag)
    relocated = {order: definition for order, definition
                 in closure(groups["relocated"], by_tag).items() if order not in fixed}
    system, version = os.uname(), run("version").split("\n", 1)[0].split("/")[-1]
    print(f"""/* Types of Linux {system.release} ({system.machine}), printed by {version}.
 * SPDX-License-Identifier: GPL-2.0-only
 * Made by vmlinux/generate.py from vmlinux/types.txt; `make vmlinux` makes it again. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

{body(fixed, set())}

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

{body(relocated, set())}

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */""")


if __name__ == "__main__":
    main()
