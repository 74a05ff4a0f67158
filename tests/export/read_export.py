#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads an export as an evaluator would, with nothing but the standard library: every file against
manifest.json, every cell against the type that datapackage.json states, every key. Prints one line per
table; ends non-zero with the first fault. Usage: read_export.py ZIP [FOLDER to unpack into]"""
import csv
import datetime
import hashlib
import io
import json
import re
import sys
import zipfile

ORDER = ['participants.csv', 'contacts.csv', 'referrals.csv', 'escalations.csv',
         'escalation_actions.csv', 'status_history.csv', 'codebook.csv', 'codebook.html',
         'datapackage.json', 'README.txt', 'manifest.json']


def fault(words):
    sys.exit(f'fault: {words}')


def check(ok, words):
    if not ok:
        fault(words)


def typed(kind, text):
    if kind == 'integer':
        return int(text)
    if kind == 'boolean':
        check(text in ('true', 'false'), f'boolean {text!r}')
        return text == 'true'
    if kind == 'date':
        return datetime.date.fromisoformat(text)
    if kind == 'datetime':
        return datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ')
    check(kind == 'string', f'type {kind!r}')
    check(not re.search(r'[\x00-\x1f\x7f]', text), f'control character in {text!r}')
    check(not text or text[0] not in '=+-@', f'formula {text!r}')
    return text


def read_table(resource, raw):
    check(raw.startswith(b'\xef\xbb\xbf'), 'no byte order mark')
    check(raw.endswith(b'\r\n') and raw.count(b'\n') == raw.count(b'\r\n'), 'line ends')
    check(len(raw) == resource['bytes'], 'bytes')
    check(resource['hash'] == 'sha256:' + hashlib.sha256(raw).hexdigest(), 'hash')
    rows = list(csv.reader(io.StringIO(raw.decode('utf-8-sig'), newline='')))
    fields = resource['schema']['fields']
    check(rows[0] == [f['name'] for f in fields], f'heading of {resource["name"]}')
    table = []
    for row in rows[1:]:
        check(len(row) == len(fields), f'cells of {resource["name"]}')
        record = {}
        for field, text in zip(fields, row):
            name = f'{resource["name"]}.{field["name"]}'
            if text == '':
                check(not field['constraints']['required'], f'{name} is empty')
                record[field['name']] = None
                continue
            try:
                value = typed(field['type'], text)
            except ValueError:
                fault(f'{name}: {text!r} is no {field["type"]}')
            pattern = field['constraints'].get('pattern')
            check(not pattern or re.fullmatch(pattern, text), f'{name}: {text!r}')
            if 'categories' in field:
                codes = [c['value'] for c in field['categories']]
                check(value in codes or value == 'note', f'{name}: {text!r} is no code')
            record[field['name']] = value
        table.append(record)
    return table


def check_keys(resources, tables):
    for r in resources:
        rows, schema = tables[r['name']], r['schema']
        key = schema.get('primaryKey')
        if key:
            seen = [tuple(row[k] for k in key) for row in rows]
            check(len(set(seen)) == len(seen), f'key of {r["name"]} is not unique')
            check(seen == sorted(seen), f'{r["name"]} is not in order')
        for foreign in schema.get('foreignKeys', []):
            to = foreign['reference']
            known = {tuple(x[f] for f in to['fields']) for x in tables[to['resource']]}
            for row in rows:
                check(tuple(row[f] for f in foreign['fields']) in known, f'{r["name"]} refers to nothing')


def main():
    z = zipfile.ZipFile(sys.argv[1])
    check(z.testzip() is None, 'the zip is damaged')
    check(z.namelist() == ORDER, f'files: {z.namelist()}')
    check({i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}, 'dates of the entries')
    if len(sys.argv) > 2:
        z.extractall(sys.argv[2])
    files = {name: z.read(name) for name in ORDER}
    manifest = json.loads(files['manifest.json'])
    check([f['path'] for f in manifest['files']] == ORDER[:-1], 'files of the manifest')
    for f in manifest['files']:
        check(f['sha256'] == hashlib.sha256(files[f['path']]).hexdigest(), f'sha256 of {f["path"]}')
        check(f['bytes'] == len(files[f['path']]), f'bytes of {f["path"]}')
    package = json.loads(files['datapackage.json'])
    tables = {}
    for r in package['resources']:
        tables[r['name']] = read_table(r, files[r['path']])
        listed = next(f for f in manifest['files'] if f['path'] == r['path'])
        check(listed['rows'] == len(tables[r['name']]), f'rows of {r["name"]}')
        print(r['name'], len(tables[r['name']]))
    check_keys(package['resources'], tables)
    counts = {}
    for row in tables['contacts']:
        counts[row['study_id']] = counts.get(row['study_id'], 0) + 1
    for row in tables['participants']:
        check(row['contacts'] == counts.get(row['study_id'], 0), f'contacts of {row["study_id"]}')
    book = {(r['file'], r['variable'], r['type'], r['required'])
            for r in csv.DictReader(io.StringIO(files['codebook.csv'].decode('utf-8-sig'), newline=''))}
    check(book == {(r['path'], f['name'], f['type'], str(f['constraints']['required']).lower())
                   for r in package['resources'] for f in r['schema']['fields']},
          'the codebook and the datapackage differ')


main()
