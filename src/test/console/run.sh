#!/usr/bin/env bash
# Uses the console in Debian's Chromium against the built jar: src/test/console/run.sh [FOLDER for screenshots], after ./mvnw package.
# Needs python3 with venv, npm, and chromium or the rights to install it with apt-get.
set -euo pipefail
shots=$(realpath -m "${1:-target/console}")
cd "$(dirname "$0")/../../.."
source src/test/service.sh

if ! command -v chromium > /dev/null; then
  apt_get update && apt_get install --no-install-recommends chromium fonts-dejavu-core
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement src/test/console/requirements.txt
cp src/test/console/package.json "$work"
npm install --prefix "$work" --silent --no-audit --no-fund
mkdir -p "$shots"

# The types that the scripts' comments give, with the library beside them as the service serves it.
mkdir -p "$work/types"
cp -r src/main/resources/console src/test/console/tsconfig.json "$work/types"
mkdir "$work/types/console/vendor"
cp -r "$work/node_modules/lit-html" "$work/types/console/vendor"
"$work/node_modules/.bin/tsc" --project "$work/types"
echo "console: the scripts' types agree"

python() { "$work/venv/bin/python" "src/test/console/$1.py" "http://127.0.0.1:$api_port" "$shots" "$work/node_modules/axe-core/axe.min.js"; }
start_service ANNEAL_API_KEYS=team-a:sk-team-a-0123456789abcdef ANNEAL_ADMIN_KEYS=sk-admin-0123456789abcdef
export CONSOLE_HOME=$work/home
python newcomer
python outage
python watching
python pages
python reach

end_services
CONSOLE_ISSUER_PORT=$(free_port)
export CONSOLE_ISSUER_PORT
issuer=http://127.0.0.1:$CONSOLE_ISSUER_PORT
start_service ANNEAL_OIDC_ISSUERS_0_URI="$issuer" ANNEAL_OIDC_ISSUERS_0_AUDIENCES=anneal \
  ANNEAL_CONSOLE_OIDC_ISSUER="$issuer" ANNEAL_CONSOLE_OIDC_CLIENTID=anneal-console
python issuer
