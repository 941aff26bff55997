#!/usr/bin/env bash
# faults/run.sh [--seed 1] [--injections 1] [--broken] [FAULT...]: disturbs a whole installation while it trains; docs/testing.md says more
set -euo pipefail
cd "$(dirname "$0")/.."
seed=1
injections=1
broken=
while [ $# -gt 0 ]; do
  case $1 in
    --seed) seed=$2; shift 2 ;;
    --injections) injections=$2; shift 2 ;;
    --broken) broken=target/faults/broken; shift ;;
    --*) echo "unknown option $1; usage: faults/run.sh [--seed N] [--injections N] [--broken] [FAULT...]" >&2; exit 2 ;;
    *) break ;;
  esac
done
./mvnw --batch-mode --no-transfer-progress --quiet test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath.txt
classes=target/test-classes:target/classes:$(cat target/test-classpath.txt)
if [ -n "$broken" ]; then
  # Without the tokens of leases a worker that has lost its work goes on writing: the checks must see it.
  rm -rf "$broken"
  mkdir -p "$broken"
  lease=dev/anneal/service/queue/lease
  for file in Leases Endings; do
    sed -E 's/ AND (work\.|lease\.)?lease_token = :token//' "src/main/java/$lease/$file.java" > "$broken/$file.java"
    if cmp -s "$broken/$file.java" "src/main/java/$lease/$file.java"; then
      echo "nothing to break in $file.java" >&2
      exit 2
    fi
  done
  javac -nowarn -proc:none -parameters -d "$broken" -cp "$classes" "$broken/Leases.java" "$broken/Endings.java"
  classes=$broken:$classes
fi
exec java -Xmx256m -cp "$classes" dev.anneal.faults.FaultRun "$seed" "$injections" "$@"
