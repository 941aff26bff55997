#!/usr/bin/env bash
# Creates the logins, or gives them the passwords of the environment: the service logs in as one that owns nothing; the owner runs the
# migrations; the viewer reads what dashboards and KEDA may see. Runs beside the server, whose socket asks for no password.
set -euo pipefail
psql --quiet --set ON_ERROR_STOP=1 --set owner_password="$ANNEAL_OWNER_PASSWORD" --set application_password="$ANNEAL_DATABASE_PASSWORD" \
  --set viewer_password="$ANNEAL_VIEWER_PASSWORD" --set superuser_password="$POSTGRES_PASSWORD" --set superuser="$POSTGRES_USER" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I', login)
FROM unnest(ARRAY ['anneal_owner', 'anneal_application', 'anneal_readonly', 'anneal_viewer']) AS login
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login)
\gexec
ALTER ROLE :"superuser" PASSWORD :'superuser_password';
ALTER ROLE anneal_owner LOGIN CREATEROLE PASSWORD :'owner_password';
ALTER ROLE anneal_application LOGIN PASSWORD :'application_password';
ALTER ROLE anneal_viewer LOGIN PASSWORD :'viewer_password';
GRANT anneal_readonly TO anneal_viewer;
GRANT CREATE ON SCHEMA public TO anneal_owner;
SQL
