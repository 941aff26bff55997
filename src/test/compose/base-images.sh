#!/usr/bin/env bash
# Builds the base images for compose on a machine that reaches Debian's packages but no image registry: JDK 17, Java 25, PostgreSQL 17,
# Prometheus and Caddy. Maven is Debian's, which mvnw uses. Takes two minutes. Run as root, with docker and debootstrap:
#   base-images.sh [JDK_17_HOME] JAVA_25_HOME
set -euo pipefail
java25=${*: -1}
java17=${2:+$1}
java17=${java17:-$(dirname "$(dirname "$(readlink --canonicalize "$(command -v javac)")")")}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

debian() { # suite, packages
  debootstrap --variant=minbase --include="$2" "$1" "$work/$1" >"$work/$1.log" || { tail "$work/$1.log"; exit 1; }
  # The certificates that this machine trusts.
  mkdir -p "$work/$1/etc/ssl/certs" && cp --dereference /etc/ssl/certs/ca-certificates.crt "$work/$1/etc/ssl/certs/"
  rm -rf "$work/$1"/var/cache/apt/archives/*.deb
}

java() { # home, image
  rm -rf "$work/bookworm/opt/java"
  mkdir -p "$work/bookworm/opt/java"
  # Debian's JDK links to files elsewhere: follow the links, but skip src.zip, whose target may not be installed.
  tar --create --dereference --exclude=src.zip --directory "$1" . | tar --extract --directory "$work/bookworm/opt/java"
  tar --create --directory "$work/bookworm" . | docker import --change 'ENV JAVA_HOME=/opt/java' --change 'ENV PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$2"
}

postgres() {
  local root=$work/trixie
  mkdir -p "$root/docker-entrypoint-initdb.d"
  # The official image's number, by which charts run it.
  chroot "$root" sh -c 'groupmod --gid 999 postgres && usermod --uid 999 postgres && mkdir -p /var/lib/postgresql/data && chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql /var/log/postgresql'
  cp "$(dirname "$0")/postgres-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  tar --create --directory "$root" . | docker import --change 'ENV PATH=/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin:/sbin:/bin' --change 'ENV LC_ALL=C.UTF-8' \
    --change 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]' --change 'VOLUME /var/lib/postgresql/data' - local/postgres:17
}

servers() {
  rm -rf "$work/bookworm/opt/java"
  chroot "$work/bookworm" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus caddy' >"$work/servers.log" 2>&1
  mkdir -p "$work/bookworm/prometheus" && chown nobody "$work/bookworm/prometheus"
  tar --create --directory "$work/bookworm" . | docker import --change 'USER nobody' --change 'ENTRYPOINT ["/usr/bin/prometheus"]' - local/prometheus
  tar --create --directory "$work/bookworm" . | docker import - local/caddy
}

debian bookworm bash,ca-certificates,git,maven,fontconfig,libgomp1,curl,tar,gzip,unzip,passwd
java "$java17" local/java:17
java "$java25" local/java:25
servers
debian trixie postgresql-17,ca-certificates
postgres
docker images 'local/*'
