#!/usr/bin/env bash
# The planner's page in a real browser. Usage: tests/browser/serve.sh [stapjes binary]
#
# Needs what tests/browser/run.sh installs (run that first): playwright-core, axe-core, chromium. SHOTS=DIR keeps pictures.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/target/release/stapjes}
tools=${BROWSER_TOOLS:-$root/target/browser-tools}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)

work=$(mktemp -d)
"$program" serve 2>"$work/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
address=""
for _ in $(seq 100); do
  address=$(grep -o 'http://[^ ]*' "$work/serve.log" || true)
  [ -n "$address" ] && break
  sleep 0.1
done
NODE_PATH="$tools/node_modules" BROWSER="$browser" URL_OF_PAGE="$address" node "$here/serve.test.cjs"
kill -INT "$server"
wait "$server"
