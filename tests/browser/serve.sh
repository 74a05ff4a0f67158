#!/bin/sh
# SPDX-License-Identifier: MIT
# A server with made-up people for the browser journeys: a private PostgreSQL on a Unix socket, a free
# port on the loopback. Prints "ready URL" and runs until its standard input ends; then nothing is left.
#
#   serve.sh PHOENIX PHOENIXD PROGRAMME DIR [PEOPLE]     DIR is short and does not exist yet;
#                                                        the accounts are in DIR/accounts.json
set -eu
phoenix=$1 phoenixd=$2 programme=$3 dir=$4 people=${5:-120}
here=$(cd "$(dirname "$0")" && pwd)
cluster=$here/../support/cluster.sh
server=

finish() {
    trap - EXIT
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || :
        wait "$server" 2>/dev/null || :
    fi
    "$cluster" remove "$dir/pg" > /dev/null 2>&1 || :
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

mkdir -m 0711 "$dir"
"$cluster" start "$dir/pg"
conninfo=$("$cluster" conninfo "$dir/pg" phoenix)
cat > "$dir/phoenix.conf" <<END
port = 0
database = "$conninfo"
keyring = "$dir/phoenix.keys"
programme = "$programme"
mappings = "$(dirname "$programme")/import"
data_dir = "$dir/data"
log_level = "warn"
workers = 4
END
mkdir -m 0700 "$dir/data"
"$phoenix" --config "$dir/phoenix.conf" key new > /dev/null
"$phoenix" --config "$dir/phoenix.conf" migrate \
    --bootstrap "$("$cluster" conninfo "$dir/pg" phoenix) user=postgres" > "$dir/migrate.log" 2>&1 ||
    { cat "$dir/migrate.log" >&2; exit 1; }
"$phoenix" --config "$dir/phoenix.conf" sample --people "$people" --seed 3 \
    --accounts "$dir/accounts.json" > /dev/null
"$phoenixd" --config "$dir/phoenix.conf" 2> "$dir/server.log" &
server=$!
url=
for i in $(seq 100); do
    url=$(sed -n 's/^listening on //p; s/.*listening url=\([^ ]*\).*/\1/p' "$dir/server.log" | head -n 1)
    [ -z "$url" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
[ -n "$url" ] || { cat "$dir/server.log" >&2; exit 1; }
echo "ready $url"
cat > /dev/null
