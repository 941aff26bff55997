#!/usr/bin/env bash
# Checks whether the migrations of a revision and those of this tree create the same schema: src/test/schema/compare.sh REVISION.
# For changes that must not alter the schema, such as merging several migrations into one. It applies both sets to databases of its own PostgreSQL
# and compares the output of pg_dump, whatever the order: definitions, comments in bodies, owners, privileges, and rows that migrations insert.
# Prints "equal: N objects", or the difference and exits with 1. Finds the server's programs in $PGBIN, or else through pg_config.
set -euo pipefail
cd "$(dirname "$0")/../../.."
revision=${1:?Name the revision to compare with, for example HEAD~1}
bin=${PGBIN:-$(pg_config --bindir)}
migrations=src/main/resources/db/migration
work=$(mktemp -d)
chmod 755 "$work"
mkdir "$work/server" "$work/before" "$work/after"

# The server refuses to run as root, so root starts it as the user postgres.
server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() {
  [ ! -e "$work/server/data/postmaster.pid" ] || server "$bin/pg_ctl" -D "$work/server/data" -m immediate -w stop > "$work/log"
  rm -rf "$work"
}
trap stop EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$work/server"; fi
server "$bin/initdb" -D "$work/server/data" -U administrator -A trust -E UTF8 --locale=C -N > "$work/log"
server "$bin/pg_ctl" -D "$work/server/data" -l "$work/server/log" -w -o "-k $work/server -c listen_addresses='' -c fsync=off" start > "$work/log"
export PGHOST=$work/server PGOPTIONS='-c client_min_messages=warning'
psql() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 "$@"; }

# As Flyway does: by version, each in a transaction, followed by the file that grants access to its table.
migrate() {
  psql -U administrator -d postgres -c "CREATE DATABASE $1 OWNER owner"
  psql -U owner -d "$1" -c 'CREATE TABLE flyway_schema_history (version text)'
  local file
  for file in $(cd "$2" && ls V*.sql | sort -V); do
    cat "$2/$file" "$2/afterEachMigrate.sql" | sed -e 's/${applicationLogin}/application/g' -e 's/${flyway:table}/flyway_schema_history/g' > "$work/one.sql"
    psql -U owner -d "$1" -1 -f "$work/one.sql" > "$work/log"
  done
}

# One line for each object, sorted. Omitted: the installation's random id, keys that restrict a dump, and settings between objects.
objects() {
  "$bin/pg_dump" -U administrator "$1" | sed -E -e '/^\\(un)?restrict /d' -e '/^SET default_/d' -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<uuid>/g' | awk '
    function end() { sub(/(\001|\001--( PostgreSQL database dump complete)?)+$/, "", object); if (object ~ /^-- /) print object }
    /^-- (Data for )?Name: / { end(); object = $0; next }
    { object = object "\001" $0 }
    END { end() }' | LC_ALL=C sort
}

psql -U administrator -d postgres -c 'CREATE ROLE owner LOGIN CREATEROLE' -c 'CREATE ROLE application LOGIN'
git archive "$revision" "$migrations" | tar -x -C "$work/before"
migrate before "$work/before/$migrations"
migrate after "$migrations"
objects before > "$work/before.dump"
objects after > "$work/after.dump"
if ! diff -U 3 <(tr '\001' '\n' < "$work/before.dump") <(tr '\001' '\n' < "$work/after.dump"); then
  exit 1
fi
echo "equal: $(wc -l < "$work/before.dump") objects"
