#!/bin/sh
# SPDX-License-Identifier: MIT
# A private PostgreSQL cluster in one short directory: Unix socket only, reachable by its owner
# (and root) alone, gone without a trace when removed. For tests, the demonstration and checks.
#
#   cluster.sh start DIR [--data DIR] [--port N] [--user USER] [--durable] [--set NAME=VALUE]...
#                        [--from FOLDER]     with the data, and the DIR/files, that "save" kept there
#   cluster.sh save DIR FOLDER               stops it and keeps a copy of both in FOLDER, all or nothing
#   cluster.sh stop DIR [fast|immediate]     the data stay
#   cluster.sh kill DIR                      SIGKILL to the postmaster, as a crash test
#   cluster.sh remove DIR                    stops at once and deletes DIR
#   cluster.sh guard DIR                     waits for the end of standard input, then removes DIR
#   cluster.sh status DIR                    success when it runs
#   cluster.sh conninfo DIR DATABASE         prints the connection string
#
# DIR is absolute and holds the socket, the log and, without --data, the data. What start was told
# is kept in DIR/options, so that the other commands need DIR only; start of a stopped cluster
# reuses its data. --durable keeps fsync on: without it a power cut may lose everything (a killed server
# loses nothing), which is what a test wants. Root cannot run PostgreSQL: as root it runs as USER, or else
# as postgres, or else as nobody.
#
# PHOENIX_TEST_PREPARED=FOLDER (packaging/check makes one and removes it) holds what many starts have in common:
# a new cluster is then a copy of one that initdb made there once.
set -eu

fail() {
    echo "cluster.sh: $*" >&2
    exit 1
}

find_bin() {
    for bin in "${PG_BINDIR:-}" "$(pg_config --bindir 2>/dev/null || true)" \
               $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -nr) \
               "$(dirname "$(command -v postgres 2>/dev/null || echo /none/postgres)")"; do
        if [ -n "$bin" ] && [ -x "$bin/initdb" ]; then
            echo "$bin"
            return
        fi
    done
    fail "PostgreSQL's programs were not found: install postgresql, or set PG_BINDIR"
}

default_user() {
    if [ "$(id -u)" != 0 ]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

# Runs a program as the cluster's user, from a directory that user can stand in.
as_user() {
    if [ "$(id -u)" = 0 ] && [ "$user" != root ]; then
        (cd / && runuser -u "$user" -- "$@")
    else
        (cd / && "$@")
    fi
}

read_options() {
    [ -f "$dir/options" ] || fail "there is no cluster in $dir"
    data=$(sed -n 's/^data=//p' "$dir/options")
    port=$(sed -n 's/^port=//p' "$dir/options")
    user=$(sed -n 's/^user=//p' "$dir/options")
}

parse_start() {
    data=$dir/data port=5432 user=$(default_user) durable=no settings='' from=''
    if [ -f "$dir/options" ]; then
        read_options
    fi
    while [ $# -gt 0 ]; do
        case $1 in
            --data) data=$2; shift 2 ;;
            --port) port=$2; shift 2 ;;
            --user) user=$2; shift 2 ;;
            --durable) durable=yes; shift ;;
            --from) from=$2; shift 2 ;;
            --set) settings="$settings
$(echo "$2" | sed "s/=/ = '/; s/\$/'/")"; shift 2 ;;
            *) fail "unknown option $1" ;;
        esac
    done
}

write_settings() {
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$dir'"
        echo "unix_socket_permissions = 0700"
        echo "port = $port"
        echo "log_timezone = 'UTC'"
        if [ "$durable" = no ]; then
            echo "fsync = off"
            echo "full_page_writes = off"
            echo "autovacuum = off"
            echo "shared_buffers = 32MB"
            echo "max_connections = 60"
        fi
        echo "$settings"
    } > "$data/cluster.conf.new"
    chown "$user" "$data/cluster.conf.new"
    mv "$data/cluster.conf.new" "$data/cluster.conf"
}

initialise() {
    mkdir -p "$data"
    chmod 0700 "$data"
    chown "$user" "$data"
    as_user "$bin/initdb" -D "$data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 \
        --no-instructions $([ "$durable" = yes ] || echo --no-sync) > "$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
    echo "include 'cluster.conf'" >> "$data/postgresql.conf"
}

# As they are, owners too; whoever reads the copy finds it whole.
copy_whole() { # FROM TO
    rm -rf "$2.new"
    cp -a --reflink=auto "$1" "$2.new"
    mv "$2.new" "$2"
}

