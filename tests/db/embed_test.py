#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sql/embed.py against right and wrong input: embed_test.py PATH_OF_EMBED"""
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import unittest

spec = importlib.util.spec_from_file_location('embed', sys.argv.pop(1))
embed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(embed)


class Embed(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        os.makedirs(os.path.join(self.dir.name, 'q'))
        os.makedirs(os.path.join(self.dir.name, 'm'))
        os.makedirs(os.path.join(self.dir.name, 's'))

    def tearDown(self):
        self.dir.cleanup()

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)

    def run_embed(self, *more):
        # In this process: starting Python for each of the many cases took most of the time.
        argv = ['--queries', self.path('q'), '--migrations', self.path('m'), *more, '--symbol', 'it',
                '--header', self.path('h'), '--source', self.path('c'), '--depfile', self.path('d')]
        words = io.StringIO()
        with contextlib.redirect_stderr(words):
            return embed.main(argv), words.getvalue()

    def read(self, name):
        with open(self.path(name), encoding='utf-8') as file:
            return file.read()

    def refused(self, text, words):
        self.write('q/a.sql', text)
        code, err = self.run_embed()
        self.assertEqual(code, 1)
        self.assertIn(words, err)

    def test_good(self):
        self.write('q/a.sql', "-- about the file\n\n-- name: one\n-- login: app, worker\n"
                   "-- params: a b\n-- why\nselect :b, ';$9 -- no', E'\\';', $$ $7; $$ -- $3 :c\n"
                   "/* $4 /* ; */ :d */ from \"t;\" where a1$5 = :a ;\n-- the end\n\n"
                   "-- name: two\ncopy t (a) from stdin;\n")
        self.write('m/0001_a.sql', 'create table "x\\y";\n')
        self.assertEqual(self.run_embed(), (0, ''))
        source, header = self.read('c'), self.read('h')
        self.assertIn('Q_one,', header)
        self.assertIn('Q_COUNT', header)
        self.assertIn('2, one_params, 1U << DB_APP | 1U << DB_WORKER, false}', source)
        self.assertIn('0, 0, 1U << DB_APP, true}', source)
        self.assertNotIn('the end', source)
        self.assertNotIn('why', source)
        self.assertNotIn('$3', source)
        self.assertNotIn('$4', source)
        self.assertIn("';$9 -- no'", source)
        self.assertIn('= $1"', source)
        self.assertIn('select $2, ', source)
        self.assertIn('create table \\"x\\\\y\\";\\n', source)
        self.assertIn('a.sql', self.read('d'))

    def test_unchanged_header_keeps_its_time(self):
        self.write('q/a.sql', '-- name: one\nselect 1;\n')
        self.run_embed()
        os.utime(self.path('h'), (1000, 1000))
        self.write('q/a.sql', '-- name: one\nselect 2;\n')
        self.run_embed()
        self.assertEqual(os.stat(self.path('h')).st_mtime, 1000)
        self.assertIn('select 2', self.read('c'))

    def test_bad_queries(self):
        self.refused('select 1;\n', 'a.sql:1: SQL outside')
        self.refused('-- name: a\nselect 1;\n-- name: a\nselect 2;\n', 'a.sql:3: query a is already')
        self.refused('-- name: a\n-- only words\n;\n', 'a.sql:1: query a has no text')
        self.refused('-- name: a\n\n-- name: b\nselect 1;', 'a.sql:1: query a has no text')
        self.refused('-- name: a\nselect 1; select 2;', 'a.sql:1: more than one statement')
        self.refused('-- name: a\n-- login: root\nselect 1', 'a.sql:2: no such login "root"')
        self.refused('-- name: A b\nselect 1', 'cannot be the name')
        self.refused('-- name: count\nselect 1', 'cannot be the name')

    def text_of(self, sql, params='a b'):
        self.write('q/a.sql', f'-- name: one\n-- params: {params}\n{sql};\n')
        self.assertEqual(self.run_embed(), (0, ''))
        return self.read('c').split('{"one",\n        "')[1].split('",\n')[0]

    def test_names_become_numbers(self):
        self.assertEqual(self.text_of('select :b, :a, :b'), 'select $2, $1, $2')
        self.assertEqual(self.text_of('select :b::text, f(:a)'), 'select $2::text, f($1)')
        self.assertEqual(self.text_of('select f(x=>:a,y:=:b)'), 'select f(x=>$1,y:=$2)')
        self.assertEqual(self.text_of('select -:a||:b<:a'), 'select -$1||$2<$1')

    def test_colons_that_name_nothing(self):
        for sql in ("now()::date", "'12:a'", "E'\\':a'", '"x:a"', '$$ :a $$', '$t$ :a; $t$', 'x[1:5]', 'x[:12]',
                    'x[a:b]', 'x[(1):b]', 'x[y[1]:b]', 'f(a := 1)', 'a::b[]::a'):
            kept = sql.replace('\\', '\\\\').replace('"', '\\"')
            self.assertEqual(self.text_of(f'select {sql}, :a, :b'), f'select {kept}, $1, $2')
        self.assertEqual(self.text_of('select x[:a : :b]'), 'select x[$1 : $2]')
        self.assertEqual(self.text_of('select :a -- :c\n, :b /* :d */'), 'select $1\\n"\n        ", $2')

    def test_structs(self):
        self.text_of('select :id, :note, :n', 'id note:bytes n:int')
        header, source = self.read('h'), self.read('c')
        self.assertIn('// q/a.sql:1\nstruct q_one {\n    const char *id;\n    struct bytes note;\n    long n;\n};',
                      header)
        self.assertIn('Q_one_params = 3,', header)
        self.assertIn('{"note", offsetof(struct q_one, note), DB_KIND_BYTES},', source)
        self.text_of('select :a, :b', 'a\n-- what the first line says\n-- params: b')
        self.assertIn('struct q_one {\n    const char *a;\n    const char *b;\n};', self.read('h'))
        self.write('q/a.sql', '-- name: one\nselect 1;\n')
        self.assertEqual(self.run_embed(), (0, ''))
        self.assertIn('Q_one_params = 0,', self.read('h'))
        self.assertNotIn('struct q_one', self.read('h'))

    def test_bad_params(self):
        def refused(params, sql, words):
            self.refused(f'-- name: q\n-- login: app\n-- params: {params}\n-- why\nselect 1,\n {sql};', words)

        refused('a b', ':a', 'a.sql:3: query q declares :b and does not use it')
        refused('a', ':a, :b', 'a.sql:6: query q uses :b, which it does not declare')
        refused('a', ":a, ':b', :A", 'a.sql:6: query q uses :A, which')
        refused('a b a', ':a, :b', 'a.sql:3: query q declares :a twice')
        refused('a\n-- params: a', ':a', 'a.sql:4: query q declares :a twice')
        refused('a b', ":a, ':b' -- :b", 'a.sql:3: query q declares :b and does not use it')
        refused('a:date', ':a', 'a.sql:3: no such kind "date" (one of text, bytes, int)')
        refused('a,b', ':a', 'a.sql:3: "a,b" cannot be the name of a parameter')
        refused('default', ':default', 'a.sql:3: "default" cannot be the name of a parameter')
        many = [f'p{i}' for i in range(33)]
        refused(' '.join(many), ', '.join(':' + p for p in many), 'a.sql:1: query q has more than 32 parameters')

    def test_bad_migrations(self):
        self.write('m/0002_b.sql', 'select 1;')
        code, err = self.run_embed()
        self.assertEqual(code, 1)
        self.assertIn('migration 0001 was expected', err)
        self.write('m/0001_a.sql', 'select 1;')
        self.assertEqual(self.run_embed()[0], 0)
        self.write('m/0002_c.sql', 'select 1;')
        self.assertIn('0003 was expected', self.run_embed()[1])
        os.remove(self.path('m/0002_c.sql'))
        self.write('m/0003_empty.sql', '-- nothing\n')
        self.assertIn('is empty', self.run_embed()[1])
        os.remove(self.path('m/0003_empty.sql'))
        self.write('m/three.sql', 'select 1;')
        self.assertIn('is named NNNN_words.sql', self.run_embed()[1])

    def test_schema(self):
        self.write('q/a.sql', '-- name: one\nselect 1;\n')
        self.write('s/b.sql', 'create function b();\n')
        self.write('s/a.sql', 'create function "a"();\n')
        self.write('s/order', '# why\nb.sql\n\na.sql\n')
        run = lambda: self.run_embed('--schema', self.path('s'))
        self.assertEqual(run(), (0, ''))
        first = self.read('c')
        self.assertLess(first.index('"b.sql"'), first.index('"a.sql"'))
        self.assertIn('create function \\"a\\"();\\n', first)
        self.assertIn('schema, 2,', first)
        self.assertIn('order', self.read('d'))
        # The digest is of the texts and of their order.
        digest = lambda text: text.rsplit('    "', 1)[1][:64]
        self.write('s/order', 'a.sql\nb.sql\n')
        run()
        second = self.read('c')
        self.assertNotEqual(digest(first), digest(second))
        self.write('s/a.sql', 'create function a2();\n')
        run()
        self.assertNotEqual(digest(second), digest(self.read('c')))

    def test_bad_schema(self):
        self.write('q/a.sql', '-- name: one\nselect 1;\n')
        self.write('s/a.sql', 'create function a();\n')
        run = lambda: self.run_embed('--schema', self.path('s'))
        for order, words in (('a.sql\nb.sql\n', 'order:2: there is no file "b.sql"'),
                             ('a.sql\na.sql\n', 'order:2: a.sql is named twice'),
                             ('# none\n', 'a.sql:1: is not named in'),
                             ('a.sql\n../q/a.txt\n', 'order:2: there is no file')):
            self.write('s/order', order)
            code, err = run()
            self.assertEqual(code, 1)
            self.assertIn(words, err)
        os.remove(self.path('s/order'))
        self.assertEqual(run()[0], 1)


if __name__ == '__main__':
    unittest.main()
