#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A keyring that is missing, damaged, open to others or another database's: the server refuses to
start and says which; `phoenix doctor` says the same."""
import os
import re
import shutil
import sys

from support import Checks, Demo


def configure(demo, folder, keyring):
    """A second configuration for the same database, in a folder of the server's user."""
    with open(demo.json()["config"]) as f:
        text = f.read()
    text = re.sub(r'(?m)^port = .*$', "port = 0", text)
    text = re.sub(r'(?m)^keyring = .*$', f'keyring = "{keyring}"', text)
    path = os.path.join(folder, "other.conf")
    with open(path, "w") as f:
        f.write(text)
    shutil.copy(os.path.join(os.path.dirname(demo.json()["config"]), "programme.conf"), folder)
    return path


def give(path):
    if os.getuid() == 0:
        shutil.chown(path, "postgres", "postgres")


def try_keyring(demo, check, conf, words, expected):
    server = demo.as_user(demo.program("phoenixd"), "--config", conf)
    check(server.returncode != 0, f"{words}: the server refuses to start")
    check(re.search(expected, server.stdout, re.I), f"{words}: it says {server.stdout!r}")
    check("listening" not in server.stdout, f"{words}: nothing listened")
    doctor = demo.as_user(demo.program("phoenix"), "--config", conf, "doctor")
    wrong = "\n".join(line for line in doctor.stdout.splitlines() if line.startswith("WRONG"))
    check(doctor.returncode != 0 and re.search(expected, wrong, re.I),
          f"{words}: the doctor says {doctor.stdout!r}")


def main():
    check = Checks()
    with Demo(sys.argv[1], people=5) as demo:
        folder = os.path.join(demo.folder, "other")
        os.mkdir(folder, 0o755)
        give(folder)
        keyring = os.path.join(folder, "phoenix.keys")
        conf = configure(demo, folder, "phoenix.keys")
        try_keyring(demo, check, conf, "no keyring", re.escape(keyring))
        made = demo.as_user(demo.program("phoenix"), "--config", conf, "key", "new")
        check(made.returncode == 0, f"a new keyring is made: {made.stdout!r}")
        try_keyring(demo, check, conf, "another database's keyring", r"key(ring)?\b.*\b(another|other|not|belong)")
        os.chmod(keyring, 0o644)
        try_keyring(demo, check, conf, "a keyring for all to read", r"chmod 600")
        os.chmod(keyring, 0o600)
        with open(keyring) as f:
            text = f.read()
        with open(keyring, "w") as f:
            f.write(text.replace("index ", "index f", 1)[:-8] + "\n")
        try_keyring(demo, check, conf, "a damaged keyring", r"damaged|incomplete")
        with open(keyring, "w") as f:
            f.write("hello\n")
        try_keyring(demo, check, conf, "something else", r"not a keyring")
        check(demo.is_ready(), "the server with the right keyring is well")
    check.end()


main()
