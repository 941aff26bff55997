#!/usr/bin/env bash
# faults/load.sh [--queued 1000,100000] [--streams 2000] [--seconds 30] [--upload-mb 512] [--strict]: more than an installation can take; docs/testing.md says more
set -euo pipefail
cd "$(dirname "$0")/.."
./mvnw --batch-mode --no-transfer-progress --quiet process-test-classes dependency:build-classpath -Dmdep.outputFile=target/test-classpath.txt
# A client that kept connections longer than the service (server.tomcat.connection-timeout) would send requests into their end. Seconds.
exec java -Xmx256m -Djdk.httpclient.keepalive.timeout=30 -cp "target/test-classes:target/classes:$(cat target/test-classpath.txt)" dev.anneal.faults.LoadRun "$@"
