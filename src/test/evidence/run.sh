#!/usr/bin/env bash
# Checks the study of annealing: src/test/evidence/run.sh [--report], after ./mvnw package. The report and its figures are what the checked-in results give;
# then, without --report, a new study of one task runs, is stopped and goes on, and its report agrees with its lines, in four minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=bench:bench/evidence python3 src/test/evidence/analysis_test.py
bench/evidence.sh --check
[ "${1:-}" != --report ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
study() { bench/evidence.sh --out "$work" --home "$work/home" --tasks composition --ranks 4 --seeds 1 "$@"; }
study --arms lora --hours 0.012 | tee "$work/first"
grep --quiet "hours are over" "$work/first"
study --arms lora | tee "$work/second"
cat "$work/first" "$work/second" | sed -nE 's/^(composition .*) on (valid|test *):.*/\1 \2/p' | sort > "$work/trained"
if [ -n "$(uniq --repeated "$work/trained")" ] || [ "$(wc -l < "$work/trained")" != "$(cat "$work"/evidence/results/*.jsonl | wc -l)" ]; then
  echo "trainings were repeated or lost"
  exit 1
fi
bench/evidence.sh --out "$work" --check
sed -i 's/"seconds_per_step": /"seconds_per_step": 9/' "$work"/evidence/results/*.jsonl
if bench/evidence.sh --out "$work" --check 2> "$work/refusal"; then
  echo "a report that its lines do not give passed"
  exit 1
fi
grep --quiet "are not what the results give" "$work/refusal"
