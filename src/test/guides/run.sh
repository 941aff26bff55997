#!/usr/bin/env bash
# Runs the shell blocks of docs/quickstart.md and of the guides against the built jar: src/test/guides/run.sh [PAGE...], after ./mvnw package.
# Pages with a block `sh service` start the service as it says, the others share one. Needs curl 7.82, jq and python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh
# helm/test/guide.sh runs the one about Kubernetes, src/test/compose/run.sh the one about Compose.
[ $# -gt 0 ] || set -- quickstart $(basename --suffix .md --multiple docs/guides/*.md | grep --invert-match --line-regexp 'kubernetes\|compose')
project=$PWD
whole=$work
python3 -m venv "$whole/venv"
"$whole/venv/bin/pip" install --quiet --requirement src/test/guides/requirements.txt
export PATH=$whole/venv/bin:$PATH XDG_CONFIG_HOME=$whole/config ANNEAL_HOME ANNEAL_URL

# What a guide expects of its environment.
surroundings() {
  local port
  port=$(free_port)
  case $1 in
    s3)
      export ANNEAL_STORAGE_S3_ENDPOINT=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test-key-id AWS_SECRET_ACCESS_KEY=test-secret-key AWS_EC2_METADATA_DISABLED=true
      moto_server -H 127.0.0.1 -p "$port" > "$whole/moto" 2>&1 &
      ;;
    mlflow)
      export MLFLOW_PORT=$port
      return
      ;;
    oidc)
      export ISSUER=http://127.0.0.1:$port CLIENT_SECRET=pipeline-secret
      python src/test/python/oidc_issuer.py "$port" http://127.0.0.1 &
      ;;
    *) return ;;
  esac
  curl --silent --retry 60 --retry-delay 1 --retry-connrefused --output /dev/null "http://127.0.0.1:$port"
}

# Starts the service by the lines on standard input.
serve() {
  cat > service
  service_command=(bash -e service)
  start_service
  ANNEAL_URL=http://127.0.0.1:$api_port
}

# A value that is missing is a failure.
jq() { command jq --exit-status "$@"; }

# In a folder of its own, from which the project's paths work.
run_page() {
  processes=()
  trap end_services EXIT
  surroundings "$1"
  work=$whole/pages/$1
  mkdir -p "$work"
  ln -s "$project/src" "$project/bin" "$project/target" "$work"
  python3 src/test/guides/blocks.py "$2" > "$work/blocks"
  cd "$work"
  ANNEAL_HOME=${shared_home:-$work/home}
  source ./blocks
}

# Ends a page, which has a process group of its own, with whatever it has started.
running=
end_page() {
  [ -n "$running" ] || return 0
  kill -- -"$running" 2> /dev/null || true
  for _ in $(seq 100); do
    kill -0 -- -"$running" 2> /dev/null || break
    sleep 0.1
  done
  running=
}
trap 'end_page; stop' EXIT
trap 'exit 130' INT TERM

for name in "$@"; do
  page=docs/guides/$name.md
  [ "$name" != quickstart ] || page=docs/quickstart.md
  shared_home=
  if grep --quiet '^```sh service$' "$page"; then
    end_services
  else
    [ ${#processes[@]} -gt 0 ] || start_service
    ANNEAL_URL=http://127.0.0.1:$api_port
    shared_home=$whole/home
  fi
  SECONDS=0
  set -m
  run_page "$name" "$page" > "$whole/said" 2>&1 < /dev/null &
  running=$!
  set +m
  status=0
  wait "$running" || status=$?
  end_page
  if [ "$status" != 0 ]; then
    tail -n 60 "$whole/said"
    echo "$page failed"
    exit 1
  fi
  echo "$page: $(grep -c '^---' "$whole/said") blocks in $SECONDS s"
  [ -z "${GUIDES_SAID:-}" ] || cp "$whole/said" "$GUIDES_SAID/$name"
done
