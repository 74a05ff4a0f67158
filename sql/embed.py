#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns catalogued SQL into C: an enum of query names and a table of their texts.

A query file holds statements under headers:

    -- name: contact_insert
    -- login: app,worker        (optional; app when absent)
    -- params: id note:bytes    (absent when there are none; may take several lines)
    insert into app.contact (id, note) values (:id, :note);

A parameter is text unless it says :bytes (a struct bytes, sealed values) or :int (a long). PostgreSQL gets
$1, $2 in the order declared; C gets struct q_contact_insert, to be filled in by DB_CALL(contact_insert, ...).
As in psql a name touches its colon, so that casts (::), strings and slices ([1:5], [a:b]) stay what they are.

Comments are kept out of the text, as is the closing semicolon. One name, one statement.
A migration file is NNNN_name.sql, numbered from 0001 without a gap, and kept as it is.
A schema folder holds a file `order` that names its other files, each once, as they are to be applied.
Whatever is wrong stops the build with file:line.
"""
import argparse
import hashlib
import os
import re
import sys

LOGINS = ['app', 'auth', 'worker', 'trial', 'seal', 'owner']
HEADER = re.compile(r'--\s*name:\s*(.*?)\s*$')
LOGIN = re.compile(r'--\s*login:\s*(.*?)\s*$')
PARAMS = re.compile(r'--\s*params:\s*(.*?)\s*$')
PARAM = re.compile(r'([a-z][a-z0-9_]*)(?::([a-z]+))?$')
KINDS = {'text': 'const char *', 'bytes': 'struct bytes ', 'int': 'long '}
PARAMS_MOST = 32  # as far as DB_COUNT() in db/db.h counts
# Words that cannot name the member of a struct.
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
bool true false""".split())
NAME = re.compile(r'[a-z][a-z0-9_]*$')
MIGRATION = re.compile(r'(\d{4})_([a-z0-9_]+)\.sql$')
# Everything that may hide a parameter, a semicolon or a comment mark, longest guess first.
TOKEN = re.compile(r"""
    (?P<comment>--[^\n]*)
  | (?P<open>/\*)
  | (?P<string>\b[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>(?:[A-Za-z_][A-Za-z_0-9]*)?)\$.*?\$(?P=tag)\$)
  | (?P<param>\$\d+)
  | (?P<cast>::)
  | (?<![\w\])]):(?P<name>[A-Za-z_]\w*)
  | (?P<end>;)
  | (?P<word>[A-Za-z_][A-Za-z_0-9$]*)
""", re.X | re.S)


class Bad(Exception):
    pass


def bad(path, line, words):
    raise Bad(f'{path}:{line}: {words}')


def skip_comment(text, at):
    """The end of a block comment, which may hold others."""
    depth, pos = 1, at + 2
    while depth:
        mark = re.compile(r'/\*|\*/').search(text, pos)
        if not mark:
            return len(text)
        depth += 1 if mark.group() == '/*' else -1
        pos = mark.end()
    return pos


def clean(path, line, text, name_param=lambda name, pos: f':{name}'):
    """The statement without comments, and the parameters that it numbers itself. `name_param` gives what
    stands for a named one."""
    out, pos, params, ended = [], 0, set(), False
    while pos < len(text):
        tok = TOKEN.search(text, pos)
        plain = text[pos:tok.start()] if tok else text[pos:]
        remark = tok and (tok.group('comment') or tok.group('open'))
        if ended and (plain.strip() or (tok and not remark)):
            bad(path, line, 'more than one statement under one name')
        out.append(plain)
        if not tok:
            break
        pos = tok.end()
        if tok.group('open'):
            pos = skip_comment(text, tok.start())
            out.append(' ')
        elif tok.group('end'):
            ended = True
        elif tok.group('name'):
            out.append(name_param(tok.group('name'), tok.start()))
        elif not tok.group('comment'):
            out.append(tok.group())
            if tok.group('param'):
                params.add(int(tok.group()[1:]))
    lines = [part.rstrip() for part in ''.join(out).strip().split('\n')]
    return '\n'.join(part for part in lines if part.strip()), params


