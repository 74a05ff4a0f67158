#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the shape of the tree: order.py ROOT [BUILD]
          or draws it:           order.py ROOT [BUILD] --text | --dot

Refuses an include, or a use of a function or of data (from the objects in BUILD), that runs against the
order of modules and folders in lib/meson.build; a circle among files; a third-party header outside its
one module; anything new at the top of the tree. Prints each fault as FILE:LINE: words and ends 1 if
there is any. order.py --self-test shows that each kind of fault is found.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import graph  # noqa: E402

# The one module that may include each third-party header (cmd/ may include none but systemd's).
OWNERS = {
    "sodium.h": "crypto", "libpq-fe.h": "db", "microhttpd.h": "http", "confuse.h": "config",
    "jansson.h": "api", "zip.h": "export",
}
TOP = {"cmd", "lib", "sql", "config", "tests", "packaging", "meson.build", "meson_options.txt",
       "LICENSE", "README.md", "CHANGELOG.md"}
# Beyond the order. HTTP knows nothing of the programme's records; pages and JSON do not know each other;
# what makes up people is for the command and the tests, never for the server.
APART = {
    "http": {"record", "search", "domain", "import", "export", "sample"},
    "web": {"sample"}, "api": {"sample", "web"}, "app": {"sample"},
    "cmd/phoenixd": {"sample", "cmd/phoenix"}, "cmd/phoenix": {"cmd/phoenixd"},
}
# Files in circles that stood when this was first checked, still to be taken apart. Strike out what is gone.
KNOWN = {
    "includes": "access/access access/private crypto/internal crypto/keys "
                "import/import import/row sample/plan sample/sample search/base search/search "
                "web/ui/components web/ui/components_moj",
    "uses": "access/access access/person db/connection db/pipeline export/contacts export/rows export/write "
            "import/import import/judge import/known "
            "sample/cases sample/load sample/person web/person/details web/person/details.html "
            "web/ui/form_hidden.html web/ui/view",
}
KNOWN_UP = ("api_export_file", "api_me", "api_session_create")


def check_edge(order, edge):
    """The fault of an edge, or None."""
    own, other = order.module(edge.source), order.module(edge.target)
    if other in APART.get(own, ()):
        return f"{own} and {other} are kept apart: {edge.why}"
    if edge.why.split()[1] in KNOWN_UP:
        return None
    if order.place(edge.target)[0] > order.place(edge.source)[0]:
        return f"{own} is below {other}, yet {edge.why}"
    if own == other and order.place(edge.target) > order.place(edge.source):
        return (f"{own}/{order.folder(edge.source) or '*'} is below {own}/{order.folder(edge.target)}, "
                f"yet {edge.why}")
    return None


def check_names(root, path, order, faults):
    """Third-party headers in their module; our own named from lib/."""
    own = order.module(path)
    for number, kind, name in graph.includes(root, path):
        where = f"{path}:{number}"
        if kind == "<":
            owner = OWNERS.get(name)
            if owner and owner != own:
                faults.append(f"{where}: <{name}> belongs to lib/{owner} alone")
        elif own.startswith("cmd/") and "/" not in name and graph.find_include(root, path, name):
            continue  # a program's own header
        elif "/" not in name or name.split("/")[0] not in order.modules:
            faults.append(f'{where}: "{name}" is not named from lib/, as "module/file.h"')


def check_folders(root, order, faults):
    """The lists of lib/meson.build and the folders are the same."""
    for module in sorted(folders_in(root, "lib") - set(order.modules)):
        faults.append(f"lib/{module}: not a module of lib/meson.build")
    for module, listed in order.folders.items():
        there = folders_in(root, f"lib/{module}", ".c", ".h")
        for folder in sorted(there - set(listed)):
            faults.append(f"lib/{module}/{folder}: not a folder of lib/meson.build's order")
        for folder in sorted(set(listed) - there):
            faults.append(f"lib/meson.build: there is no lib/{module}/{folder}")
    for module in order.modules:
        if module not in order.folders:
            for folder in sorted(folders_in(root, f"lib/{module}", ".c", ".h")):
                faults.append(f"lib/{module}/{folder}: not a folder of lib/meson.build's order")


def folders_in(root, path, *endings):
    """The folders at PATH; with endings, those that have such a file somewhere."""
    found = set()
    at = os.path.join(root, path)
    for name in os.listdir(at) if os.path.isdir(at) else []:
        if os.path.isdir(os.path.join(at, name)):
            inside = [f for _, _, names in os.walk(os.path.join(at, name)) for f in names]
            if not endings or any(f.endswith(endings) for f in inside):
                found.add(name)
    return found


