#!/usr/bin/env bash
# Opens a report in a real browser, as its readers do. Usage: tests/browser/run.sh [stapjes binary]
#
# Installs what it needs (playwright-core and axe-core from npm, Debian's chromium and poppler-utils); where that is not
# possible it says loudly what is missing and exits with code 77: skipped is not passed. BROWSER_TESTS=required makes it fail.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-}

skip() {
  echo "BROWSER TESTS SKIPPED: $1" >&2
  [ "${BROWSER_TESTS:-}" = required ] && exit 1
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"

find_browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" && return 0
  done
  return 1
}
if ! find_browser >/dev/null || ! command -v pdftotext >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    (apt-get update -q && apt-get install -y -q chromium poppler-utils) >/dev/null 2>&1 || true
  fi
fi
browser=$(find_browser) || skip "there is no chromium, and it could not be installed"
command -v pdftotext >/dev/null || skip "there is no pdftotext (poppler-utils), and it could not be installed"

tools=${BROWSER_TOOLS:-$root/target/browser-tools}
mkdir -p "$tools"
if [ ! -d "$tools/node_modules/playwright-core" ] || [ ! -d "$tools/node_modules/axe-core" ]; then
  cp "$here/package.json" "$tools/package.json"
  (cd "$tools" && npm install --no-audit --no-fund --silent) || skip "npm could not install playwright-core and axe-core"
fi

if [ -z "$program" ]; then
  (cd "$root" && cargo build -q)
  program=$root/target/debug/stapjes
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
small=(--quiet --replicates 4 --set horizon_months=30 --set report_every_months=3)
for lang in nl en; do
  "$program" run lange-adem "${small[@]}" --draws 4 --lang "$lang" --out "$work/$lang"
done
# A scenario extends only what lies beside it.
cp "$root/scenarios/lange-adem.toml" "$here/hostile.toml" "$here/other-plan.toml" "$work/"
"$program" run "$work/hostile.toml" "${small[@]}" --lang nl --out "$work/hostile"
"$program" compare "$work/lange-adem.toml" "$work/other-plan.toml" "${small[@]}" --draws 4 --lang nl --out "$work/compare"
# Four plans with long names.
"$program" run gemeente "${small[@]}" --draws 4 --lang nl --out "$work/plans"

NODE_PATH="$tools/node_modules" BROWSER="$browser" WORK="$work" node "$here/report.test.cjs"
