#!/usr/bin/env bash
# Runs the integration tests of the service on several versions of PostgreSQL, in containers:   matrix.sh [15 16 17 18]
# The image of a version is local/postgres:VERSION where images.sh has made it, or the official one. TESTS narrows what is run, as -Dit.test takes it.
set -euo pipefail
cd "$(dirname "$0")/../../.."
tests=${TESTS:-dev.anneal.service.**.*IT}
docker info >/dev/null

for version in ${*:-15 16 17 18}; do
  image=postgres:$version
  if docker image inspect "local/postgres:$version" >/dev/null 2>&1; then
    image=local/postgres:$version
    # Neither may be pulled where no registry answers: what looks after containers, and what finds the address of the host.
    export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  fi
  echo "== PostgreSQL $version, $image"
  ./mvnw -B verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test="$tests" -Danneal.test.postgres="$image" -Danneal.test.postgres.required=true -Danneal.test.s3=process
done
