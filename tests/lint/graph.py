# SPDX-License-Identifier: MIT
"""The graph of the files under lib/ and cmd/: what each includes, and whose functions and data it uses.

A node is a file without its ending, so a .c and its .h are one ("lib/db/error"); a template is a node of
its own ("lib/web/report/reports.html"). The order of modules and of the folders in a module stands in
lib/meson.build, where the build reads it too.
"""
import json
import os
import re
import subprocess

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TEMPLATE = re.compile(r"{%-?\s*(template|call|include)\s+\"?([\w./]+)")
CODE = (".c", ".h", ".def", ".inc")
GLOBAL = "TDBRVWC"  # what nm calls a definition that other files may use


class Order:
    """Modules and their folders, in the order of lib/meson.build."""

    def __init__(self, root):
        with open(os.path.join(root, "lib", "meson.build"), encoding="utf-8") as f:
            text = f.read()
        self.modules = re.findall(r"'(\w+)'", re.search(r"^modules\s*=\s*\[(.*?)\]", text, re.S | re.M).group(1))
        self.folders = {}
        table = re.search(r"^folders\s*=\s*\{(.*?)\n\}", text, re.S | re.M)
        for module, names in re.findall(r"'(\w+)'\s*:\s*\[(.*?)\]", table.group(1) if table else "", re.S):
            self.folders[module] = re.findall(r"'(\w+)'", names)

    def module(self, node):
        """The module of a node; cmd/phoenix and cmd/phoenixd for the programs, which nobody uses."""
        parts = node.split("/")
        return parts[1] if parts[0] == "lib" else "/".join(parts[:2])

    def folder(self, node):
        """The folder within its module, "" for a file at the module's top."""
        parts = node.split("/")
        return parts[2] if parts[0] == "lib" and len(parts) > 3 else ""

    def place(self, node):
        """What sorts nodes from the bottom to the top; a module's own files lie below its folders."""
        module, folder = self.module(node), self.folder(node)
        if module not in self.modules:
            return len(self.modules), 0
        listed = self.folders.get(module, [])
        return self.modules.index(module), listed.index(folder) + 1 if folder in listed else 0


class Edge:
    """One reason why a node needs another: an include, or the use of what the other defines."""

    def __init__(self, kind, source, target, where, name):
        self.kind, self.source, self.target, self.where = kind, source, target, where
        self.why = f"{kind} {name}"


def node_of(path):
    return os.path.splitext(path)[0] if path.endswith(CODE) else path


def sources(root):
    """Every source and template of lib/ and cmd/, by its path from the root."""
    for top in ("lib", "cmd"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith(CODE) or name.endswith(".html"):
                    yield os.path.relpath(os.path.join(folder, name), root)


def includes(root, path):
    """(line, "<" or a quote, name) of each include."""
    with open(os.path.join(root, path), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1), found.group(2)


def find_include(root, path, name):
    """The path of what is included: from lib/, or beside a program's own file; None if it is not there."""
    for at in ("lib/" + name, os.path.join(os.path.dirname(path), name)):
        if os.path.exists(os.path.join(root, at)) and (at.startswith("lib/") or path.startswith("cmd/")):
            return at
    return None


def include_edges(root):
    for path in sources(root):
        if path.endswith(".html"):
            continue
        for number, kind, name in includes(root, path):
            target = find_include(root, path, name) if kind == '"' else None
            if target and node_of(target) != node_of(path):
                yield Edge("includes", node_of(path), node_of(target), f"{path}:{number}", name)


def template_homes(root):
    """Template name to the file that has it."""
    homes = {}
    for path in sources(root):
        if path.endswith(".html"):
            with open(os.path.join(root, path), encoding="utf-8") as f:
                for kind, name in TEMPLATE.findall(f.read()):
                    if kind == "template":
                        homes[name] = path
    return homes


def template_edges(root, homes, owners):
    """What a template calls and includes, and the functions that its expressions name."""
    for path in sources(root):
        if not path.endswith(".html"):
            continue
        with open(os.path.join(root, path), encoding="utf-8") as f:
            lines = f.read().splitlines()
        for number, line in enumerate(lines, 1):
            where = f"{path}:{number}"
            for kind, name in TEMPLATE.findall(line):
                if kind == "call" and homes.get(name, path) != path:
                    yield Edge("uses", path, homes[name], where, name)
                elif kind == "include" and find_include(root, path, name):
                    yield Edge("includes", path, node_of("lib/" + name), where, name)
            for directive in re.findall(r"{[%{].*?[%}]}", line):
                for name in set(re.findall(r"\b(\w+)\s*\(", directive)):
                    if name in owners:
                        yield Edge("uses", path, owners[name], where, name)


def object_symbols(path):
    """(defined, used) of one object file."""
    out = subprocess.run(["nm", "-gP", path], capture_output=True, check=True, text=True).stdout
    defined, used = set(), set()
    for line in out.splitlines():
        name, kind = line.split()[:2]
        if kind in GLOBAL:
            defined.add(name)
        elif kind.upper() in "UVW":
            used.add(name)
    return defined, used


def objects(root, build):
    """(source, object) for everything under lib/ and cmd/ that the build knows."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        for entry in json.load(f):
            source = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
            source = os.path.relpath(source, os.path.realpath(root))
            if source.startswith(("lib/", "cmd/")):
                yield source, os.path.join(entry["directory"], entry["output"])


def symbol_edges(root, build, homes):
    """(edges, the node that defines each symbol): what headers shared by several files hide."""
    owners, uses = {}, {}
    for source, path in objects(root, build):
        if node_of(source) in uses:
            continue
        defined, uses[node_of(source)] = object_symbols(path)
        for name in defined - {"main"}:
            owners[name] = node_of(source)
    for name, path in homes.items():
        owners["tpl_" + name] = path
    edges = []
    for node, names in uses.items():
        for name in sorted(names):
            if owners.get(name, node) != node:
                edges.append(Edge("uses", node, owners[name], node + ".c", name))
    return edges, owners


def read(root, build=None):
    """Every edge, one for each reason; without a build only what includes show."""
    homes = template_homes(root)
    edges, owners = symbol_edges(root, build, homes) if build else ([], {})
    return [*include_edges(root), *template_edges(root, homes, owners), *edges]


def neighbours(edges, kind):
    following = {}
    for edge in edges:
        if edge.kind == kind:
            following.setdefault(edge.source, {}).setdefault(edge.target, edge)
    return following


def in_circle(edges, kind, node):
    return shortest_way_back(neighbours(edges, kind), node) is not None


def circles(edges):
    """Circles as lists of edges, shortest first; one for each knot of files that reach each other.

    Includes and uses are two graphs: a file of functions may include the header that declares them, and
    another file's too, without using what that other file defines.
    """
    found = []
    for kind in ("includes", "uses"):
        following, seen = neighbours(edges, kind), set()
        for start in sorted(following):
            way = shortest_way_back(following, start) if start not in seen else None
            if way:
                seen.update(edge.source for edge in way)
                found.append(way)
    return sorted(found, key=len)


def shortest_way_back(following, start):
    came, queue = {}, [start]
    for node in queue:
        for target, edge in following.get(node, {}).items():
            if target == start:
                way = [edge]
                while way[0].source != start:
                    way.insert(0, came[way[0].source])
                return way
            if target not in came:
                came[target] = edge
                queue.append(target)
    return None
