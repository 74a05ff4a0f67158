#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the table of embedded assets: our own files, and GOV.UK and MoJ Frontend's compiled ones
without the typeface, crown and crest that only GOV.UK may use."""
import argparse
import gzip
import hashlib
import json
import os
import re
import sys

TYPES = {'.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
         '.svg': 'image/svg+xml'}
UNUSED = re.compile(r'\.(govuk-(accordion|cookie-banner|exit-this-page|feedback|header|language-navigation|'
                    r'logo|footer__(crown|copyright|licence))|moj-(add-another|cookie-banner|currency-input|'
                    r'date-?picker|header|interruption-card|messages?|multi-file-upload|multi-select|'
                    r'organisation|password-reveal|pds|primary-navigation|rich-text-editor|'
                    r'side-navigation|task-list|ticket-panel))')
GOVUK = 'govuk-frontend/dist/govuk/'
MOJ = '@ministryofjustice/frontend/moj/'


def read(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as f:
        return f.read()


def strip_css(css):
    css = re.sub(r'@font-face\{[^}]*\}', '', css)
    css = css.replace('GDS Transport,arial', 'arial')
    css = re.sub(r'/\*# sourceMappingURL.*?\*/', '', css)
    # The crest over the copyright line: drop each declaration that shows it.
    css = re.sub(r'(?<=[;{])[a-z-]+:[^;{}]*url\([^)]*(?:crest|crown)[^)]*\)[^;}]*;?', '', css)
    return prune(css.strip())


def split_selectors(prelude):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(prelude):
        depth += (c in '([') - (c in ')]')
        if c == ',' and not depth:
            parts.append(prelude[start:i])
            start = i + 1
    return parts + [prelude[start:]]


def prune(css):
    """Drops the rules of components that no page has."""
    out, i = [], 0
    while i < len(css):
        brace, semicolon = css.find('{', i), css.find(';', i)
        if brace < 0 or 0 <= semicolon < brace:
            end = len(css) if brace < 0 else semicolon + 1
            out.append(css[i:end])
            i = end
            continue
        depth, end = 1, brace + 1
        while depth:
            depth += (css[end] == '{') - (css[end] == '}')
            end += 1
        prelude, body = css[i:brace].strip(), css[brace + 1:end - 1]
        if prelude.startswith(('@media', '@supports')):
            body = prune(body)
            keep = bool(body)
        else:
            prelude = ','.join(x for x in split_selectors(prelude) if not UNUSED.search(x))
            keep = bool(prelude)
        if keep:
            out.append(f'{prelude}{{{body}}}')
        i = end
    return ''.join(out)


def strip_js(js):
    return re.sub(r'//# sourceMappingURL=\S*', '', js).strip() + '\n'


class Assets:
    def __init__(self):
        self.rows = []
        self.paths = {}

    def add(self, name, text):
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        stem, ext = os.path.splitext(name)
        file = f'{stem}-{digest[:12]}{ext}'
        self.rows.append((name, file, TYPES[ext], digest[:32], data))
        self.paths[name] = '/assets/' + file

    def name_paths(self, text):
        """Replaces asset("NAME") by the address."""
        return re.sub(r'asset\("([^"]+)"\)', lambda m: self.paths[m.group(1)], text)


def notice(modules):
    """The MIT licence asks that the notice go with the copies."""
    lines = []
    for package, owner in [('govuk-frontend', 'Crown Copyright (Government Digital Service)'),
                           ('@ministryofjustice/frontend', 'Crown Copyright (Ministry of Justice)')]:
        version = json.loads(read(modules, package, 'package.json'))['version']
        lines.append(f'/*! {package} {version}, MIT licence, (c) {owner}; parts left out */\n')
    return lines


def collect(own, modules):
    a = Assets()
    govuk, moj = notice(modules)
    a.add('favicon.svg', read(own, 'favicon.svg'))
    css = govuk + strip_css(read(modules, GOVUK, 'govuk-frontend.min.css')) + '\n' + \
        moj + strip_css(read(modules, MOJ, 'moj-frontend.min.css')) + '\n'
    for image in sorted(set(re.findall(r'url\(/assets/images/([\w-]+\.svg)\)', css))):
        a.add(image, read(modules, MOJ, 'assets/images', image))
        css = css.replace(f'url(/assets/images/{image})', f'url({a.paths[image]})')
    css += read(own, 'app.css')
    left = re.findall(r'url\((?!/assets/[\w-]+-[0-9a-f]{12}\.svg\))[^)]*\)|@import|GDS Transport', css)
    if left:
        sys.exit(f'app.css: unexpected {left[0]}')
    a.add('app.css', css)
    a.add('govuk-frontend.js', govuk + strip_js(read(modules, GOVUK, 'govuk-frontend.min.js')))
    a.add('moj-frontend.js', moj + strip_js(read(modules, MOJ, 'moj-frontend.min.js')))
    a.add('supported.js', read(own, 'supported.js'))
    a.add('app.js', a.name_paths(read(own, 'app.js')))
    return a.rows


def c_bytes(name, data):
    lines = [f'static const unsigned char {name}[] = {{']
    for i in range(0, len(data), 64):
        lines.append(','.join(str(b) for b in data[i:i + 64]) + ',')
    return '\n'.join(lines + ['};', ''])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--own', required=True)
    p.add_argument('--modules', required=True)
    p.add_argument('--out', required=True)
    args = p.parse_args()
    rows = collect(args.own, args.modules)
    parts = ['// Made by assets/assets.py.', '#include "web/ui/assets.h"', '']
    table = ['const struct asset assets_all[] = {']
    for i, (name, file, media, etag, data) in enumerate(rows):
        packed = gzip.compress(data, 9, mtime=0)
        parts.append(c_bytes(f'raw_{i}', data))
        zipped = 'NULL, 0'
        if len(packed) < len(data):
            parts.append(c_bytes(f'zip_{i}', packed))
            zipped = f'zip_{i}, sizeof zip_{i}'
        table.append(f'    {{"{name}", "{file}", "/assets/{file}", "{media}", "\\"{etag}\\"",\n'
                     f'     raw_{i}, sizeof raw_{i}, {zipped}}},')
    table += ['};', 'const size_t assets_count = sizeof assets_all / sizeof assets_all[0];', '']
    with open(args.out, 'w', encoding='utf-8') as f:
        f.write('\n'.join(parts + table))


if __name__ == '__main__':
    main()
