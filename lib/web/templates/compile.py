#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles HTML templates to C. The language is described in lib/web/README.md.

The compiler walks the HTML as a browser would and knows, at each interpolation, where it
stands: so it picks the escaping itself, and refuses (file:line) any place where no escaping
is safe. Control flow may not change the place: every branch must end where the others end,
with the same elements open.
"""
import argparse
import os
import re
import sys
import zlib

VOID = set('area br col hr img input link meta source track wbr path circle rect line polyline '
           'polygon'.split())
SELF_CLOSING_SVG = set('path circle rect line polyline polygon'.split())
URL_ATTRS = {'href', 'src', 'action', 'formaction', 'cite', 'poster'}
BANNED_ATTRS = {'style', 'srcdoc', 'srcset', 'ping', 'background', 'xlink:href'}
BANNED_ELEMENTS = {'style', 'base', 'object', 'embed', 'iframe', 'frame', 'animate', 'set', 'use'}
# Attributes of these choose code or policy, so they are written out or come from the asset table.
FIXED_ELEMENTS = {'script', 'link', 'meta', 'html'}
KINDS = ('int', 'json', 'html', 'attrs', 'content', 'asset', 'more')
SCHEMES = ('http:', 'https:', 'mailto:', 'tel:')
MAX_LITERAL = 3500  # ISO C promises string literals of 4095 bytes

TEXT, TAG_OPEN, TAG_NAME, TAG, ATTR_NAME, AFTER_NAME, BEFORE_VALUE, VALUE, END_TAG, COMMENT, \
    DECLARATION, RAW_VALUE, APOS_VALUE = range(13)


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


def drop_directive_lines(tokens):
    """A line that holds only directives leaves no white space behind."""
    i = 0
    while i < len(tokens):
        if tokens[i].kind not in ('do', 'comment'):
            i += 1
            continue
        j = i
        while j + 1 < len(tokens) and (
                tokens[j + 1].kind in ('do', 'comment')
                or (tokens[j + 1].kind == 'text' and not tokens[j + 1].body.strip(' \t')
                    and j + 2 < len(tokens) and tokens[j + 2].kind in ('do', 'comment'))):
            j += 1
        before = tokens[i - 1] if i else None
        after = tokens[j + 1] if j + 1 < len(tokens) else None
        head = before is None or (before.kind == 'text'
                                  and re.search(r'(\n|\A)[ \t]*\Z', before.body)
                                  and (i == 1 or '\n' in before.body))
        tail = after is None or (after.kind == 'text' and re.match(r'[ \t]*\n', after.body))
        if head and tail:
            if before:
                before.body = re.sub(r'[ \t]*\Z', '', before.body)
            if after:
                cut = re.match(r'[ \t]*\n', after.body).end()
                after.body = after.body[cut:]
                after.line += 1
            for k in range(i, j + 1):
                if tokens[k].kind == 'text':
                    tokens[k].body = ''
        i = j + 1
    return tokens


class State:
    def __init__(self):
        self.where = TEXT
        self.element = ''
        self.attr = ''
        self.value = ''      # static text of the attribute value so far
        self.dynamic = False  # the value has an interpolation
        self.has_src = False
        self.stack = []

    def copy(self):
        s = State()
        s.__dict__.update(self.__dict__)
        s.stack = list(self.stack)
        return s

    def same(self, other):
        # Whether an attribute value has begun matters to URLs, so it is part of the place.
        if (self.where, self.stack) != (other.where, other.stack):
            return False
        return self.where == TEXT or (self.element, self.attr) == (other.element, other.attr)

    def words(self):
        if self.where == TEXT:
            return 'text inside <' + '><'.join(self.stack) + '>' if self.stack else 'text'
        if self.where == VALUE:
            return f'attribute {self.attr} of <{self.element}>'
        return f'the tag <{self.element}>'


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


class Compiler:
    def __init__(self, template, known):
        self.t, self.known = template, known
        self.lines = []
        self.lit = ''
        self.state = State()
        self.frames = []  # (kind, line, state at start, state at end of first branch, extra)
        self.outs = ['out']
        self.made = 0
        self.line = template.line

    def fail(self, message):
        raise TemplateError(self.t.path, self.line, message)

    # Output -----------------------------------------------------------------------------
    @property
    def out(self):
        return self.outs[-1]

    def flush(self):
        data = self.lit.encode()
        self.lit = ''
        while data:
            cut = min(len(data), MAX_LITERAL)
            while cut < len(data) and (data[cut] & 0xC0) == 0x80:
                cut -= 1
            part, data = data[:cut], data[cut:]
            text = part.decode().replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') \
                .replace('\t', '\\t').replace('\r', '\\r')
            self.lines.append(f'    html_lit({self.out}, "{text}", {len(part)});')

    def code(self, text):
        self.flush()
        self.lines.append(f'#line {self.line} "{self.t.path}"')
        self.lines.append('    ' + ' '.join(text.split('\n')))

    # HTML -------------------------------------------------------------------------------
    def text(self, body):
        for c in body:
            self.char(c)
            if c == '\n':
                self.line += 1

    def char(self, c):
        getattr(self, 'in_' + NAMES[self.state.where])(c)

    def in_text(self, c):
        s = self.state
        if c == '<':
            s.where = TAG_OPEN
            s.element = ''
        elif c.isspace() and 'pre' not in s.stack and 'textarea' not in s.stack:
            if not self.lit and self.lines and self.lines[-1].startswith('    struct buf *const'):
                return  # a block begins with its first mark
            if not self.lit.endswith(('\n', ' ')):
                self.lit += '\n' if c == '\n' else ' '
            elif c == '\n':
                self.lit = self.lit[:-1] + '\n'
        else:
            if s.stack and s.stack[-1] == 'script':
                self.fail('a script element must be empty and name a file with src')
            self.lit += c

    def in_tag_open(self, c):
        s = self.state
        if c == '!':
            s.where = DECLARATION
            s.value = ''
        elif c == '/':
            s.where = END_TAG
        elif c.isalpha():
            s.where = TAG_NAME
            s.element = c.lower()
            s.has_src = False
        else:
            self.fail('a bare < in text: write &lt;')

    def in_declaration(self, c):
        s = self.state
        s.value += c
        if s.value == '--':
            s.where = COMMENT
            s.value = ''
        elif c == '>':
            self.lit += '<!' + s.value
            s.where = TEXT

    def in_comment(self, c):
        s = self.state
        s.value += c
        if s.value.endswith('-->'):
            s.where = TEXT

    def in_end_tag(self, c):
        s = self.state
        if c != '>':
            s.element += c
            return
        name = s.element.strip().lower()
        if not s.stack or s.stack[-1] != name:
            open_ = f'<{s.stack[-1]}> is open' if s.stack else 'nothing is open'
            self.fail(f'</{name}> but {open_}')
        s.stack.pop()
        self.lit += f'</{name}>'
        s.where = TEXT

    def in_tag_name(self, c):
        s = self.state
        if c.isalnum() or c == '-':
            s.element += c
            return
        self.end_tag_name()
        self.in_tag(c)

    def end_tag_name(self):
        s = self.state
        if s.element in BANNED_ELEMENTS:
            self.fail(f'<{s.element}> is not allowed')
        self.lit += '<' + s.element
        s.where = TAG

    def in_tag(self, c):
        s = self.state
        if c.isspace():
            return
        if c == '>':
            self.lit += '>'
            s.where = TEXT
            if s.element == 'script' and not s.has_src:
                self.fail('inline scripts are not allowed: name a file with src')
            if s.element not in VOID or s.element in SELF_CLOSING_SVG and not s.value == '/':
                s.stack.append(s.element)
            s.value = ''
        elif c == '/':
            if s.element in SELF_CLOSING_SVG:
                self.lit += '/'
            s.value = '/'
        elif c in '"\'=<':
            self.fail(f'unexpected {c} in the tag <{s.element}>')
        else:
            s.where = ATTR_NAME
            s.attr = c

    def in_attr_name(self, c):
        s = self.state
        if c.isalnum() or c in '-_:':
            s.attr += c
            return
        self.end_attr_name()
        if c == '=':
            s.where = BEFORE_VALUE
        elif c.isspace():
            s.where = AFTER_NAME
        else:
            s.where = TAG
            self.in_tag(c)

    def end_attr_name(self):
        s = self.state
        low = s.attr.lower()
        if low.startswith('on') or low in BANNED_ATTRS:
            self.fail(f'the attribute {s.attr} is not allowed')
        if low == 'src':
            s.has_src = True
        self.lit += ' ' + s.attr
        s.where = TAG

    def in_after_name(self, c):
        s = self.state
        if c.isspace():
            return
        if c == '=':
            s.where = BEFORE_VALUE
        else:
            s.where = TAG
            self.in_tag(c)

    def in_before_value(self, c):
        s = self.state
        if c.isspace():
            return
        s.value = ''
        s.dynamic = False
        self.lit += '="'
        if c == '"':
            s.where = VALUE
        elif c == "'":
            s.where = APOS_VALUE
        else:
            s.where = RAW_VALUE
            self.in_raw_value(c)

    def in_raw_value(self, c):
        if c.isspace() or c == '>':
            self.end_value()
            self.in_tag(c)
        else:
            self.value_char(c)

    def in_apos_value(self, c):
        if c == "'":
            self.end_value()
        else:
            self.value_char('&quot;' if c == '"' else c)

    def in_value(self, c):
        if c == '"':
            self.end_value()
        else:
            self.value_char(c)

    def value_char(self, c):
        s = self.state
        if s.attr.lower() in URL_ATTRS and c == ':' and s.dynamic and \
                not re.search(r'[/?#]', s.value):
            self.fail('a colon after an interpolation could make a scheme')
        s.value += c
        self.lit += c

    def end_value(self):
        s = self.state
        if s.attr.lower() in URL_ATTRS:
            self.check_static_url()
        self.lit += '"'
        s.where = TAG
        s.value = ''
        s.attr = ''
        s.dynamic = False

    def check_static_url(self):
        m = re.match(r'\s*([a-zA-Z][a-zA-Z0-9+.-]*:)', self.state.value)
        if m and not self.state.dynamic and m.group(1).lower() not in SCHEMES:
            self.fail(f'the scheme {m.group(1)} is not allowed')

    def settle(self):
        """A directive ends a tag or attribute name that has been written."""
        s = self.state
        if s.where == TAG_NAME:
            self.end_tag_name()
        elif s.where == ATTR_NAME:
            self.end_attr_name()
        if s.where == AFTER_NAME:
            s.where = TAG
        if s.where == TAG:
            s.attr = ''
            s.value = ''

    # Interpolation ----------------------------------------------------------------------
    def interpolate(self, body):
        m = re.match(r'(' + '|'.join(KINDS) + r')\s*:(?!:)\s*(.*)\Z', body, re.S)
        kind, expr = (m.group(1), m.group(2)) if m else ('text', body)
        if not expr.strip():
            self.fail('nothing to print')
        s = self.state
        if s.where == TEXT:
            self.print_in_text(kind, expr)
        elif s.where == VALUE:
            self.print_in_value(kind, expr)
        elif kind == 'attrs' and s.where in (TAG, TAG_NAME, AFTER_NAME, ATTR_NAME):
            self.settle()
            self.code(f'html_attrs({self.out}, {expr});')
        else:
            where = {COMMENT: 'a comment', DECLARATION: 'a declaration', TAG_OPEN: 'a tag name',
                     TAG_NAME: 'a tag name', END_TAG: 'a tag name', TAG: 'an attribute name',
                     ATTR_NAME: 'an attribute name', AFTER_NAME: 'an attribute name',
                     BEFORE_VALUE: 'an unquoted attribute', RAW_VALUE: 'an unquoted attribute',
                     APOS_VALUE: 'an attribute in single quotes'}[s.where]
            self.fail(f'interpolation is not allowed in {where}')

    def print_in_text(self, kind, expr):
        inner = self.state.stack[-1] if self.state.stack else ''
        plain_only = inner in ('textarea', 'title', 'option')
        if inner == 'script':
            self.fail('interpolation is not allowed in script')
        if kind == 'text':
            call = 'html_textarea' if inner == 'textarea' else 'html_text'
            self.code(f'{call}({self.out}, {expr});')
        elif kind == 'int':
            self.code(f'html_int({self.out}, (long long)({expr}));')
        elif kind == 'html' and not plain_only:
            self.code(f'html_add({self.out}, {expr});')
        elif kind == 'content' and not plain_only:
            self.code(f'html_content({self.out}, ({expr}).html, ({expr}).text);')
        else:
            self.fail(f'{kind}: is not allowed in {self.state.words()}')

    def print_in_value(self, kind, expr):
        s = self.state
        attr = s.attr.lower()
        if attr in URL_ATTRS and kind == 'asset':
            if s.value or s.dynamic:
                self.fail('asset: must be the whole value')
            self.code(f'html_url({self.out}, asset_url({expr}));')
        elif s.element in FIXED_ELEMENTS and not (s.element == 'html' and attr == 'class'):
            self.fail(f'interpolation is not allowed in the attributes of <{s.element}>')
        elif kind == 'int':
            self.code(f'html_int({self.out}, (long long)({expr}));')
        elif kind == 'json':
            if not attr.startswith('data-'):
                self.fail('json: is allowed in data- attributes only')
            self.code(f'html_json({self.out}, {expr});')
        elif kind == 'more' and attr not in URL_ATTRS:
            self.code(f'html_more({self.out}, {expr});')
        elif kind != 'text':
            self.fail(f'{kind}: is not allowed in {s.words()}')
        elif attr in URL_ATTRS:
            if s.value:
                self.check_static_url()
            call = 'html_url_part' if s.value or s.dynamic else 'html_url'
            self.code(f'{call}({self.out}, {expr});')
        else:
            self.code(f'html_text({self.out}, {expr});')
        s.dynamic = True

    # Directives -------------------------------------------------------------------------
    def directive(self, body):
        word, _, rest = body.partition(' ')
        m = re.match(r'(\w+)\s*(.*)\Z', body, re.S)
        if not m:
            self.fail('an empty directive')
        word, rest = m.group(1), m.group(2)
        handler = getattr(self, 'do_' + word, None)
        if not handler:
            self.fail(f'unknown directive {word}')
        if self.state.where in (BEFORE_VALUE, RAW_VALUE, APOS_VALUE, COMMENT, DECLARATION,
                                TAG_OPEN, END_TAG):
            self.fail('a directive is not allowed here: use double quotes and whole tags')
        self.settle()
        handler(rest)

    def do_if(self, expr):
        self.code(f'if ({expr}) {{')
        self.frames.append(['if', self.line, self.state.copy(), None, None])

    def branch(self):
        if not self.frames or self.frames[-1][0] != 'if':
            self.fail('else or elif outside if')
        frame = self.frames[-1]
        self.check_branch(frame)
        self.state = frame[2].copy()

    def check_branch(self, frame):
        if frame[3] is None:
            frame[3] = self.state.copy()
        elif not self.state.same(frame[3]):
            self.fail(f'one branch ends in {frame[3].words()}, another in {self.state.words()}')
        else:
            frame[3].value = frame[3].value or self.state.value
            frame[3].dynamic = frame[3].dynamic or self.state.dynamic

    def do_elif(self, expr):
        self.branch()
        self.code(f'}} else if ({expr}) {{')

    def do_else(self, rest):
        self.branch()
        self.frames[-1][4] = 'else'
        self.code('} else {')

    def do_for(self, rest):
        if rest.count(';') < 2:
            self.fail('write {% for DECL; COND; STEP %}')
        if self.state.where == VALUE and self.state.attr.lower() in URL_ATTRS:
            self.fail('a loop is not allowed in a URL')
        self.code(f'for ({rest}) {{')
        self.frames.append(['for', self.line, self.state.copy(), None, None])

    def do_block(self, rest):
        if not re.fullmatch(r'[a-z_]\w*', rest):
            self.fail('write {% block NAME %}')
        self.made += 1
        self.code(f'struct html {rest}; {{ struct buf tpl_buf{self.made}; '
                  f'buf_init(&tpl_buf{self.made}, out->arena);')
        self.frames.append(['block', self.line, self.state, None, (rest, self.made)])
        self.lines.append(f'    struct buf *const out{self.made} = &tpl_buf{self.made};')
        self.outs.append(f'out{self.made}')
        self.state = State()

    def do_end(self, rest):
        if not self.frames:
            self.fail('end without if, for or block')
        kind, line, start, first, extra = frame = self.frames.pop()
        if kind == 'block':
            if not self.state.same(State()):
                self.fail(f'the block ends in {self.state.words()}')
            self.lit = self.lit.rstrip()
            name, n = extra
            self.code(f'{name} = html_made(tpl_buf{n}.p, tpl_buf{n}.n); }}')
            self.outs.pop()
            self.state = start
            return
        if kind == 'for' or extra != 'else':
            if not self.state.same(start):
                self.fail(f'{kind} begins in {start.words()} and ends in {self.state.words()}')
        if kind == 'if':
            self.check_branch(frame)
            self.state.value = frame[3].value or self.state.value
            self.state.dynamic = frame[3].dynamic or self.state.dynamic or start.dynamic
        self.code('}')

    def do_let(self, rest):
        self.code(rest.rstrip(';') + ';')

    def do_call(self, rest):
        m = re.fullmatch(r'(\w+)\s*\((.*)\)', rest, re.S)
        if not m:
            self.fail('write {% call NAME(ARGUMENTS) %}')
        if self.state.where != TEXT or (self.state.stack and
                                        self.state.stack[-1] in ('textarea', 'title', 'script')):
            self.fail(f'call is not allowed in {self.state.words()}')
        name, args = m.group(1), m.group(2).strip().rstrip(',')
        callee = self.known.get(name)
        if not callee:
            self.fail(f'there is no template {name}')
        struct = callee.struct_of_only_param()
        if struct and (not args or args.startswith('.')):
            self.code(f'tpl_{name}({self.out}, &(const struct {struct}){{{args or "0"}}});')
        else:
            self.code(f'tpl_{name}({self.out}{", " + args if args else ""});')

    # All --------------------------------------------------------------------------------
    def run(self):
        tokens = self.t.tokens
        texts = [t for t in tokens if t.kind == 'text']
        if texts and tokens[0] is texts[0]:
            cut = len(texts[0].body) - len(texts[0].body.lstrip())
            texts[0].line += texts[0].body.count('\n', 0, cut)
            texts[0].body = texts[0].body[cut:]
        if texts and tokens[-1] is texts[-1]:
            texts[-1].body = texts[-1].body.rstrip()
        for t in tokens:
            self.line = t.line
            if t.kind == 'text':
                self.text(t.body)
            elif t.kind == 'print':
                self.interpolate(t.body)
            elif t.kind == 'do':
                self.directive(t.body)
        if self.frames:
            self.line = self.frames[-1][1]
            self.fail(f'{self.frames[-1][0]} without end')
        if not self.state.same(State()):
            self.fail(f'the template ends in {self.state.words()}')
        self.flush()
        params = ', ' + self.t.params if self.t.params else ''
        return [f'#line {self.t.line} "{self.t.path}"',
                f'void tpl_{self.t.name}(struct buf *out{params})', '{'] + self.lines + ['}', '']


NAMES = {TEXT: 'text', TAG_OPEN: 'tag_open', TAG_NAME: 'tag_name', TAG: 'tag',
         ATTR_NAME: 'attr_name', AFTER_NAME: 'after_name', BEFORE_VALUE: 'before_value',
         VALUE: 'value', END_TAG: 'end_tag', COMMENT: 'comment', DECLARATION: 'declaration',
         RAW_VALUE: 'raw_value', APOS_VALUE: 'apos_value'}


def write_if_changed(path, text):
    try:
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    except OSError:
        pass
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def header(sources):
    templates = [t for s in sources for t in s.templates]
    structs = sorted({m for t in templates for m in re.findall(r'struct (\w+) \*', t.params)})
    lines = ['// Made by templates/compile.py.', '#pragma once', '', '#include "web/html.h"', '']
    lines += [f'struct {s};' for s in structs] + ['']
    for t in sorted(templates, key=lambda t: t.name):
        lines.append(f'void tpl_{t.name}(struct buf *out{", " + t.params if t.params else ""});')
    return '\n'.join(lines) + '\n'


def unit(sources, known, header_name):
    includes = []
    for s in sources:
        includes += [i for i in s.includes if i not in includes]
    lines = ['// Made by templates/compile.py.', f'#include "{header_name}"', '']
    for i in includes + ['web/assets.h', 'web/components.h']:
        lines.append(f'#include "{i}"')
    lines.append('')
    for s in sources:
        for t in s.templates:
            lines += Compiler(t, known).run()
    return '\n'.join(lines) + '\n'


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--root', required=True, help='source root: names in messages are relative to it')
    p.add_argument('--out', required=True, help='folder of X.gen.h and X_N.gen.c')
    p.add_argument('--header', default='web/templates.gen.h', help='the header, as it is included')
    p.add_argument('--units', type=int, default=1, help='number of C files to spread over')
    p.add_argument('--depfile')
    p.add_argument('folders', nargs='+')
    args = p.parse_args()
    files = []
    for folder in args.folders:
        if os.path.isdir(folder):
            files += sorted(os.path.join(folder, f) for f in os.listdir(folder)
                            if f.endswith('.html'))
    try:
        sources = [Source(f, os.path.relpath(f, args.root)) for f in files]
        known = {}
        for s in sources:
            for t in s.templates:
                if t.name in known:
                    raise TemplateError(t.path, t.line, f'{t.name} is also in {known[t.name].path}')
                known[t.name] = t
        units = [unit([s for s in sources
                       if zlib.crc32(os.path.basename(s.path).encode()) % args.units == n], known, args.header)
                 for n in range(args.units)]
    except TemplateError as e:
        print(e, file=sys.stderr)
        return 1
    name = os.path.basename(args.header)
    stem = name.split('.')[0]
    write_if_changed(os.path.join(args.out, name), header(sources))
    for n, text in enumerate(units):
        write_if_changed(os.path.join(args.out, f'{stem}_{n}.gen.c'), text)
    if args.depfile:
        # Folders too: a template that is added or removed changes its folder's time.
        seen = [os.path.abspath(f) for f in args.folders if os.path.isdir(f)] + \
               [os.path.abspath(f) for f in files]
        with open(args.depfile, 'w', encoding='utf-8') as f:
            f.write(os.path.join(args.out, name) + ': ' +
                    ' '.join(s.replace(' ', '\\ ') for s in seen) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