class Query:
    def __init__(self, path, line, name):
        self.path, self.line, self.name = path, line, name
        self.logins, self.declared, self.lines, self.in_header = ['app'], None, [], True
        self.params, self.used, self.text_line = {}, set(), line

    def header(self, line, number):
        """True if the line is one of the header's."""
        login, params = LOGIN.match(line), PARAMS.match(line)
        if not self.in_header or not line.startswith('--'):
            if self.in_header:
                self.text_line = number
            self.in_header = False
            return False
        if login:
            self.logins = [part.strip() for part in login.group(1).split(',')]
            for part in self.logins:
                if part not in LOGINS:
                    bad(self.path, number, f'no such login "{part}" (one of {", ".join(LOGINS)})')
        elif params and params.group(1)[:1].isdigit():
            self.declared = int(re.match(r'\d+', params.group(1)).group())
        elif params:
            for word in params.group(1).split():
                self.declare(word, number)
        return True

    def declare(self, word, number):
        named = PARAM.match(word)
        name, kind = named.groups() if named else (word, None)
        if not named or name in KEYWORDS:
            bad(self.path, number, f'"{word}" cannot be the name of a parameter')
        if (kind or 'text') not in KINDS:
            bad(self.path, number, f'no such kind "{kind}" (one of {", ".join(KINDS)})')
        if name in self.params:
            bad(self.path, number, f'query {self.name} declares :{name} twice')
        self.params[name] = (kind or 'text', number)

    def number(self, name, pos):
        if name not in self.params:
            line = self.text_line + '\n'.join(self.lines).count('\n', 0, pos)
            bad(self.path, line, f'query {self.name} uses :{name}, which it does not declare')
        self.used.add(name)
        return f'${list(self.params).index(name) + 1}'

    def finish(self):
        self.sql, params = clean(self.path, self.line, '\n'.join(self.lines), self.number)
        if not self.sql:
            bad(self.path, self.line, f'query {self.name} has no text')
        for name, (_, line) in self.params.items():
            if name not in self.used:
                bad(self.path, line, f'query {self.name} declares :{name} and does not use it')
        if self.params and params:
            bad(self.path, self.line, f'query {self.name} has a numbered parameter among the named')
        if len(self.params) > PARAMS_MOST:
            bad(self.path, self.line, f'query {self.name} has more than {PARAMS_MOST} parameters')
        self.nparams = max(params, default=0) or len(self.params)
        missing = sorted(set(range(1, self.nparams + 1)) - params) if not self.params else []
        if missing:
            bad(self.path, self.line, f'query {self.name} does not use ${missing[0]}')
        if self.declared is not None and self.declared != self.nparams:
            bad(self.path, self.line,
                f'query {self.name} says {self.declared} params and uses {self.nparams}')
        self.copy = self.sql[:4].lower() == 'copy'


def read_queries(path, found):
    current = None
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file.read().split('\n'), 1):
            start = HEADER.match(line)
            if start:
                name = start.group(1)
                if not NAME.match(name) or name == 'count':
                    bad(path, number, f'"{name}" cannot be the name of a query')
                if name in found:
                    first = found[name]
                    bad(path, number, f'query {name} is already at {first.path}:{first.line}')
                current = found[name] = Query(path, number, name)
            elif current is None:
                if line.strip() and not line.startswith('--'):
                    bad(path, number, 'SQL outside a "-- name:" header')
            elif not current.header(line, number):
                current.lines.append(line)


def folders_of(path):
    """The folder and those in it, which hold the statements of one feature each."""
    yield path
    for name in sorted(os.listdir(path)):
        below = os.path.join(path, name)
        if os.path.isdir(below) and not name.startswith('.'):
            yield from folders_of(below)


