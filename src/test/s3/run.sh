#!/usr/bin/env bash
# Runs the S3 tests against moto, a different server from the one in verify, and an official SDK that is redirected to it for downloads:
# src/test/s3/run.sh, after ./mvnw verify. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
server=
service=
stop() {
  for process in $service $server; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/s3/requirements.txt

# From the environment, as in production; the server accepts any.
export AWS_ACCESS_KEY_ID=test-key-id AWS_SECRET_ACCESS_KEY=test-secret-key AWS_EC2_METADATA_DISABLED=true
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
bucket_server=http://127.0.0.1:$port
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" > "$work/server.log" 2>&1 &
server=$!
curl --silent --fail --retry 60 --retry-delay 1 --retry-connrefused --output /dev/null "$bucket_server"

# moto reports 2010 as the start of every multipart upload, so old ones cannot be told from new ones.
./mvnw --batch-mode --no-transfer-progress failsafe:integration-test failsafe:verify -Danneal.test.s3.endpoint="$bucket_server" \
  -Dit.test='S3ArtifactStoreIT,S3FaultsIT,S3OrphansIT,S3OwnershipIT,PresignedDownloadsIT,!S3FaultsIT#uploadsThatWereNotCompletedGoWithTheSweep'

curl --silent --fail --request PUT --output /dev/null "$bucket_server/downloads"
ANNEAL_HOME=$work/home ANNEAL_ROLES=api ANNEAL_STORAGE_TYPE=s3 ANNEAL_STORAGE_S3_BUCKET=downloads ANNEAL_STORAGE_S3_ENDPOINT=$bucket_server \
  ANNEAL_STORAGE_S3_PRESIGNEDDOWNLOADS=true SERVER_PORT=0 MANAGEMENT_SERVER_PORT=0 java -Xmx512m -XX:TieredStopAtLevel=1 -jar target/anneal.jar > "$work/log" 2>&1 &
service=$!
for _ in $(seq 120); do
  port=$(sed -nE 's|.*API +http://[^ ]*:([0-9]+).*|\1|p' "$work/log")
  if [ -n "$port" ] && curl --silent --fail --output /dev/null "http://127.0.0.1:$port/v1/models"; then
    break
  fi
  if ! kill -0 "$service" 2>/dev/null; then
    cat "$work/log"
    exit 1
  fi
  sleep 1
done
OPENAI_BASE_URL=http://127.0.0.1:$port/v1 OPENAI_API_KEY=none "$work/venv/bin/python" src/test/s3/downloads.py "$bucket_server"
