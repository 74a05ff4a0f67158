#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh PRINTER PROGRAMME NODE_MODULES: the OpenAPI description passes Redocly's recommended rules.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1" "$2" > "$dir/openapi.json"
cd "$dir"
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
    node "$3/@redocly/cli/bin/cli.js" lint --extends recommended-strict openapi.json
