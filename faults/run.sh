#!/usr/bin/env bash
# faults/run.sh [--seed 1] [--rounds 1] [--minutes M] [--broken] [FAULT...]: disturbs a whole installation while it trains; docs/testing.md says more
set -euo pipefail
cd "$(dirname "$0")/.."
seed=1
rounds=1
minutes=0
broken=
while [ $# -gt 0 ]; do
  case $1 in
    --seed) seed=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --minutes) minutes=$2; shift 2 ;;
    --broken) broken=target/faults/broken; shift ;;
    --*) echo "unknown option $1; usage: faults/run.sh [--seed N] [--rounds N] [--minutes M] [--broken] [FAULT...]" >&2; exit 2 ;;
    *) break ;;
  esac
done
./mvnw --batch-mode --no-transfer-progress --quiet process-test-classes dependency:build-classpath -Dmdep.outputFile=target/test-classpath.txt
classes=target/test-classes:target/classes:$(cat target/test-classpath.txt)
if [ -n "$broken" ]; then
  # Without token and nonce in the fence a worker that has lost its work goes on writing: the checks must see it.
  rm -rf "$broken"
  mkdir -p "$broken"
  lease=src/main/java/dev/anneal/service/queue/lease/Lease.java
  sed -E 's/ AND \(work\.lease_token, work\.lease_nonce\) = \([^)]*\)//' "$lease" > "$broken/Lease.java"
  if cmp -s "$broken/Lease.java" "$lease"; then
    echo "nothing to break in $lease" >&2
    exit 2
  fi
  javac -nowarn -proc:none -parameters -d "$broken" -cp "$classes" "$broken/Lease.java"
  classes=$broken:$classes
fi
library=$PWD/target/faults/disturb.so
mkdir -p target/faults
cc -shared -fPIC -O2 -Wall -Wextra -o "$library" faults/disturb.c -ldl || {
  echo "faults/run.sh compiles faults/disturb.c: install a C compiler (Debian: apt-get install gcc libc6-dev)" >&2
  exit 2
}
# Faults between workers drop and delay packets: in a network of this run alone.
isolated=(unshare --net)
[ "$(id -u)" = 0 ] || isolated=(unshare --user --map-current-user --keep-caps --net)
weather='ip link set lo up && tc qdisc add dev lo root handle 1: htb && iptables -A INPUT -s 127.0.0.2 -j DROP &&
  iptables -t mangle -A OUTPUT -s 127.0.0.2 -j CLASSIFY --set-class 1:1'
network=true
if ! "${isolated[@]}" sh -c "$weather" > target/faults/network.log 2>&1; then
  echo "no network of its own: $(tail -n 1 target/faults/network.log) (needs unshare, iproute2, iptables, and root or user namespaces)" >&2
  network=false
fi
run=(java -Xmx256m "-Danneal.faults.library=$library" "-Danneal.faults.network=$network" -cp "$classes" dev.anneal.faults.FaultRun
  "$seed" "$rounds" "$minutes" "$@")
[ "$network" = true ] || exec "${run[@]}"
exec "${isolated[@]}" sh -c 'ip link set lo up && exec "$@"' sh "${run[@]}"
