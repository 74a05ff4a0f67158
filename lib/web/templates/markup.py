# SPDX-License-Identifier: MIT
"""Where a template stands in its HTML, as a browser would see it, character by character."""
import re

VOID = set('area br col hr img input link meta source track wbr path circle rect line polyline '
           'polygon'.split())
SELF_CLOSING_SVG = set('path circle rect line polyline polygon'.split())
URL_ATTRS = {'href', 'src', 'action', 'formaction', 'cite', 'poster'}
BANNED_ATTRS = {'style', 'srcdoc', 'srcset', 'ping', 'background', 'xlink:href'}
BANNED_ELEMENTS = set('style base object embed iframe frame animate set use xmp plaintext noembed '
                      'noframes listing math foreignobject noscript'.split())
PLAIN_ELEMENTS = {'textarea', 'title', 'option', 'script'}  # a browser reads no tags inside
SCHEMES = ('http:', 'https:', 'mailto:', 'tel:')

TEXT, TAG_OPEN, TAG_NAME, TAG, ATTR_NAME, AFTER_NAME, BEFORE_VALUE, VALUE, END_TAG, COMMENT, \
    DECLARATION, RAW_VALUE, APOS_VALUE = range(13)


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


class Markup:
    """Walks the text, adds what is to be printed to self.lit, and calls self.fail(words) for what is
    refused. A subclass has fail() and lines, the code made so far."""

    def __init__(self):
        self.lit = ''
        self.state = State()
        self.line = 0
        self.lines = []

    def fail(self, message):
        raise NotImplementedError

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
        if c != '/' and s.stack and s.stack[-1] in PLAIN_ELEMENTS:
            self.fail(f'no tags inside <{s.stack[-1]}>')
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


NAMES = {TEXT: 'text', TAG_OPEN: 'tag_open', TAG_NAME: 'tag_name', TAG: 'tag',
         ATTR_NAME: 'attr_name', AFTER_NAME: 'after_name', BEFORE_VALUE: 'before_value',
         VALUE: 'value', END_TAG: 'end_tag', COMMENT: 'comment', DECLARATION: 'declaration',
         RAW_VALUE: 'raw_value', APOS_VALUE: 'apos_value'}
