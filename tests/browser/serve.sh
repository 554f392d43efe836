#!/usr/bin/env bash
# The planner's page in a real browser. Usage: tests/browser/serve.sh [stapjes binary]
#
# Needs what tests/browser/run.sh installs (run that first): playwright-core, axe-core, chromium; without them it says so and
# exits with code 77: skipped is not passed. BROWSER_TESTS=required makes it fail. SHOTS=DIR keeps pictures of every state;
# PICTURE=FILE makes the picture of the README and nothing else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/target/release/stapjes}
tools=${BROWSER_TOOLS:-$root/target/browser-tools}

skip() {
  echo "BROWSER TESTS SKIPPED: $1" >&2
  [ "${BROWSER_TESTS:-}" = required ] && exit 1
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "there is no chromium"
[ -d "$tools/node_modules/playwright-core" ] && [ -d "$tools/node_modules/axe-core" ] || skip "playwright-core or axe-core is missing"

work=$(mktemp -d)
# Few replicates: what is tried here is the page, not the numbers; but the README's picture shows real ones.
precision=(--replicates 10 --draws 10)
[ -z "${PICTURE:-}" ] || precision=()
"$program" serve "${precision[@]}" 2>"$work/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
address=""
for _ in $(seq 100); do
  address=$(grep -os 'http://[^ ]*' "$work/serve.log" || true)
  [ -n "$address" ] && break
  sleep 0.1
done
NODE_PATH="$tools/node_modules" BROWSER="$browser" URL_OF_PAGE="$address" node "$here/serve.test.cjs"
kill -INT "$server"
wait "$server"
