# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules: each takes a Tree and returns what offends, one line a finding."""

import os
import re
import shlex
import subprocess
import tempfile

import ctext

# Floors from the ground up. A room includes only rooms of lower floors, and itself. Rules stand
# below the sinks, because sinks print alerts.
FLOORS = [("include", "base"), ("source", "dns", "config"), ("flow",), ("stats",), ("query",),
          ("rule",), ("store", "sink"), ("alert", "ui"), ("pipeline",), ("cmd",), ("main",)]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Each external library has one door.
DOORS = [(r"xxhash\.h", ("base",)),
         (r"bpf/.*|pcap(/.*|\.h)|oddns\.skel\.h", ("source",)),
         (r"systemd/sd-journal\.h", ("alert",)),
         (r"systemd/sd-(event|daemon)\.h", ("cmd",)),
         (r"ini\.h", ("config",)),
         (r"jansson\.h", ("sink",)),
         (r"sqlite3\.h", ("store",)),
         (r"sodium(/.*|\.h)", ("store",)),
         (r"pcre2\.h", ("query",)),
         (r"argp\.h", ("cmd", "main"))]
ONE_ROOM = r"(libpsl|microhttpd|hpdf)\.h"  # wherever it lives, it lives in one room

FUNCTION_LINES, USUAL_LINES, USUAL_SHARE = 60, 40, 0.90
FILE_LINES, PARAMETERS, NESTING, BPF_NAME = 600, 5, 3, 15
SKIPPED = {"build", ".git", "__pycache__"}  # .git is a file in a worktree
UNBOUNDED = "strcpy strcat stpcpy sprintf vsprintf gets alloca strdupa"
CLOCKS = "clock_gettime gettimeofday time getenv secure_getenv"
# Below cmd, only the log asks the environment: whether the journal reads stderr (sd-daemon(3)).
CLOCK_READERS = ("user/cmd/", "user/main.c", "user/base/log.c")


class Tree:
    """The files of a source tree, read once."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(set(folders) - SKIPPED)
            for name in sorted(set(names) - SKIPPED):
                path = os.path.relpath(os.path.join(folder, name), root)
                try:
                    with open(os.path.join(folder, name), encoding="utf-8") as stream:
                        self.texts[path] = stream.read()
                except (UnicodeDecodeError, OSError):
                    pass  # a capture, a seed, a socket: not ours to read

    def c_files(self, *folders):
        """(path, text) of C sources and headers below the folders, or of all but vmlinux/."""
        for path, text in self.texts.items():
            inside = path.split("/")[0] in folders if folders else not path.startswith("vmlinux/")
            if inside and path.endswith((".c", ".h")):
                yield path, text

    def flags(self):
        """The Makefile's compiler commands: (user space, kernel programs)."""
        said = subprocess.run(["make", "-s", "--no-print-directory", "lint-flags"], cwd=self.root,
                              env={k: v for k, v in os.environ.items() if k != "MAKEFLAGS"},
                              check=True, text=True, stdout=subprocess.PIPE).stdout
        return [shlex.split(line) for line in said.splitlines()[:2]]


def room_of(path):
    """user/flow/exchange_table.c is in flow, user/main.c in main, include/oddns/abi.h in include."""
    parts = path.split("/")
    if parts[0] == "include":
        return "include"
    return parts[1] if len(parts) > 2 else parts[1].split(".")[0]


def includes(tree, path):
    """Yield (line number, name as written, path of the project's file or None)."""
    code = ctext.strip_comments(tree.texts[path], strings=False)
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not match:
            continue
        name = match.group(1)
        places = [os.path.join(os.path.dirname(path), name), "user/" + name, "include/" + name]
        yield number, name, next((p for p in places if p in tree.texts), None)


def layering(tree):
    """Rooms include only what stands on lower floors"""
    found = []
    for path, _ in tree.c_files("user", "include"):
        room = room_of(path)
        if room not in FLOOR:
            found.append(f"{path}: room {room} has no floor; give it one in rules.py")
            continue
        for number, name, target in includes(tree, path):
            if target is None or room_of(target) == room:
                continue
            if FLOOR.get(room_of(target), len(FLOORS)) >= FLOOR[room]:
                found.append(f"{path}:{number}: {room} (floor {FLOOR[room]}) includes {name}, "
                             f"of {room_of(target)} (floor {FLOOR.get(room_of(target))})")
    return found


def doors(tree):
    """Each external library has one door"""
    found, single = [], {}
    for path, _ in tree.c_files("user"):
        room = room_of(path)
        for number, name, _ in includes(tree, path):
            for pattern, rooms in DOORS:
                if re.fullmatch(pattern, name) and room not in rooms:
                    found.append(f"{path}:{number}: <{name}> outside of {' and '.join(rooms)}")
            if re.fullmatch(ONE_ROOM, name) and single.setdefault(name, room) != room:
                found.append(f"{path}:{number}: <{name}> in {room}, and in {single[name]}")
    return found


