# SPDX-License-Identifier: MIT
"""Reads C as far as lints and measures need it: tokens, functions, conditional expressions, comments."""
import re

TOKEN = re.compile(r"""
    (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"|[uUL]?'(?:\\.|[^'\\\n])+')
  | (?P<directive>^[ \t]*\#(?:\\\n|//[^\n]*|/\*.*?\*/|[^\n])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<mark>\.\.\.|->|\+\+|--|<<=|>>=|[-+*/%&|^!=<>]=|&&|\|\||<<|>>|\#\#|[^\s\w])
""", re.X | re.S | re.M)
OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
# Where an expression to the left of a ? has its start; a ?: never stands to the left of these.
ENDS_EXPRESSION = {",", ";", "{", "}", "?", ":", "=", "+=", "-=", "*=", "/=", "|=", "&=", "^=", "<<=", ">>="}


class Token:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line
        self.macro = False  # in the body of a #define

    @property
    def last_line(self):
        return self.line + self.text.count("\n")


def tokens(text):
    """Every token in order. A directive is one token, but for a macro's body, which is read as code and
    stands between two directives."""
    found, line, at = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        kind, piece = match.lastgroup, match.group()
        macro = kind == "directive" and re.match(r"[ \t]*#[ \t]*define[ \t]+\w+(\([^)]*\))?", piece)
        if macro:
            found.append(Token("directive", macro.group(), line))
            body = tokens(piece[macro.end():].replace("\\\n", " \n"))
            for token in body:
                token.line += line - 1 + macro.group().count("\n")
                token.macro = True
            found += body + [Token("directive", "", line + piece.count("\n"))]
        else:
            found.append(Token(kind, piece, line))
    return found


def code(found):
    return [token for token in found if token.kind != "comment"]


def nested_conditionals(found):
    """The line of each ?: within an operand of another, in parentheses or in a call or not."""
    found = code(found)
    return sorted({*in_branches(found), *in_conditions(found)})


def in_branches(found):
    """a ? b ? c : d : e, a ? b : c ? d : e, a ? f(b ? c : d) : e."""
    lines, depth, open_at = [], 0, []  # the depth of brackets of each ?: that is being read
    for token in found:
        if token.kind == "directive":
            open_at = []
        elif token.kind != "mark":
            continue
        elif token.text in OPENING:
            depth += 1
        elif token.text in CLOSING:
            depth -= 1
            while open_at and open_at[-1] > depth:
                open_at.pop()
        elif token.text == "?":
            if open_at:
                lines.append(token.line)
            open_at.append(depth)
        elif token.text in (",", ";"):
            while open_at and open_at[-1] >= depth:
                open_at.pop()
    return lines


def in_conditions(found):
    """(a ? b : c) ? d : e, f(a ? b : c) == d ? e : f."""
    lines, opened, inner = [], [], {}  # inner: where a bracket closes that has a ?: within, its line
    for index, token in enumerate(found):
        if token.kind != "mark":
            continue
        if token.text in OPENING:
            opened.append(0)
        elif token.text in CLOSING and opened:
            question = opened.pop()
            if question:
                inner[index] = question
                if opened and token.text != "}":
                    opened[-1] = question
        elif token.text == "?":
            lines += [inner[at] for at in condition(found, index) if at in inner]
            if opened:
                opened[-1] = token.line
    return lines


def condition(found, index):
    """Where the brackets close that stand in the condition of the ? at INDEX."""
    depth, back = 0, index - 1
    while back >= 0:
        kind, text = found[back].kind, found[back].text
        if kind == "mark" and text in (")", "]"):
            if depth == 0:
                yield back
            depth += 1
        elif kind == "mark" and text in ("(", "["):
            if depth == 0:
                return
            depth -= 1
        elif depth == 0 and (kind == "directive" or text in ("return", "case") or
                             kind == "mark" and text in ENDS_EXPRESSION):
            return
        back -= 1


def functions(found):
    """(name, first line, last line) of each function that is defined: from its name to its last brace."""
    found = [token for token in code(found) if token.kind != "directive" and not token.macro]
    result, depth, index = [], 0, 0
    while index < len(found):
        text = found[index].text if found[index].kind == "mark" else ""
        if text == "{":
            start = head(found, index) if depth == 0 else None
            end = matching(found, index)
            if start is not None:
                result.append((name_at(found, start), found[start].line, found[end].line))
                index = end
            elif depth == 0:
                index = end  # a struct, an enum or a table
        index += 1
    return result


def name_at(found, index):
    """A test's own name instead of the macro's: TEST(name) { ... }."""
    name = found[index].text
    return found[index + 2].text if name.isupper() and found[index + 2].kind == "word" else name


def matching(found, index):
    """Where the bracket at INDEX closes."""
    depth = 0
    for at in range(index, len(found)):
        if found[at].kind == "mark":
            depth += (found[at].text in OPENING) - (found[at].text in CLOSING)
            if depth == 0:
                return at
    return len(found) - 1


def head(found, brace):
    """The index of the name of the function whose body opens at BRACE, or None."""
    index = brace - 1
    if index < 0 or found[index].text != ")":
        return None
    depth = 0
    while index >= 0:
        if found[index].kind == "mark":
            depth += (found[index].text == ")") - (found[index].text == "(")
            if depth == 0:
                break
        index -= 1
    if index < 1 or found[index - 1].kind != "word":
        return None
    return index - 1
