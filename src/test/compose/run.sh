#!/usr/bin/env bash
# Runs the blocks of docs/guides/compose.md in a copy of the project, under a separate project name, and before they end trains a model with the Python SDK
# and prints the results of the Training dashboard's queries meanwhile:   src/test/compose/run.sh [MODEL_DIRECTORY]
# MODEL_DIRECTORY is a Hugging Face folder ORG/NAME to train; without one, the bundled model. Needs Docker with buildx and compose, curl, jq, openssl, and
# python3 with venv; where Docker does not answer it says so and ends well. Images are the compose file's; without a registry, base-images.sh builds
# some (two minutes, once; as root, with debootstrap, JDK 17 and 25), and Grafana is left out. Takes as long as a build, eight starts and a training.
set -euo pipefail
cd "$(dirname "$0")/../../.."
if ! timeout 20 docker info >/dev/null 2>&1; then
  echo "compose: not run, because Docker does not answer"
  exit 0
fi
for plugin in buildx compose; do
  docker "$plugin" version >/dev/null || { echo "compose: Docker answers, but its plugin $plugin is missing"; exit 1; }
done
project=$PWD
model_directory=${1:+$(realpath "$1")}
work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=anneal-check ANNEAL_PORT=18080 ANNEAL_MANAGEMENT_PORT=18081 PROMETHEUS_PORT=19090 GRAFANA_PORT=13000 TLS_PORT=18443
clone=$work/clone
mkdir "$clone"
git ls-files --cached --others --exclude-standard -z | xargs --null cp --parents --target-directory "$clone"
ln -s "$project/.git" "$clone/.git"

# The newest JDK of this version.
jdk() { find /usr/lib/jvm -maxdepth 1 -name "*$1*" -type d -exec test -x '{}/bin/javac' ';' -print | sort | tail -n 1; }

default() { sed -n "s/.*\${$1:-\([^}]*\)}.*/\1/p" docker-compose.yml; }
if [ -z "${LOCAL_IMAGES:-}" ] && ! timeout 120 docker pull --quiet "$(default POSTGRES_IMAGE)" 2>"$work/pull"; then
  echo "compose: no image from a registry ($(tail -n 1 "$work/pull" | cut -c 1-120)), so images of Debian's packages"
  LOCAL_IMAGES=1
fi
if [ -n "${LOCAL_IMAGES:-}" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "compose: not run, because images of Debian's packages need root and debootstrap"
    exit 0
  fi
  docker image inspect local/java:{17,25} local/postgres:17 local/prometheus local/caddy >/dev/null 2>&1 \
    || src/test/compose/base-images.sh "${JAVA_17_HOME:-$(jdk 17)}" "${JAVA_25_HOME:-$(jdk 25)}"
  export BUILD_IMAGE=local/java:17 RUNTIME_IMAGE=local/java:25 POSTGRES_IMAGE=local/postgres:17 PROMETHEUS_IMAGE=local/prometheus CADDY_IMAGE=local/caddy
  sed --in-place '0,/^  grafana:$/s//&\n    profiles: [with-registry]/' "$clone/docker-compose.yml"
fi

volumes() { command docker volume ls --quiet | sed "/^${COMPOSE_PROJECT_NAME}_/d" | sort; }
volumes_before=$(volumes)

# Before the guide takes everything down.
docker() {
  if [ "$*" = "compose down" ]; then check; fi
  command docker "$@"
}

check() {
  command docker compose ps
  [ "$(command docker inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' anneal:local)" = "$(git rev-parse HEAD)" ]
  curl --silent --fail --output /dev/null "http://127.0.0.1:$ANNEAL_MANAGEMENT_PORT/actuator/sbom/application"
  local model=anneal-tiny
  if [ -n "$model_directory" ]; then
    model=$(basename "$(dirname "$model_directory")")/$(basename "$model_directory")
    tar --create --dereference --directory "$model_directory" . \
      | command docker compose exec -T worker sh -c "mkdir -p /var/lib/anneal/models/$model && tar --extract --no-same-owner --directory /var/lib/anneal/models/$model"
  fi
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet openai
  "$work/venv/bin/python" src/test/compose/walk.py "$model"
  # libtorch is the image's.
  command docker compose exec -T worker sh -c '! test -e /var/lib/anneal/cache/engine/pytorch'
}

# A value that is missing is a failure.
jq() { command jq --exit-status "$@"; }
if ! command -v sudo >/dev/null; then
  sudo() { "$@"; }
fi

cd "$clone"
stop() {
  status=$?
  [ "$status" = 0 ] || command docker compose --profile '*' logs --tail 40
  command docker compose --profile '*' down --volumes --timeout 60 >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop EXIT
python3 "$project/src/test/guides/blocks.py" docs/guides/compose.md >"$work/blocks"
SECONDS=0
set +e
(
  set -e
  source "$work/blocks"
) </dev/null
status=$?
set -e
if [ "$status" != 0 ]; then
  echo "docs/guides/compose.md failed"
  exit 1
fi
left=$(comm -13 <(echo "$volumes_before") <(volumes))
if [ -n "$left" ]; then
  echo "compose: volumes are left that nobody named: $left"
  exit 1
fi
echo "docs/guides/compose.md: $(grep -c '^echo .---' "$work/blocks") blocks and a training in $SECONDS s"