def cycles(tree):
    """Modules do not include each other in a circle"""
    graph = {}
    for path, _ in tree.c_files("user", "include", "bpf"):
        edges = graph.setdefault(os.path.splitext(path)[0], set())
        edges |= {os.path.splitext(target)[0] for _, _, target in includes(tree, path) if target}
    found, state = [], {}

    def visit(module, trail):
        state[module] = "open"
        for target in sorted(graph.get(module, ())):
            if target == module:
                continue
            if state.get(target) == "open":
                found.append(" -> ".join(trail[trail.index(target):] + [target]))
            elif target not in state:
                visit(target, trail + [target])
        state[module] = "done"

    for module in sorted(graph):
        if module not in state:
            visit(module, [module])
    return found


def measured(tree):
    """Yield (path, function or the error that kept a file from being measured)."""
    for path, text in tree.c_files("user", "include", "bpf"):
        try:
            for function in ctext.functions(text):
                yield path, function
        except ValueError as error:
            yield path, error


def each_function(tree, offends):
    """Findings for the functions of which offends(function) says what is wrong."""
    found = []
    for path, function in measured(tree):
        if isinstance(function, ValueError):
            found.append(f"{path}: {function}")
        elif offends(function):
            found.append(f"{path}:{function.line}: {function.name}() {offends(function)}")
    return found


def function_length(tree):
    """No function is longer than 60 lines"""
    return each_function(tree, lambda f: f.lines > FUNCTION_LINES and f"has {f.lines} lines")


def usual_length(tree):
    """Nine functions of ten have 40 lines or fewer"""
    sizes = [(f.lines, path, f) for path, f in measured(tree) if not isinstance(f, ValueError)]
    longer = [(n, path, f) for n, path, f in sizes if n > USUAL_LINES]
    if len(longer) <= (1 - USUAL_SHARE) * len(sizes):
        return []
    return [f"{len(longer)} of {len(sizes)} functions are longer"] + \
        [f"{path}:{f.line}: {f.name}() has {n} lines"
         for n, path, f in sorted(longer, key=lambda item: -item[0])]


def parameters(tree):
    """No function has more than 5 parameters"""
    return each_function(tree,
                         lambda f: f.parameters > PARAMETERS and f"has {f.parameters} parameters")


def nesting(tree):
    """No function nests more than 3 levels"""
    return each_function(tree, lambda f: f.nesting > NESTING and f"nests {f.nesting} levels")


def file_length(tree):
    """No file is longer than 600 lines"""
    return [f"{path}: {text.count(chr(10))} lines" for path, text
            in tree.c_files("user", "include", "bpf") if text.count("\n") > FILE_LINES]


def docstrings(tree):
    """Each public function is documented, itself or by the group it stands in"""
    found = []
    for path, text in tree.c_files("user"):
        if not path.endswith(".h"):
            continue
        lines, declared = text.splitlines(), ctext.prototypes(text)
        for number, name in declared:
            if not documented(lines, number):
                found.append(f"{path}:{number}: {name}() has no /** comment")
        names = {name for _, name in declared}
        for match in re.finditer(r"/\*\*\s+(?:\*\s+)?(\w+)\(\) - ", text):
            if match.group(1) not in names:
                number = text.count("\n", 0, match.start()) + 1
                found.append(f"{path}:{number}: describes {match.group(1)}(), which is not there")
    return found


def documented(lines, number):
    """Whether a declaration, or the group of lines without a gap that it is in, opens with /**."""
    at = number - 1
    while at > 0 and lines[at - 1].strip():
        at -= 1
        if lines[at].lstrip().startswith("/**"):
            return True
        if lines[at].lstrip().startswith("*"):  # a blank line inside a comment is no gap
            while at > 0 and "/*" not in lines[at]:
                at -= 1
            if lines[at].lstrip().startswith("/**"):
                return True
    return False


