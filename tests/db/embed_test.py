#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sql/embed.py against right and wrong input: embed_test.py PATH_OF_EMBED"""
import os
import subprocess
import sys
import tempfile
import unittest

EMBED = sys.argv.pop(1)


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
        done = subprocess.run(
            [sys.executable, EMBED, '--queries', self.path('q'), '--migrations', self.path('m'),
             *more, '--symbol', 'it', '--header', self.path('h'), '--source', self.path('c'),
             '--depfile', self.path('d')], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

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
                   "-- params: 2 a b\n-- why\nselect $2, ';$9 -- no', E'\\';', $$ $7; $$ -- $3\n"
                   "/* $4 /* ; */ */ from \"t;\" where a1$5 = $1 ;\n-- the end\n\n"
                   "-- name: two\ncopy t (a) from stdin;\n")
        self.write('m/0001_a.sql', 'create table "x\\y";\n')
        self.assertEqual(self.run_embed(), (0, ''))
        source, header = self.read('c'), self.read('h')
        self.assertIn('Q_ONE, // a.sql: 2 params', header)
        self.assertIn('Q_COUNT', header)
        self.assertIn('2, 1U << DB_APP | 1U << DB_WORKER, false}', source)
        self.assertIn('0, 1U << DB_APP, true}', source)
        self.assertNotIn('the end', source)
        self.assertNotIn('why', source)
        self.assertNotIn('$3', source)
        self.assertNotIn('$4', source)
        self.assertIn("';$9 -- no'", source)
        self.assertIn('= $1"', source)
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
        self.refused('-- name: a\n-- params: 3\nselect $1, $2', 'says 3 params and uses 2')
        self.refused('-- name: a\nselect $2', 'does not use $1')
        self.refused('-- name: A b\nselect 1', 'cannot be the name')
        self.refused('-- name: count\nselect 1', 'cannot be the name')

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
