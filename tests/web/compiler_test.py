#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the template compiler refuses, with the place it names, and what it writes."""
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import unittest
from unittest import mock

COMPILER = os.environ.get('PHOENIX_COMPILER') or os.path.join(
    os.path.dirname(__file__), '../../lib/web/templates/compile.py')

spec = importlib.util.spec_from_file_location('compiler', COMPILER)
compiler = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compiler)


def run(folder):
    """The exit code and the messages of the compiler on a folder."""
    messages = io.StringIO()
    argv = ['compile.py', '--root', folder, '--out', folder, folder]
    with mock.patch.object(sys, 'argv', argv), contextlib.redirect_stderr(messages):
        return compiler.main(), messages.getvalue()


def compile_text(text, extra=None):
    """Exit code, messages, and the C made of one template file."""
    with tempfile.TemporaryDirectory() as folder:
        files = {'t.html': text, **(extra or {})}
        for name, body in files.items():
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                f.write(body)
        code, messages = run(folder)
        made = os.path.join(folder, 'templates_0.gen.c')
        if not os.path.exists(made):
            return code, messages, ''
        with open(made, encoding='utf-8') as f:
            return code, messages, f.read()


HEAD = '{% template t(const char *x) %}\n'


class Refusals(unittest.TestCase):
    def refuse(self, body, line, words):
        code, message, made = compile_text(HEAD + body)
        self.assertEqual(code, 1, f'compiled: {made}')
        self.assertTrue(message.startswith(f't.html:{line}: '), message)
        self.assertIn(words, message)

    def test_interpolation_where_no_escaping_is_safe(self):
        for body, words in [
                ('<script src="/a.js">{{ x }}</script>', 'script'),
                ('<style>{{ x }}</style>', 'style'),
                ('<p {{ x }}>a</p>', 'attribute name'),
                ('<p data-{{ x }}="1">a</p>', 'attribute name'),
                ('<p class {{ x }}>a</p>', 'attribute name'),
                ('<{{ x }}>a</p>', 'tag name'),
                ('<h{{ x }}>a</h1>', 'tag name'),
                ('<p></{{ x }}>', 'tag name'),
                ('<p class={{ x }}>a</p>', 'unquoted'),
                ('<p class=a{{ x }}>a</p>', 'unquoted'),
                ("<p class='{{ x }}'>a</p>", 'single quotes'),
                ('<!-- {{ x }} -->', 'comment'),
                ('<!DOCTYPE {{ x }}>', 'declaration'),
                ('<meta content="{{ x }}">', '<meta>'),
                ('<script src="{{ x }}"></script>', '<script>'),
                ('<link href="{{ x }}">', '<link>'),
        ]:
            with self.subTest(body):
                self.refuse('<div>ok</div>\n' + body, 3, words)

    def test_code_and_style_in_markup(self):
        for body, words in [
                ('<p onclick="go()">a</p>', 'onclick'),
                ('<p onclick="{{ x }}">a</p>', 'onclick'),
                ('<p ONLOAD="go()">a</p>', 'ONLOAD'),
                ('<p style="color:red">a</p>', 'style'),
                ('<p style="{{ x }}">a</p>', 'style'),
                ('<script>go()</script>', 'inline script'),
                ('<script src="/a.js">go()</script>', 'empty'),
                ('<iframe src="/a"></iframe>', '<iframe>'),
                ('<p srcdoc="x">a</p>', 'srcdoc'),
                ('<base href="/">', '<base>'),
                ('<object></object>', '<object>'),
                ('<noscript></noscript>', '<noscript>'),
                ('<script src="/a.js"><b></b></script>', 'no tags inside <script>'),
                ('<textarea><b>{{ html: x }}</b></textarea>', 'no tags inside <textarea>'),
                ('<a href="javascript:go()">a</a>', 'javascript:'),
                ('<a href="JavaScript:{{ x }}">a</a>', 'JavaScript:'),
                ('<form action="data:text/html,x"></form>', 'data:'),
                ('<a href="{{ x }}:go">a</a>', 'colon'),
        ]:
            with self.subTest(body):
                self.refuse('\n' + body, 3, words)

    def test_kinds_out_of_place(self):
        for body, words in [
                ('<p class="{{ html: x }}">a</p>', 'html:'),
                ('<p class="{{ attrs: x }}">a</p>', 'attrs:'),
                ('<p class="{{ content: x }}">a</p>', 'content:'),
                ('<p class="{{ json: x }}">a</p>', 'data-'),
                ('<p>{{ json: x }}</p>', 'json:'),
                ('<p>{{ attrs: x }}</p>', 'attrs:'),
                ('<p>{{ asset: x }}</p>', 'asset:'),
                ('<a href="/x{{ asset: x }}">a</a>', 'whole value'),
                ('<textarea>{{ html: x }}</textarea>', 'html:'),
                ('<title>{{ html: x }}</title>', 'html:'),
                ('<a href="{{ html: x }}">a</a>', 'html:'),
                ('<p>{{ int: }}</p>', 'nothing to print'),
                ('<p>{{ }}</p>', 'nothing to print'),
        ]:
            with self.subTest(body):
                self.refuse(body, 2, words)

    def test_branches_that_leave_different_places(self):
        for body, words in [
                ('{% if x %}<p>{% end %}a</p>', 'ends in'),
                ('{% if x %}<p>{% else %}<div>{% end %}a</p>', 'another'),
                ('<p{% if x %} class="a{% end %}">b</p>', 'ends in'),
                ('<p class="{% if x %}"{% end %}>b</p>', 'ends in'),
                ('{% for int i = 0; i < 2; i++ %}<li>{% end %}', 'ends in'),
                ('<p class={% if x %}a{% end %}>b</p>', 'directive'),
                ('<!-- {% if x %} -->{% end %}', 'directive'),
                ('{% block b %}<p>{% end %}', 'block'),
                ('<p>a', 'ends in'),
                ('<p>a</div>', '</div>'),
                ('a</div>', 'nothing is open'),
                ('{% if x %}a', 'if without end'),
                ('{% end %}', 'end without'),
                ('{% else %}', 'outside if'),
                ('a < b', 'bare <'),
        ]:
            with self.subTest(body):
                self.refuse(body, 2, words)

    def test_directives_that_are_wrong(self):
        for body, words in [
                ('{% frobnicate %}', 'unknown directive'),
                ('{% call nowhere() %}', 'no template nowhere'),
                ('<p class="{% call t(x) %}">a</p>', 'call is not allowed'),
                ('<textarea>{% call t(x) %}</textarea>', 'call is not allowed'),
                ('{% for x %}{% end %}', 'DECL; COND; STEP'),
                ('<a href="{% for int i = 0; i < 2; i++ %}{{ x }}{% end %}">a</a>', 'loop'),
                ('{% let struct html h = html_made(x, 3) %}', 'html_made'),
                ('{% let html_lit(out, x, 3) %}', 'html_lit'),
                ('{{ html: html_made(x, 3) }}', 'html_made'),
                ('{% if (buf_puts(out, x), 1) %}{% end %}', 'buf_puts'),
                ('{{ x', 'no closing }}'),
                ('{% if x', 'no closing %}'),
                ('{# never', 'no closing #}'),
        ]:
            with self.subTest(body):
                self.refuse(body, 2, words)

    def test_the_line_is_that_of_the_fault(self):
        self.refuse('<p>\n  {{ x }}\n</p>\n{% if x %}\n<b>\nq\n</b>\n{% end %}\n<p {{ x }}></p>', 10,
                    'attribute name')

    def test_first_line(self):
        code, message, _ = compile_text('<p>a</p>')
        self.assertEqual((code, message), (1, 't.html:1: the first line must be '
                                              '{% template NAME(PARAMS) %}\n'))

    def test_two_templates_of_one_name(self):
        code, message, _ = compile_text(HEAD, {'u.html': HEAD})
        self.assertEqual(code, 1)
        self.assertIn('t is also in', message)


