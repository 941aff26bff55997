#!/usr/bin/env bash
# Runs docs/cookbook.md against the built jar: src/test/cookbook/run.sh, after ./mvnw package. Needs curl 7.82, jq and python3.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh

export ADMIN_KEY=admin-$RANDOM$RANDOM$RANDOM$RANDOM$RANDOM api hook
start_service ANNEAL_ADMIN_KEYS="$ADMIN_KEY" ANNEAL_WORKER_POLLINTERVAL=200ms ANNEAL_BACKGROUND_POLLINTERVAL=200ms
api=http://127.0.0.1:$api_port/v1
hook_port=$(free_port)
hook=http://127.0.0.1:$hook_port/hook
python3 src/test/cookbook/receiver.py "$hook_port" &
processes+=($!)

python3 src/test/cookbook/blocks.py docs/cookbook.md > "$work/cookbook.sh"
ln -s "$PWD/src" "$work/src"
(cd "$work" && bash cookbook.sh) || { tail -n 10 "$work/log"; exit 1; }
