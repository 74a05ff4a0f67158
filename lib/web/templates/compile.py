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

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from markup import (AFTER_NAME, APOS_VALUE, ATTR_NAME, BEFORE_VALUE, COMMENT, DECLARATION,  # noqa: E402
                    END_TAG, PLAIN_ELEMENTS, RAW_VALUE, TAG, TAG_NAME, TAG_OPEN, TEXT, URL_ATTRS,
                    VALUE, Markup, State)
from tokens import Source, TemplateError  # noqa: E402

# Directives are C, so they could reach the writers behind the compiler's back.
WRITERS = re.compile(r'\b(html_made|html_lit|html_add|buf_\w+|struct\s+buf)\b')
# Attributes of these choose code or policy, so they are written out or come from the asset table.
FIXED_ELEMENTS = {'script', 'link', 'meta', 'html'}
KINDS = ('int', 'json', 'html', 'attrs', 'content', 'asset', 'more')
MAX_LITERAL = 3500  # ISO C promises string literals of 4095 bytes


class Compiler(Markup):
    def __init__(self, template, known):
        super().__init__()
        self.t, self.known = template, known
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

    # Interpolation ----------------------------------------------------------------------
    def check_c(self, text):
        m = WRITERS.search(text)
        if m:
            self.fail(f'{m.group(1)} is for compiled code: use {{% block %}} and {{{{ html: }}}}')

    def interpolate(self, body):
        m = re.match(r'(' + '|'.join(KINDS) + r')\s*:(?!:)\s*(.*)\Z', body, re.S)
        kind, expr = (m.group(1), m.group(2)) if m else ('text', body)
        if not expr.strip():
            self.fail('nothing to print')
        self.check_c(expr)
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
        plain_only = inner in PLAIN_ELEMENTS
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
        self.check_c(rest)
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
        if self.state.where != TEXT or (self.state.stack and self.state.stack[-1] in PLAIN_ELEMENTS):
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
    structs = sorted({m for t in templates for m in re.findall(r'struct (\w+)', t.params)})
    lines = ['// Made by templates/compile.py.', '#pragma once', '', '#include "web/ui/html.h"', '']
    lines += [f'struct {s};' for s in structs] + ['']
    for t in sorted(templates, key=lambda t: t.name):
        lines.append(f'void tpl_{t.name}(struct buf *out{", " + t.params if t.params else ""});')
    return '\n'.join(lines) + '\n'


def unit(sources, known, header_name):
    includes = []
    for s in sources:
        includes += [i for i in s.includes if i not in includes]
    lines = ['// Made by templates/compile.py.', f'#include "{header_name}"', '']
    for i in includes + ['web/templates.gen.h', 'web/ui/assets.h', 'web/ui/components.h']:
        lines.append(f'#include "{i}"')
    lines.append('')
    for s in sources:
        for t in s.templates:
            lines += Compiler(t, known).run()
    return '\n'.join(lines) + '\n'


def unit_of(path, args):
    spread = zlib.crc32(os.path.basename(path).encode())
    if not args.shared:
        return spread % args.units
    if os.path.basename(os.path.dirname(path)) in ('ui', 'components'):
        return spread % args.shared
    return args.shared + spread % (args.units - args.shared)


def find(folders):
    files = []
    for folder in folders:
        if os.path.isdir(folder):
            files += sorted(os.path.join(folder, f) for f in os.listdir(folder)
                            if f.endswith('.html'))
        elif folder.endswith('.html'):
            files.append(folder)
    return files


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--root', required=True, help='source root: names in messages are relative to it')
    p.add_argument('--out', required=True, help='folder of X.gen.h and X_N.gen.c')
    p.add_argument('--header', default='web/templates.gen.h', help='the header, as it is included')
    p.add_argument('--units', type=int, default=1, help='number of C files to spread over')
    p.add_argument('--shared', type=int, default=0,
                   help='the first N C files are for the templates of ui/ and components/')
    p.add_argument('--depfile')
    p.add_argument('--known', nargs='+', default=[],
                   help='folders of templates that may be called but are compiled elsewhere')
    p.add_argument('folders', nargs='+', help='folders of templates, or single files')
    args = p.parse_args()
    files = find(args.folders)
    try:
        sources = [Source(f, os.path.relpath(f, args.root)) for f in files]
        others = [Source(f, os.path.relpath(f, args.root)) for f in find(args.known)]
        known = {}
        for s in sources + others:
            for t in s.templates:
                if t.name in known:
                    raise TemplateError(t.path, t.line, f'{t.name} is also in {known[t.name].path}')
                known[t.name] = t
        units = [unit([s for s in sources if unit_of(s.path, args) == n], known, args.header)
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