def top_level(root):
    try:
        out = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"],
                             capture_output=True, check=True)
        return {name.split("/")[0] for name in out.stdout.decode().split("\0") if name}
    except (OSError, subprocess.CalledProcessError):  # a source package has no .git
        return {name for name in os.listdir(root) if not name.startswith("build")}


def check(root, build=None):
    order = graph.Order(root)
    faults = []
    check_folders(root, order, faults)
    for path in graph.sources(root):
        if not path.endswith(".html"):
            check_names(root, path, order, faults)
    edges = graph.read(root, build)
    for edge in edges:
        fault = check_edge(order, edge)
        if fault:
            faults.append(f"{edge.where}: {fault}")
    for kind, names in KNOWN.items():
        nodes = {"lib/" + name for name in names.split()}
        for node in sorted(nodes & {edge.source for edge in edges}):
            if not graph.in_circle(edges, kind, node):
                faults.append(f"{node}: in no circle of {kind} any more: strike it out of KNOWN in tests/lint/order.py")
    for way in graph.circles(edges):
        if all(edge.source[4:] in KNOWN[edge.kind].split() for edge in way):
            continue
        steps = "; ".join(f"{edge.where} {edge.why}" for edge in way)
        faults.append(f"{way[0].source}: a circle of {len(way)} files: {steps}")
    for name in sorted(top_level(root)):
        if name not in TOP and not name.startswith("."):
            faults.append(f"{name}: does not belong at the top of the tree")
    return faults


# --- drawing --------------------------------------------------------------------------------------


def rooms(order, edges):
    """Module or module/folder to those it uses, bottom first."""
    uses = {}
    for edge in edges:
        ends = []
        for node in (edge.source, edge.target):
            folder = order.folder(node)
            ends.append(order.module(node) + (f"/{folder}" if folder else ""))
        uses.setdefault(ends[1], set())
        uses.setdefault(ends[0], set()).update({ends[1]} - {ends[0]})

    def place(room):
        return order.place(("lib/" if not room.startswith("cmd/") else "") + room + "/x"), room
    return [(room, sorted(uses[room], key=place)) for room in sorted(uses, key=place)]


def draw(root, build, form):
    order = graph.Order(root)
    listed = rooms(order, graph.read(root, build))
    if form == "--text":
        for room, used in listed:
            print(f"{room:20} {' '.join(used)}".rstrip())
        return
    print("digraph phoenix {\n  rankdir=BT; node [shape=box];")
    for room, used in listed:
        print(f'  "{room}";' + "".join(f'\n  "{room}" -> "{other}";' for other in used))
    print("}")


# --- self-test ------------------------------------------------------------------------------------

