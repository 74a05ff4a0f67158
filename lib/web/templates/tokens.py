# SPDX-License-Identifier: MIT
"""Template files cut into text, interpolations and directives."""
import re


class TemplateError(Exception):
    def __init__(self, path, line, message):
        super().__init__(f'{path}:{line}: {message}')


class Token:
    def __init__(self, kind, body, line):
        self.kind, self.body, self.line = kind, body, line


def find_close(src, pos, close, path, line):
    """End of a directive: `close` outside C strings and brackets."""
    depth = 0
    i = pos
    while i < len(src):
        c = src[i]
        if depth <= 0 and src.startswith(close, i):
            return i
        if c in '"\'':
            j = i + 1
            while j < len(src) and src[j] != c:
                j += 2 if src[j] == '\\' else 1
            i = j + 1
            continue
        if c in '([{':
            depth += 1
        elif c in ')]}':
            depth -= 1
        i += 1
    raise TemplateError(path, line, f'no closing {close}')


def tokenize(src, path):
    tokens = []
    pos = 0
    line = 1
    for_text = 0
    trim_next = False
    opener = re.compile(r'\{\{|\{%|\{#')

    def add(kind, body):
        tokens.append(Token(kind, body, line))

    while True:
        m = opener.search(src, pos)
        end = m.start() if m else len(src)
        if end > for_text:
            add('text', src[for_text:end])
            line += src.count('\n', for_text, end)
        if not m:
            break
        start = m.end()
        if m.group() == '{#':
            close = src.find('#}', start)
            if close < 0:
                raise TemplateError(path, line, 'no closing #}')
            add('comment', '')
        else:
            mark = '}}' if m.group() == '{{' else '%}'
            close = find_close(src, start, mark, path, line)
            body = src[start:close]
            if mark == '%}':
                trim_next = body.endswith('-')
                if body.startswith('-') and tokens and tokens[-1].kind == 'text':
                    tokens[-1].body = tokens[-1].body.rstrip()
                body = body[body.startswith('-'):len(body) - trim_next]
            add('print' if mark == '}}' else 'do', body.strip())
        line += src.count('\n', end, close + 2)
        pos = for_text = close + 2
        if trim_next:
            while for_text < len(src) and src[for_text].isspace():
                line += src[for_text] == '\n'
                for_text += 1
            pos = for_text
            trim_next = False
    return drop_directive_lines(tokens)


def is_quiet(token):
    """Prints nothing itself, so that a line of its own needs no line break."""
    return token.kind == 'comment' or (token.kind == 'do' and not token.body.startswith('call'))


def quiet_runs(tokens):
    """Runs (first, last) of quiet directives that have their lines to themselves."""
    i = 0
    while i < len(tokens):
        if not is_quiet(tokens[i]):
            i += 1
            continue
        j = i
        while j + 1 < len(tokens) and (
                is_quiet(tokens[j + 1])
                or (tokens[j + 1].kind == 'text' and not tokens[j + 1].body.strip(' \t')
                    and j + 2 < len(tokens) and is_quiet(tokens[j + 2]))):
            j += 1
        head = i == 0 or (tokens[i - 1].kind == 'text'
                          and re.search(r'(\n|\A)[ \t]*\Z', tokens[i - 1].body)
                          and (i == 1 or '\n' in tokens[i - 1].body))
        tail = j + 1 == len(tokens) or (tokens[j + 1].kind == 'text'
                                        and re.match(r'[ \t]*\n', tokens[j + 1].body))
        if head and tail:
            yield i, j
        i = j + 1


def drop_directive_lines(tokens):
    """A line that holds only quiet directives leaves no white space behind."""
    for i, j in list(quiet_runs(tokens)):
        for k in range(i, j + 1):
            if tokens[k].kind == 'text':
                tokens[k].body = ''
        if i:
            tokens[i - 1].body = re.sub(r'[ \t]*\Z', '', tokens[i - 1].body)
        if j + 1 < len(tokens):
            after = tokens[j + 1]
            after.body = re.sub(r'\A[ \t]*\n[ \t]*', '', after.body)
            after.line += 1
    return tokens


class Template:
    def __init__(self, name, params, path, line):
        self.name, self.params, self.path, self.line = name, params, path, line
        self.tokens = []

    def struct_of_only_param(self):
        m = re.fullmatch(r'const struct (\w+) \*\s*\w+', self.params.strip())
        return m.group(1) if m else None


class Source:
    def __init__(self, path, shown):
        self.path, self.shown = path, shown
        self.includes = []
        self.templates = []
        with open(path, encoding='utf-8') as f:
            self.parse(f.read())

    def parse(self, text):
        current = None
        for t in tokenize(text, self.shown):
            m = re.fullmatch(r'template\s+(\w+)\s*\((.*)\)', t.body, re.S) if t.kind == 'do' else None
            inc = re.fullmatch(r'include\s+"([^"]+)"', t.body) if t.kind == 'do' else None
            if m:
                current = Template(m.group(1), ' '.join(m.group(2).split()), self.shown, t.line)
                self.templates.append(current)
            elif inc:
                self.includes.append(inc.group(1))
            elif current:
                current.tokens.append(t)
            elif t.kind in ('do', 'print') or (t.kind == 'text' and t.body.strip()):
                raise TemplateError(self.shown, t.line, 'the first line must be {% template NAME(PARAMS) %}')
        if not self.templates:
            raise TemplateError(self.shown, 1, 'no {% template NAME(PARAMS) %}')
