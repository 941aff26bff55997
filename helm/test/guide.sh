#!/usr/bin/env bash
# Runs the blocks of docs/guides/kubernetes.md on a cluster of one node, this machine (node.sh says what that needs): half an hour on two cores the first time.
set -euo pipefail
cd "$(dirname "$0")"
source cluster.sh
source node.sh
source project.sh
start_cluster
blocks > "$state/blocks"
run "$state/blocks" docs/guides/kubernetes.md
