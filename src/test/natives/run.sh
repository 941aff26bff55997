#!/usr/bin/env bash
# Resolves the libraries of each platform by the profile that Maven takes there, unpacks libtorch, the tokenizers and PostgreSQL, adds the
# operators for process groups, and checks that each file is for that platform and finds what it loads: src/test/natives/run.sh. Needs python3. It
# runs nothing: src/test/arm64/run.sh does.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check OS_NAME OS_ARCH PLATFORM
check() {
  MAVEN_OPTS="-Dos.arch=$2 -Dos.name=${1// /}" ./mvnw -B -ntp -q -Dstyle.color=never dependency:build-classpath \
    -DincludeScope=runtime "-Dmdep.outputFile=$work/$3.classpath"
  python3 src/test/natives/check.py "$3" "$work/$3.classpath" "$work/$3"
}
check Linux amd64 linux-x86_64
check Linux aarch64 linux-aarch64
check "Mac OS X" aarch64 osx-aarch64
