#!/usr/bin/env bash
# Run once by the postgres image on an empty volume: the service logs in as one that owns nothing; the owner runs the migrations.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set owner_password="$ANNEAL_OWNER_PASSWORD" --set application_password="$ANNEAL_DATABASE_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE anneal_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE anneal_application LOGIN PASSWORD :'application_password';
GRANT CREATE ON SCHEMA public TO anneal_owner;
SQL
