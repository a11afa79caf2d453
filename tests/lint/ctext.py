# SPDX-License-Identifier: GPL-2.0-or-later
"""Just enough of C to measure it: text without comments, functions, how deep they nest.

Not a compiler: it knows tokens, brackets and the statements that nest. What
hides in macros stays hidden.
"""

import re

TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\S")
BLANKED = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
OPEN, CLOSE = "([{", ")]}"


def strip_comments(text, strings=True):
    """Blank comments, and what stands inside of strings, keeping the lines and columns."""
    def blank(match):
        found = match.group()
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[-1] if strings else found
        return re.sub(r"[^\n]", " ", found)
    return BLANKED.sub(blank, text)


def strip_directives(code):
    """Blank preprocessor lines, with their continuations."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()),
                  code, flags=re.M)


class Function:
    """A function's name, first line, length in lines, number of parameters and depth."""

    def __init__(self, name, line, lines, parameters, nesting):
        self.name = name
        self.line = line
        self.lines = lines
        self.parameters = parameters
        self.nesting = nesting


class Parser:
    """Walks the statements of one function body, as tokens."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0
        self.deepest = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def skip_group(self):
        """Skip a bracketed group that starts here."""
        depth = 0
        while self.at < len(self.tokens):
            depth += (self.peek() in OPEN) - (self.peek() in CLOSE)
            self.at += 1
            if depth == 0:
                return

    def block(self, depth):
        self.at += 1
        while self.peek() not in ("}", ""):
            self.statement(depth)
        self.at += 1

    def body(self, depth):
        """What a control statement governs: one level deeper."""
        self.deepest = max(self.deepest, depth + 1)
        self.statement(depth + 1)

    def statement(self, depth):
        token = self.peek()
        if token == "{":
            self.block(depth)
        elif token in ("if", "for", "while", "switch"):
            self.at += 1
            self.skip_group()
            self.body(depth)
            self.otherwise(depth)
        elif token == "do":
            self.at += 1
            self.body(depth)
            self.expression(depth)
        else:
            self.expression(depth)

    def otherwise(self, depth):
        while self.peek() == "else":
            self.at += 1
            if self.peek() == "if":  # a chain stays on one level
                self.at += 1
                self.skip_group()
            self.body(depth)

    def expression(self, depth):
        """Up to the semicolon or label's colon; a call that a block follows is a loop macro."""
        start = self.at
        while self.peek() not in (";", "}", ""):
            if self.peek() == "{" and self.at > start + 1 and self.tokens[self.at - 1] == ")" \
                    and "=" not in self.tokens[start:self.at] and self.tokens[start] != "return":
                self.body(depth)
                return
            if self.peek() == ":" and "?" not in self.tokens[start:self.at]:
                break
            if self.peek() in OPEN:
                self.skip_group()
            else:
                self.at += 1
        if self.peek() in (";", ":"):
            self.at += 1


def commas(parameters):
    """Number of parameters in the text between a function's parentheses."""
    inner, depth, count = parameters.strip(), 0, 1
    if inner in ("", "void"):
        return 0
    for character in inner:
        depth += (character in OPEN) - (character in CLOSE)
        count += character == "," and depth == 0
    return count


def signature(head):
    """(name, parameters) of a function whose text up to the brace is given, or None."""
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)|\bSEC\s*\([^)]*\)", "", head, flags=re.S)
    match = re.search(r"(\w+)\s*\((.*)\)\s*$", head, re.S)
    if not match or "=" in head or re.match(r"\s*typedef\b", head):
        return None
    return match.group(1), match.group(2)


def top_level(code):
    """Yield (offset, head, body) for each braced group, and (offset, head, None) at a semicolon."""
    start, depth, opened = 0, 0, 0
    for place, character in enumerate(code):
        if character == "{":
            if depth == 0:
                opened = place
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield start, code[start:opened], code[opened:place + 1]
                start = place + 1
        elif character == ";" and depth == 0:
            yield start, code[start:place], None
            start = place + 1
    if depth != 0:
        yield start, None, None


def functions(text):
    """The functions that a file defines. Raises ValueError when its braces do not balance."""
    code, found = strip_directives(strip_comments(text)), []
    for offset, head, body in top_level(code):
        if head is None:
            raise ValueError("braces do not balance")
        named = signature(head) if body else None
        if not named:
            continue
        first = offset + len(head) - len(head.lstrip())
        parser = Parser(TOKEN.findall(body))
        parser.block(0)
        end = offset + len(head) + len(body)
        found.append(Function(named[0], code.count("\n", 0, first) + 1,
                              code.count("\n", first, end) + 1, commas(named[1]), parser.deepest))
    return found


def prototypes(text):
    """(line, name) of each function that a header declares or defines inline."""
    code, found = strip_directives(strip_comments(text)), []
    for offset, head, body in top_level(code):
        named = signature(head) if head else None
        if named and not re.match(r"\s*(typedef|_Static_assert|struct \w+\s*$)", head):
            first = offset + len(head) - len(head.lstrip())
            found.append((code.count("\n", 0, first) + 1, named[0]))
    return found