def compiles(command, tree, path):
    """What the compiler says about a file that includes only this header."""
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "alone.c")
        with open(source, "w", encoding="utf-8") as stream:
            stream.write(f'#include "{os.path.join(tree.root, path)}"\n')
        done = subprocess.run(command + ["-fsyntax-only", source], cwd=tree.root, check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [] if done.returncode == 0 else [f"{path}: not self-contained"] + \
        ["  " + line for line in done.stdout.splitlines()[:6]]


def self_contained(tree):
    """Each header compiles alone"""
    found = []
    user, kernel = tree.flags()
    for path, _ in tree.c_files("user", "include", "bpf"):
        if path.endswith(".h"):
            if not path.startswith("bpf/"):
                found += compiles(user, tree, path)
            if not path.startswith("user/"):
                found += compiles([f for f in kernel if f != "-g"], tree, path)
    return found


def guards(tree):
    """Each header has an include guard, its own"""
    found, owner = [], {}
    for path, text in tree.c_files():
        if not path.endswith(".h"):
            continue
        match = re.search(r"^#ifndef (\w+)\n#define \1$", text, re.M)
        if not match:
            found.append(f"{path}: no include guard")
        elif owner.setdefault(match.group(1), path) != path:
            found.append(f"{path}: {match.group(1)} is the guard of {owner[match.group(1)]}")
    return found


def formatted(tree):
    """clang-format finds nothing to change"""
    paths = [path for path, _ in tree.c_files()]
    if not paths:
        return ["no C files"]
    done = subprocess.run(["clang-format", "--style=file", "--dry-run", "-Werror", *paths],
                          cwd=tree.root, check=False, text=True, stderr=subprocess.PIPE)
    if done.returncode == 0:
        return []
    return [line for line in done.stderr.splitlines() if re.match(r"\S+:\d+:\d+: ", line)] or \
        done.stderr.splitlines()


def is_source(path, text):
    return path.endswith((".c", ".h", ".py", ".sh", "Makefile", ".mk")) or text.startswith("#!")


def spdx(tree):
    """Each source names its licence at the top"""
    return [f"{path}: no SPDX-License-Identifier in the first 3 lines"
            for path, text in tree.texts.items() if is_source(path, text)
            and "SPDX-License-Identifier: GPL-2.0" not in "\n".join(text.split("\n")[:3])]


def grep(tree, pattern, wanted=lambda path: True):
    return [f"{path}:{number}: {line.strip()}" for path, text in tree.texts.items() if wanted(path)
            for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def leftovers(tree):
    """Nothing is left to do later"""
    words = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
    return grep(tree, re.compile(rf"\b({words})\b"))


def build_paths(tree):
    """No path of the machine it was written on"""
    folders = "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers"))
    pattern = rf"(?<![\w.}})$/-])/({folders})/\w"
    return grep(tree, re.compile(rf"{pattern}|{re.escape(os.path.abspath(tree.root))}/"))


def bpf_names(tree):
    """Names of maps and programs fit into the kernel's 15 characters"""
    found = []
    for path, text in tree.c_files("bpf"):
        code = ctext.strip_comments(text, strings=False)
        section = r'SEC\("(?!license|\.)[^"]*"\)\s*(?:[\w*]+\s+)+?'
        for match in re.finditer(r'(\w+)\s+SEC\("\.maps"\)|' +
                                 section + r"(?:BPF_PROG\()?(\w+)\s*[(,]", code):
            name = match.group(1) or match.group(2)
            if len(name) > BPF_NAME:
                number = code.count("\n", 0, match.start()) + 1
                found.append(f"{path}:{number}: {name} has {len(name)} characters")
    return found


def dependencies(tree):
    """README's table names each library that the Makefile links"""
    line = re.search(r"^PKGS\s*:?=\s*((?:[^\n]*\\\n)*[^\n]*)", tree.texts.get("Makefile", ""), re.M)
    if not line:
        return ["Makefile: no PKGS"]
    if "README.md" not in tree.texts:
        return ["README.md: is missing"]
    rows = [row.lower() for row in tree.texts["README.md"].splitlines() if row.startswith("|")]
    return [f"README.md: no row of a table names {name}" for name
            in line.group(1).replace("\\", " ").split()
            if not any(re.search(rf"\b(lib)?{re.escape(re.sub('^lib', '', name))}\b", row)
                       for row in rows)]


def calls(tree, names, wanted):
    """Calls of the named functions, in code (not in comments or strings)."""
    pattern = re.compile(rf"(?<![\w.>])({'|'.join(names.split())})\s*\(")
    found = []
    for path, text in tree.c_files():
        if wanted(path):
            written, code = text.splitlines(), ctext.strip_comments(text).splitlines()
            found += [f"{path}:{number}: {written[number - 1].strip()}"
                      for number, line in enumerate(code, 1) if pattern.search(line)]
    return found


def unbounded(tree):
    """No string function without a bound"""
    return calls(tree, UNBOUNDED, lambda path: True)


def clocks(tree):
    """Only cmd reads a clock, only cmd and the log the environment"""
    return calls(tree, CLOCKS, lambda path: path.startswith("user/")
                 and not path.startswith(CLOCK_READERS))


def kernel_types(tree):
    """vmlinux.h holds the types of types.txt, and the programs use them"""
    found = []
    header = tree.texts.get("vmlinux/vmlinux.h", "")
    wanted = tree.texts.get("vmlinux/types.txt", "")
    code = "\n".join(ctext.strip_comments(text) for _, text in tree.c_files("bpf", "include"))
    for number, line in enumerate(wanted.splitlines(), 1):
        match, place = re.match(r"(struct|union) (\w+)", line), f"vmlinux/types.txt:{number}"
        if match and not re.search(rf"\b{match.group()}\b", code):
            found.append(f"{place}: no program uses {match.group()}")
        if match and not re.search(rf"^{match.group()} {{", header, re.M):
            found.append(f"{place}: {match.group()} is not in vmlinux.h; make vmlinux")
    return found if wanted else ["vmlinux/types.txt: is missing"]


ALL = [layering, doors, cycles, function_length, usual_length, parameters, nesting, file_length,
       docstrings, self_contained, guards, formatted, spdx, leftovers, build_paths, bpf_names,
       dependencies, unbounded, clocks, kernel_types]
