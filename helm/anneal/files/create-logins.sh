#!/usr/bin/env bash
# Run once by the postgres image on an empty volume: the service logs in as one that owns nothing; the owner runs the migrations; the viewer reads
# what dashboards and KEDA may see.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set owner_password="$ANNEAL_OWNER_PASSWORD" --set application_password="$ANNEAL_DATABASE_PASSWORD" \
  --set viewer_password="$ANNEAL_VIEWER_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE anneal_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE anneal_application LOGIN PASSWORD :'application_password';
CREATE ROLE anneal_readonly NOLOGIN;
CREATE ROLE anneal_viewer LOGIN PASSWORD :'viewer_password' IN ROLE anneal_readonly;
GRANT CREATE ON SCHEMA public TO anneal_owner;
SQL
