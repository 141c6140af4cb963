#!/usr/bin/env bash
# Tests the HTTP API and the pages of a running server with tools that others wrote: tests/api/run.sh BINARY
#
# Installs the tools in target/api-tools, once; removes nothing but its own temporary folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$(realpath "${1:-target/debug/viva}")
tools=$PWD/target/api-tools
source=$PWD/tests/api
export SPEECH=$PWD/tests/fixtures/speech
export PATH=$tools/python/bin:$tools/node_modules/.bin:$PATH

# Runs the command after FILE when FILE has changed since it last succeeded.
install() {
    local wanted=$1 installed=$tools/$(basename "$1").installed
    if ! cmp -s "$wanted" "$installed"; then
        "${@:2}"
        cp "$wanted" "$installed"
    fi
}

install_python() {
    python3 -m venv --clear "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$source/requirements.txt"
}

install_node() {
    cp "$source/package.json" "$source/package-lock.json" "$tools"
    npm ci --prefix "$tools" --no-audit --no-fund --loglevel=error
}

mkdir -p "$tools"
install "$source/requirements.txt" install_python
install "$source/package-lock.json" install_node

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

mkfifo "$folder/address"
env -u VIVA_CONFIG HOME="$folder" VIVA_DATA="$folder/data" VIVA_MODEL="$SPEECH/ggml-espeak-closed.en.bin" VIVA_LOG=warn,symphonia_core=off \
    "$binary" serve --bind 127.0.0.1:0 >"$folder/address" 2>"$folder/server.log" &
server=$!
read -r -t 60 line <"$folder/address"
export VIVA_URL=${line##* }
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

passed=0
failed=0
# Runs the command after TITLE and counts whether it succeeded; its output is shown only when it did not.
check() {
    local started=$SECONDS
    if "${@:2}" >"$folder/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $1 ($((SECONDS - started)) s)"
    else
        failed=$((failed + 1))
        echo "FAILED  $1 ($((SECONDS - started)) s)"
        sed 's/^/        /' "$folder/output"
    fi
}

valid_document() {
    "$binary" openapi >"$folder/openapi.json"
    openapi-spec-validator --schema 3.1 "$folder/openapi.json"
}

python_round() {
    openapi-python-client generate --path "$folder/openapi.json" --meta none --overwrite \
        --config "$source/python-client.yml" --output-path "$folder/viva_client"
    PYTHONPATH=$folder python "$source/round.py"
}

typescript_round() {
    mkdir -p "$folder/typescript"
    cp "$source/round.ts" "$source/tsconfig.json" "$tools/package.json" "$folder/typescript"
    ln -sfn "$tools/node_modules" "$folder/typescript/node_modules"
    openapi-typescript "$folder/openapi.json" --output "$folder/typescript/schema.d.ts"
    tsc --project "$folder/typescript"
    node "$folder/typescript/out/round.js"
}

pages() {
    local browser
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
    mkdir -p "$folder/pages"
    cp "$source/pages.js" "$tools/package.json" "$folder/pages"
    ln -sfn "$tools/node_modules" "$folder/pages/node_modules"
    BROWSER=$browser HOME=$folder node "$folder/pages/pages.js"
}

# `/events` goes on for as long as a turn is not answered, so its requests are made up and never follow from another response.
undocumented_answers() {
    local checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
    checks+=,response_schema_conformance,unsupported_method
    (
        cd "$folder"
        schemathesis run openapi.json --url "$VIVA_URL" --checks "$checks" --exclude-path-regex '/events$' \
            --phases examples,coverage,fuzzing,stateful --max-examples 25 --generation-deterministic \
            --request-timeout 30 --suppress-health-check all --warnings off --no-color
        schemathesis run openapi.json --url "$VIVA_URL" --checks "$checks" --include-path-regex '/events$' \
            --phases coverage,fuzzing --max-examples 10 --generation-deterministic --request-timeout 30 --warnings off --no-color
    )
}

quiet_log() {
    ! grep -E '"?(ERROR|panicked)' "$folder/server.log"
}

check "openapi.json is valid OpenAPI 3.1" valid_document
check "a generated Python client practises a round" python_round
check "a generated TypeScript client practises a round" typescript_round
check "axe-core finds no violation on a page" pages
check "schemathesis finds no server error and no undocumented answer" undocumented_answers
check "the server logged no error" quiet_log
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
