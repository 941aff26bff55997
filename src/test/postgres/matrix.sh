#!/usr/bin/env bash
# Runs the integration tests of the service on several versions of PostgreSQL, in containers:   matrix.sh [15 16 17 18]
# The image of a version is local/postgres:VERSION if images.sh has built it, or the official one. TESTS selects tests as -Dit.test does.
set -euo pipefail
cd "$(dirname "$0")/../../.."
tests=${TESTS:-dev.anneal.service.**.*IT}
docker info >/dev/null

for version in ${*:-15 16 17 18}; do
  image=postgres:$version
  if docker image inspect "local/postgres:$version" >/dev/null 2>&1; then
    image=local/postgres:$version
    # Without a registry neither Ryuk nor the image that finds the host's address can be pulled.
    export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  fi
  echo "== PostgreSQL $version, $image"
  ./mvnw -B verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test="$tests" -Danneal.test.postgres="$image" -Danneal.test.postgres.required=true -Danneal.test.s3=process
done