class Output(unittest.TestCase):
    def made(self, body, head=HEAD):
        code, message, made = compile_text(head + body)
        self.assertEqual(code, 0, message)
        return made

    def test_escaping_follows_the_place(self):
        for body, call in [
                ('<p>{{ x }}</p>', 'html_text(out, x);'),
                ('<p class="{{ x }}">a</p>', 'html_text(out, x);'),
                ('<textarea>{{ x }}</textarea>', 'html_textarea(out, x);'),
                ('<a href="{{ x }}">a</a>', 'html_url(out, x);'),
                ('<form action="{{ x }}"></form>', 'html_url(out, x);'),
                ('<button formaction="{{ x }}">a</button>', 'html_url(out, x);'),
                ('<img src="{{ x }}">', 'html_url(out, x);'),
                ('<a href="/p/{{ x }}">a</a>', 'html_url_part(out, x);'),
                ('<a href="#{{ x }}">a</a>', 'html_url_part(out, x);'),
                ('<a href="{{ y }}?a={{ x }}">a</a>', 'html_url_part(out, x);'),
                ('<a href="{% if y %}/a{% else %}/b{% end %}{{ x }}">a</a>', 'html_url_part(out, x);'),
                ('<p data-a="{{ json: x }}">a</p>', 'html_json(out, x);'),
                ('<p {{ attrs: x }}>a</p>', 'html_attrs(out, x);'),
                ('<p>{{ int: x ? 1 : 0 }}</p>', 'html_int(out, (long long)(x ? 1 : 0));'),
                ('<p>{{ x ? "}}" : "{{" }}</p>', 'html_text(out, x ? "}}" : "{{");'),
                ('<script src="{{ asset: "a.js" }}"></script>', 'html_url(out, asset_url("a.js"));'),
        ]:
            with self.subTest(body):
                self.assertIn(call, self.made(body))

    def test_every_c_line_knows_its_template(self):
        made = self.made('<p>\n{{ x }}\n</p>')
        self.assertIn('#line 3 "t.html"\n    html_text(out, x);', made)

    def test_whole_attributes_may_be_conditional(self):
        made = self.made('<input{% if x %} checked{% end %} name="a"{% if x %} disabled{% end %}>')
        self.assertIn('html_lit(out, " checked", 8);', made)
        self.assertIn('html_lit(out, " name=\\"a\\"", 9);', made)
        self.assertIn('html_lit(out, " disabled", 9);', made)

    def test_comments_and_white_space_go(self):
        made = self.made('<p>  a\n\n   b</p><!-- gone --> {# gone #}\n')
        self.assertIn('"<p> a\\nb</p> "', made)
        self.assertNotIn('gone', made)

    def test_long_text_is_split_between_characters(self):
        made = self.made('<p>' + 'é' * 4000 + '</p>')
        lines = [l for l in made.split('\n') if 'html_lit' in l]
        self.assertEqual(len(lines), 3)
        for line in lines:
            text, length = line.split('"')[1], int(line.rsplit(' ', 1)[1][:-2])
            self.assertEqual(len(text.encode()), length)
            self.assertLess(length, 4095)

    def test_calls_take_options_or_arguments(self):
        code, message, made = compile_text(
            '{% template a(const struct s *v) %}{{ v->x }}\n{% template b(int n, struct html h) %}{{ int: n }}\n'
            '{% template t() %}{% call a(.x = "1") %}{% call a() %}{% call a(&thing) %}{% call b(1, h) %}\n')
        self.assertEqual(code, 0, message)
        for call in ['tpl_a(out, &(const struct s){.x = "1"});', 'tpl_a(out, &(const struct s){0});',
                     'tpl_a(out, &thing);', 'tpl_b(out, 1, h);']:
            self.assertIn(call, made)

    def test_unchanged_output_is_not_rewritten(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 't.html'), 'w', encoding='utf-8') as f:
                f.write(HEAD + '<p>a</p>')
            self.assertEqual(run(folder), (0, ''))
            path = os.path.join(folder, 'templates_0.gen.c')
            os.utime(path, (1, 1))
            self.assertEqual(run(folder), (0, ''))
            self.assertEqual(os.stat(path).st_mtime, 1)


if __name__ == '__main__':
    unittest.main()