def sql_files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder in folders_of(path):
                yield from (os.path.join(folder, f) for f in sorted(os.listdir(folder))
                            if f.endswith('.sql') and not f.startswith('.'))
        else:
            yield path


def read_migrations(directory):
    found, wanted = [], 1
    for path in sql_files([directory]):
        named = MIGRATION.match(os.path.basename(path))
        if not named:
            bad(path, 1, 'a migration is named NNNN_words.sql')
        if int(named.group(1)) != wanted:
            bad(path, 1, f'migration {wanted:04d} was expected here (a gap or a number used twice)')
        wanted += 1
        with open(path, 'rb') as file:
            body = file.read()
        if not clean(path, 1, re.sub(r';', ' ', body.decode('utf-8')))[0]:
            bad(path, 1, 'the migration is empty')
        found.append((int(named.group(1)), os.path.basename(path)[:-4], body))
    return found


def read_schema(directory):
    """The files of functions, policies and grants, in the order that the folder declares."""
    order = os.path.join(directory, 'order')
    with open(order, encoding='utf-8') as file:
        lines = [(number, line.strip()) for number, line in enumerate(file, 1)]
    found = []
    for number, name in lines:
        if not name or name.startswith('#'):
            continue
        path = os.path.join(directory, name)
        if not name.endswith('.sql') or not os.path.isfile(path):
            bad(order, number, f'there is no file "{name}" to apply')
        if name in [known for known, _ in found]:
            bad(order, number, f'{name} is named twice')
        with open(path, encoding='utf-8') as file:
            found.append((name, file.read()))
    for path in sql_files([directory]):
        if os.path.basename(path) not in [known for known, _ in found]:
            bad(path, 1, f'is not named in {order}')
    return found


def c_text(text):
    lines = text.split('\n')
    quoted = []
    for index, line in enumerate(lines):
        line = line.replace('\\', '\\\\').replace('"', '\\"').replace('\t', '\\t')
        line = line.replace('??', '?\\?') + ('\\n' if index + 1 < len(lines) else '')
        quoted.append(f'        "{line}"')
    return '\n'.join(quoted)


def tag(args, query):
    """Of the struct that holds the query's parameters."""
    return f'{args.prefix.lower()}{query.name}'


def struct_text(args, query):
    where = os.path.join(os.path.basename(os.path.dirname(query.path)), os.path.basename(query.path))
    members = [f'    {KINDS[kind]}{name};' for name, (kind, _) in query.params.items()]
    return [f'// {where}:{query.line}', f'struct {tag(args, query)} {{'] + members + ['};']


def header_text(args, queries):
    out = ['// SPDX-License-Identifier: MIT', '// Made by sql/embed.py from the query files.',
           '#pragma once', '', '#include "crypto/keys.h" // struct bytes', '']
    if args.macros:
        for i, q in enumerate(queries):
            out += [f'#define {args.prefix}{q.name} ((enum {args.enum}){i})',
                    f'#define {args.prefix}{q.name.upper()} {args.prefix}{q.name}']
        out += [f'#define {args.prefix}COUNT {len(queries)}']
    else:
        out += [f'enum {args.enum} {{']
        for q in queries:
            out.append(f'    {args.prefix}{q.name},')
            out.append(f'    {args.prefix}{q.name.upper()} = {args.prefix}{q.name},')
        out += [f'    {args.prefix}COUNT', '};']
    if not args.texts:
        out += ['', '// How many parameters each has, for DB_CALL() to compare with what it is given.', 'enum {']
        out += [f'    {args.prefix}{q.name}_params = {q.nparams},' for q in queries] + ['};', '']
        for q in queries:
            out += struct_text(args, q) if q.params else []
    return '\n'.join(out) + '\n'


def params_text(args, query):
    rows = [f'    {{"{name}", offsetof(struct {tag(args, query)}, {name}), DB_KIND_{kind.upper()}}},'
            for name, (kind, _) in query.params.items()]
    return [f'static const struct db_named {query.name}_params[] = {{'] + rows + ['};']