MESON = """modules = ['base', 'config', 'crypto', 'db', 'access', 'domain', 'sample', 'http', 'web',
           'api', 'app']
folders = {
  'domain': ['person', 'contact'],
}
"""
CASES = [  # files, a piece of the fault expected or None
    ({"lib/base/a.c": '#include "base/a.h"\n#include <stdio.h>\n'}, None),
    ({"lib/db/a.c": '#include "base/a.h"\n#include <libpq-fe.h>\n'}, None),
    ({"lib/base/a.c": '#include "db/a.h"\n', "lib/db/a.h": ""}, "base is below db"),
    ({"lib/db/a.c": '  #  include "http/a.h"\n', "lib/http/a.h": ""}, "db is below http"),
    ({"lib/http/a.c": '#include "domain/person/a.h"\n', "lib/domain/person/a.h": ""}, "kept apart"),
    ({"lib/api/a.c": '#include "web/a.h"\n', "lib/web/a.h": ""}, "kept apart"),
    ({"lib/app/a.c": '#include "sample/a.h"\n', "lib/sample/a.h": ""}, "kept apart"),
    ({"cmd/phoenix/a.c": '#include "sample/a.h"\n', "lib/sample/a.h": ""}, None),
    ({"cmd/phoenixd/a.c": '#include "sample/a.h"\n', "lib/sample/a.h": ""}, "kept apart"),
    ({"lib/domain/person/a.c": "#include <sodium.h>\n"}, "belongs to lib/crypto"),
    ({"cmd/phoenix/a.c": "#include <libpq-fe.h>\n"}, "belongs to lib/db"),
    ({"cmd/phoenix/a.c": '#include "app/a.h"\n'}, None),
    ({"cmd/phoenix/a.c": '#include "missing.h"\n'}, "not named from lib/"),
    ({"lib/base/a.c": '#include "a.h"\n'}, "not named from lib/"),
    ({"lib/extra/a.c": "\n"}, "not a module"),
    ({"lib/domain/other/a.c": "\n"}, "not a folder"),
    ({"lib/base/other/a.c": "\n"}, "not a folder"),
    ({"notes.txt": "\n"}, "top of the tree"),
    ({"lib/domain/contact/a.c": '#include "domain/person/a.h"\n', "lib/domain/person/a.h": ""}, None),
    ({"lib/domain/person/a.c": '#include "domain/contact/a.h"\n', "lib/domain/contact/a.h": ""},
     "domain/person is below domain/contact"),
    ({"lib/base/a.h": '#include "base/b.h"\n', "lib/base/b.h": '#include "base/c.h"\n',
      "lib/base/c.h": "", "lib/base/c.c": '#include "base/a.h"\n'}, "a circle of 3 files"),
    ({"lib/web/a.html": "{% template one(void) %}{% call two() %}",
      "lib/web/b.html": "{% template two(void) %}{% call one() %}"}, "a circle of 2 files"),
    # Two files that declare their functions in one header, and each call the other's.
    ({"lib/base/all.h": "void one(void);\nvoid two(void);\n",
      "lib/base/a.c": '#include "base/all.h"\nvoid one(void) { two(); }\n',
      "lib/base/b.c": '#include "base/all.h"\nvoid two(void) { one(); }\n'}, "a circle of 2 files"),
    ({"lib/base/all.h": "void one(void);\nvoid two(void);\n",
      "lib/base/a.c": '#include "base/all.h"\nvoid one(void) { two(); }\n',
      "lib/base/b.c": '#include "base/all.h"\nvoid two(void) { }\n'}, None),
    # A declaration of one's own instead of an include.
    ({"lib/base/a.c": "void two(void);\nvoid one(void);\nvoid one(void) { two(); }\n",
      "lib/db/b.c": "void two(void);\nvoid two(void) { }\n"}, "base is below db"),
    ({"lib/domain/person/a.c": "extern const int two; int one(void);\nint one(void) { return two; }\n",
      "lib/domain/contact/b.c": "extern const int two;\nconst int two = 2;\n"},
     "domain/person is below domain/contact"),
    ({"lib/web/a.html": "{% template one(void) %}", "lib/web/view.h": "void two(void); void tpl_one(void);\n",
      "lib/web/view.c": '#include "web/view.h"\nvoid two(void) { tpl_one(); }\n',
      "lib/web/b.html": "{% template three(void) %}{{ two() }}"}, None),
    ({"lib/web/a.html": "{% template one(void) %}{{ two() }}",
      "lib/web/view.h": "int two(void); void tpl_one(void);\n",
      "lib/web/view.c": '#include "web/view.h"\nint two(void) { tpl_one(); return 2; }\n'}, "a circle of 2 files"),
]


def plant(root, build, files):
    """Writes the files of a case and compiles those that have functions: whether there were any."""
    sources = {"lib/meson.build": MESON, "lib/domain/person/x.h": "", "lib/domain/contact/x.h": "", **files}
    for name, text in sources.items():
        os.makedirs(os.path.dirname(os.path.join(root, name)) or root, exist_ok=True)
        with open(os.path.join(root, name), "w", encoding="utf-8") as f:
            f.write(text)
    commands = []
    for name in files:
        if name.endswith(".c") and ";" in files[name]:
            made = os.path.join(build, name.replace("/", "_") + ".o")
            subprocess.run(["cc", "-Ilib", "-c", name, "-o", made], cwd=root, check=True)
            commands.append({"directory": root, "file": name, "output": made})
    with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as f:
        json.dump(commands, f)
    return bool(commands)


def self_test():
    failed = 0
    for files, want in CASES:
        with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as build:
            compiled = plant(root, build, files)
            faults = check(root, build if compiled else None)
            if bool(faults) != bool(want) or (want and not any(want in fault for fault in faults)):
                failed += 1
                print(f"self-test: {files}: wanted {want}, got {faults}")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return failed


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    if options == ["--self-test"]:
        return 1 if self_test() else 0
    if len(options) > 1 or not 1 <= len(words) <= 2 or not set(options) <= {"--text", "--dot"}:
        print(__doc__.strip())
        return 2
    build = words[1] if len(words) == 2 else None
    if options:
        draw(words[0], build, options[0])
        return 0
    faults = check(words[0], build)
    print("\n".join(faults) if faults else "order: every file keeps to its place, and there is no circle")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