# From the disk's point of view as good as initdb's own: with fsync every file is written out.
copy_data() { # FROM
    mkdir -p "$(dirname "$data")"
    copy_whole "$1" "$data"
    [ "$durable" = no ] || find "$data" -exec sync {} +
}

make_data() {
    if [ -n "$from" ]; then
        copy_data "$from/data"
        [ ! -d "$from/files" ] || copy_whole "$from/files" "$dir/files"
    elif [ -n "${PHOENIX_TEST_PREPARED:-}" ]; then
        kept=$PHOENIX_TEST_PREPARED/initdb-$user
        (
            flock 8
            [ -d "$kept" ] || { initialise; copy_whole "$data" "$kept"; rm -rf "$data"; }
        ) 8> "$kept.lock"
        copy_data "$kept"
    else
        initialise
    fi
}

save() { # FOLDER
    stop fast
    mkdir "$1.part"
    cp -a --reflink=auto "$data" "$1.part/data"
    [ ! -d "$dir/files" ] || cp -a --reflink=auto "$dir/files" "$1.part/files"
    mv "$1.part" "$1"
}

start() {
    parse_start "$@"
    [ ${#dir} -le 80 ] || fail "the path is too long for a Unix socket: $dir"
    mkdir -p "$dir"
    chmod 0700 "$dir"
    chown "$user" "$dir"
    printf 'data=%s\nport=%s\nuser=%s\n' "$data" "$port" "$user" > "$dir/options"
    [ -f "$data/PG_VERSION" ] || make_data
    if [ ! -f "$data/cluster.conf" ] || [ $# -gt 0 ]; then
        write_settings
    fi
    # After a SIGKILL the old backends need a moment to notice: until then a start is refused.
    tries=0
    until as_user "$bin/pg_ctl" -D "$data" -l "$dir/log" -w -t 60 start \
              < /dev/null > "$dir/start.log" 2>&1; do
        if "$bin/pg_isready" -q -h "$dir" -p "$port"; then
            break
        fi
        tries=$((tries + 1))
        if [ $tries -ge 25 ]; then
            cat "$dir/start.log" >&2
            tail -n 20 "$dir/log" >&2
            fail "PostgreSQL did not start"
        fi
        sleep 0.2
    done
}

running() {
    as_user "$bin/pg_ctl" -D "$data" status > /dev/null 2>&1
}

stop() {
    if running; then
        as_user "$bin/pg_ctl" -D "$data" -m "${1:-fast}" -w -t 60 stop > /dev/null
    fi
}

kill_hard() {
    postmaster=$(head -n 1 "$data/postmaster.pid")
    children=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$postmaster" '
        { n = split($0, part, ") "); split(part[n], word, " "); if (word[2] == parent) print $1 }')
    kill -KILL "$postmaster"
    tries=0
    for pid in $postmaster $children; do
        while kill -0 "$pid" 2>/dev/null && [ $tries -lt 60 ]; do
            sleep 0.05
            tries=$((tries + 1))
        done
    done
    # Where init is slow to bury its dead, PostgreSQL would take the corpse for a living postmaster.
    if grep -q '^State:.Z' "/proc/$postmaster/status" 2>/dev/null; then
        rm -f "$data/postmaster.pid"
    fi
}

remove() {
    [ -f "$dir/options" ] || return 0
    read_options
    if [ -f "$data/PG_VERSION" ]; then
        stop immediate || true
    fi
    case $data in
        "$dir"/*) ;;
        *) rm -rf "$data" ;;
    esac
    rm -rf "$dir"
}

[ $# -ge 2 ] || fail "usage: cluster.sh start|save|stop|kill|remove|guard|status|conninfo DIR ..."
command=$1
dir=$2
shift 2
case $dir in
    /*) ;;
    *) fail "the directory must be absolute: $dir" ;;
esac
bin=$(find_bin)
case $command in
    start) start "$@" ;;
    stop) read_options; stop "$@" ;;
    kill) read_options; kill_hard ;;
    remove) remove ;;
    guard)
        trap '' HUP INT TERM
        cat > /dev/null || true
        remove
        ;;
    status) read_options; running ;;
    save) read_options; save "$1" ;;
    conninfo) read_options; echo "host=$dir port=$port dbname=$1" ;;
    *) fail "unknown command $command" ;;
esac
