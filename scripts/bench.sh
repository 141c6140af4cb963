#!/usr/bin/env bash
# Measures what people wait for and prints it as a table: scripts/bench.sh BINARY
#
# With COLD=1 it also builds the program once more from nothing, in a folder of its own, and says how long that took.
set -euo pipefail
cd "$(dirname "$0")/.."

VIVA_BINARY=$(realpath "${1:-target/practice/viva}")
export VIVA_BINARY

echo "on $(nproc) cores, $(uname -sm), $(rustc --version)"
echo
cargo bench --locked --quiet --profile practice -p journeys --bench figures
tools=$PWD/target/bench-tools
twin=$PWD/tests/benches/twin
if cmp -s "$twin/requirements.txt" "$tools/requirements.txt" ||
    { python3 -m venv --clear "$tools" && "$tools/bin/pip" install --quiet --requirement "$twin/requirements.txt" &&
        cp "$twin/requirements.txt" "$tools"; }; then
    "$tools/bin/python" "$twin/compare.py" "$VIVA_BINARY" || echo "the goal for reading a session is missed" >&2
else
    echo "no Python with FastAPI, so reading a session is not compared with its twin" >&2
fi
crates=$(cargo tree --locked -p viva -e normal,build --prefix none --no-dedupe | sort -u | wc -l)
echo "| crates in the program | $crates | |"
if [ "${COLD:-0}" = 1 ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    started=$(date +%s)
    CARGO_TARGET_DIR=$folder cargo build --locked --quiet --profile practice --bin viva
    echo "| cold build behind \`make practice\` | $(($(date +%s) - started)) s | 480 s |"
fi
echo
cargo bench --locked --quiet --profile practice -p coach -p capture --bench offline --bench sound
