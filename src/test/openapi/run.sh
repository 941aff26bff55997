#!/usr/bin/env bash
# Compares the API description with that of a release and fails on breaking changes:   src/test/openapi/run.sh [revision]
# Without a revision it takes the newest release (tag v…); before the first one, it only checks that breaking changes would be found.
# Needs Go 1.26 and its module proxy.
set -euo pipefail
cd "$(dirname "$0")"
description=../../main/resources/openapi.yaml
previous=${1:-$(git tag --list 'v*' --sort=-version:refname | head -n 1)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
breaking() { go tool oasdiff breaking --fail-on ERR "$1" "$2"; }

# Check that the tool runs and can read the description; otherwise every comparison would look like a breaking change.
breaking "$description" "$description"

passed=0
failed=0
seen() { # name, sed expression that breaks clients
  sed "$2" "$description" >"$work/broken.yaml"
  if cmp --silent "$description" "$work/broken.yaml"; then
    echo "FAILED: changes nothing: $1"
    failed=$((failed + 1))
  elif ! breaking "$description" "$work/broken.yaml" >"$work/told" && grep --quiet '^error' "$work/told"; then
    passed=$((passed + 1))
  else
    cat "$work/told"
    echo "FAILED: not detected: $1"
    failed=$((failed + 1))
  fi
}

seen 'a removed route' 's|^  /v1/files:|  /v1/documents:|'
seen 'a number changed to a string' 's|stored_bytes: { type: integer|stored_bytes: { type: string|'
seen 'a new required field of a request' 's|required: \[file, purpose\]|required: [file, purpose, "expires_after[anchor]"]|'
seen 'a removed enum value' 's|enum: \[assistants, batch, fine-tune, vision, user_data, evals\]|enum: [fine-tune]|'

if [ -n "$previous" ]; then
  git show "$previous:src/main/resources/openapi.yaml" >"$work/previous.yaml"
  if breaking "$work/previous.yaml" "$description"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
else
  echo "There is no release yet to compare with. To compare with a revision: src/test/openapi/run.sh HEAD~10"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