def source_text(args, queries, migrations, schema):
    out = ['// SPDX-License-Identifier: MIT', '// Made by sql/embed.py from the query files.',
           '#include "db/catalogue.h"', '', f'#include "{os.path.basename(args.header)}"', '',
           '#include <stddef.h>', '',
           '#pragma GCC diagnostic ignored "-Woverlength-strings"', '']
    named = [] if args.texts else [q for q in queries if q.params]
    for q in named:
        out += params_text(args, q)
    out += ['static const struct db_query queries[] = {']
    for q in queries:
        mask = ' | '.join(f'1U << DB_{login.upper()}' for login in q.logins)
        params = f'{q.name}_params' if q in named else '0'
        out.append(f'    {{"{q.name}",\n{c_text(q.sql)},\n        {q.nparams}, {params}, {mask}, '
                   f'{"true" if q.copy else "false"}}},')
    out += ['    {0}', '};', '', 'static const struct db_migration migrations[] = {']
    for number, name, body in migrations:
        digest = hashlib.sha256(body).hexdigest()
        out.append(f'    {{{number}, "{name}", "{digest}",\n{c_text(body.decode("utf-8"))}}},')
    out += ['    {0}', '};', '', 'static const struct db_schema_file schema[] = {']
    whole = hashlib.sha256()
    for name, text in schema:
        whole.update(f'{name}\0{text}\0'.encode())
        out.append(f'    {{"{name}",\n{c_text(text)}}},')
    out += ['    {0}', '};', '', f'const struct db_catalogue {args.symbol} = {{',
            f'    queries, {len(queries)}, migrations, {len(migrations)}, schema, {len(schema)},',
            f'    "{whole.hexdigest()}"', '};']
    return '\n'.join(out) + '\n'


def write_if_changed(path, text):
    """An unchanged file keeps its time, so that a change of SQL text rebuilds one object only."""
    try:
        with open(path, encoding='utf-8') as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def write_depfile(args, paths):
    # Directories count as inputs: their time changes when a file comes or goes.
    escaped = ' '.join(path.replace(' ', '\\ ') for path in paths)
    with open(args.depfile, 'w', encoding='utf-8') as file:
        file.write(f'{args.header} {args.source}: {escaped}\n')


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--queries', action='append', default=[], help='a file or a folder')
    parser.add_argument('--migrations', help='a folder')
    parser.add_argument('--schema', help='a folder')
    parser.add_argument('--symbol', required=True, help='name of the struct db_catalogue')
    parser.add_argument('--enum', default='query')
    parser.add_argument('--prefix', default='Q_')
    parser.add_argument('--macros', action='store_true', help='constants instead of an enum')
    parser.add_argument('--texts', action='store_true', help='without structs: the caller numbers parameters')
    parser.add_argument('--header', required=True)
    parser.add_argument('--source', required=True)
    parser.add_argument('--depfile', required=True)
    args = parser.parse_args(argv)
    found = {}
    try:
        files = list(sql_files(args.queries))
        for path in files:
            read_queries(path, found)
        for query in found.values():
            query.finish()
        migrations = read_migrations(args.migrations) if args.migrations else []
        schema = read_schema(args.schema) if args.schema else []
    except (Bad, UnicodeDecodeError, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 1
    folders = [folder for path in args.queries if os.path.isdir(path) for folder in folders_of(path)]
    if args.migrations:
        folders.append(args.migrations)
        files += sql_files([args.migrations])
    if args.schema:
        folders += [args.schema, os.path.join(args.schema, 'order')]
        files += sql_files([args.schema])
    queries = list(found.values())
    write_depfile(args, folders + files)
    write_if_changed(args.header, header_text(args, queries))
    write_if_changed(args.source, source_text(args, queries, migrations, schema))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
