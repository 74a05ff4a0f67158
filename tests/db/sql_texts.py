#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What may stand where in sql/: sql_texts.py FOLDER_OF_SQL

Migrations hold tables, types, indexes and rows. Functions, triggers, views, policies and grants stand in
schema/, each function once: of two definitions only the reader of the order would know which holds.
"""
import collections
import os
import re
import shutil
import sys
import tempfile
import unittest

SQL = sys.argv.pop(1)
# Strings and bodies hide words that are none of a statement's.
HIDDEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$).*?\1", re.S)
MIGRATION = re.compile(r'create (schema|table|index|unique index|type|domain|extension)\b'
                       r'|alter (table|type|domain|index|default privileges|schema)\b'
                       r'|drop (table|index|type|domain|schema|view|policy|trigger|function)\b'
                       r'|(insert|update|delete|with|comment|revoke|set local)\b')
SCHEMA = re.compile(r'create (or replace )?(function|trigger|view|policy)\b|drop policy\b|grant\b|revoke\b|do\b')
# A migration may drop what leans on a table; that a table has row security is for schema/policies.sql.
REFUSED = re.compile(r'\brow level security\b')
FUNCTION = re.compile(r'create (?:or replace )?function\s+([\w."]+)\s*\(', re.I)


def statements(text):
    """(line, statement in lower case and single spaces) of each."""
    bare = HIDDEN.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)
    at = 0
    for part in bare.split(';'):
        start = at + len(part) - len(part.lstrip())
        if part.strip():
            yield bare.count('\n', 0, start) + 1, ' '.join(part.lower().split())
        at += len(part) + 1


def arguments(text, at):
    depth, end = 1, at
    while depth:
        depth += {'(': 1, ')': -1}.get(text[end], 0)
        end += 1
    return ' '.join(text[at:end - 1].lower().split())


def texts(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith('.sql'):
            path = os.path.join(folder, name)
            with open(path, encoding='utf-8') as file:
                yield path, file.read()


def complaints(sql):
    found = []
    for path, text in texts(os.path.join(sql, 'migrations')):
        for line, words in statements(text):
            if not MIGRATION.match(words) or REFUSED.search(words):
                found.append(f'{path}:{line}: belongs in schema/, not in a migration: {words[:60]}')
    defined = collections.defaultdict(list)
    for path, text in texts(os.path.join(sql, 'schema')):
        for line, words in statements(text):
            if not SCHEMA.match(words):
                found.append(f'{path}:{line}: belongs in a migration, not in schema/: {words[:60]}')
        bare = re.sub(r'--[^\n]*', lambda m: ' ' * len(m.group()), text)
        for match in FUNCTION.finditer(bare):
            name = f'{match.group(1).lower()}({arguments(bare, match.end())})'
            defined[name].append(f'{path}:{bare.count(chr(10), 0, match.start()) + 1}')
    found += [f'{places[1]}: {name} is already defined at {places[0]}'
              for name, places in defined.items() if len(places) > 1]
    return found


class Texts(unittest.TestCase):
    def test_the_tree(self):
        self.assertEqual(complaints(SQL), [])
        self.assertGreater(len(list(texts(os.path.join(SQL, 'schema')))), 10)

    def planted(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            sql = os.path.join(folder, 'sql')
            for part in ('migrations', 'schema'):
                shutil.copytree(os.path.join(SQL, part), os.path.join(sql, part))
            with open(os.path.join(sql, name), 'a', encoding='utf-8') as file:
                file.write(text)
            return complaints(sql)

    def one(self, name, text, words):
        found = self.planted(name, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_planted_offenders_are_found(self):
        self.one('schema/zz.sql', 'create or replace function app.today() returns date language sql\n'
                 '  as $$ select current_date $$;', 'app.today() is already defined at')
        self.one('schema/zz.sql', 'create table app.late (id int);', 'belongs in a migration')
        self.one('schema/zz.sql', 'alter table app.contact add column late int;', 'belongs in a migration')
        migration = 'migrations/0002_x.sql'
        for text in ('create function app.x() returns int language sql as $$ select 1; $$;',
                     'create or replace function app.x() returns int language sql as $$ select 1 $$;',
                     'create trigger x after insert on app.contact execute function app.x();',
                     'create view app.x as select 1;', 'create policy x on app.contact using (true);',
                     'grant select on app.contact to phoenix_app;', 'do $$ begin end $$;',
                     'alter table app.contact enable row level security;',
                     'create table app.x (id int); -- fine\ngrant select on app.x to phoenix_app;'):
            self.one(migration, text, 'belongs in schema/')

    def test_what_is_right_is_left_alone(self):
        self.assertEqual(self.planted('migrations/0002_x.sql', "create table app.x (a text default 'grant; do');\n"
                                      'drop view app.engagement_now; -- create view\n'
                                      "insert into app.x values ('create function');\n"), [])
        self.assertEqual(self.planted('schema/zz.sql', 'create or replace function app.today(x int) returns date\n'
                                      '  language plpgsql as $$ begin create table t (a int); end $$;'), [])


if __name__ == '__main__':
    unittest.main()
