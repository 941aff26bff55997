#!/usr/bin/env bash
# Builds libanneal_groups.so, the engine's operators for process groups, which lie built in src/main/resources/native for those who build the jar.
#   src/main/native/build.sh                builds them for linux-x86_64 and linux-aarch64, after a change of this folder or of libtorch's version
#   src/main/native/build.sh --check        builds them elsewhere and compares; fails if those of the resources have other sources or other contents
#   src/main/native/build.sh --cuda FOLDER  builds FOLDER/torch/libanneal_groups.so, with NCCL, for the torch that
#                                           pip install --target FOLDER torch==2.7.1 has put there; needs g++, libgloo-dev and pip, and
#                                           fetches 25 MB of headers from PyPI
# The first two need bash, python3 with venv, a JDK, and the compilers of both platforms with Gloo's headers, which they install as root on Debian and
# otherwise name. They fetch 100 MB from PyPI and 400 MB from Maven's repository; what they use stays in target/native.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
library=libanneal_groups.so
platforms="linux-x86_64 linux-aarch64"

# The machine's own compiler, or the cross compiler by Debian's name.
compiler() {
  if [ "$(uname -m)" = "${1#linux-}" ]; then echo g++; else echo "${1#linux-}-linux-gnu-g++"; fi
}

package() {
  case $1 in *-g++) local triplet=${1%-g++}; echo "g++-${triplet//_/-}" ;; *) echo "$1" ;; esac
}

# prepare COMPILER...: the compilers and Gloo's headers, of which libtorch's refer to some.
prepare() {
  local missing=() each
  for each in "$@"; do command -v "$each" > /dev/null || missing+=("$(package "$each")"); done
  [ -e /usr/include/gloo/config.h ] || missing+=(libgloo-dev)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "native: missing: ${missing[*]}. On Debian: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  DEBIAN_FRONTEND=noninteractive apt_get install --no-install-recommends "${missing[@]}" \
    || { apt_get update && DEBIAN_FRONTEND=noninteractive apt_get install --no-install-recommends "${missing[@]}"; }
}

# Suites that run at the same time install one after another.
apt_get() { flock /var/lock/anneal-apt-get apt-get --quiet=2 "$@" > /dev/null; }

# libtorch's headers and libraries.
fetch() {
  version=$(sed -n 's:.*<libtorch.version>\(.*\)</libtorch.version>.*:\1:p' pom.xml)
  parts=target/native/$version
  mkdir -p "$parts/gloo"
  ln -sfn /usr/include/gloo "$parts/gloo/gloo"
  if [ ! -e "$parts/headers/torch/include" ]; then
    rm -rf "$parts/wheel" "$parts/headers"
    python3 -m venv "$parts/venv"
    # This platform's wheel has the same headers as that for x86_64, without CUDA's 700 MB.
    "$parts/venv/bin/pip" --quiet --disable-pip-version-check download --no-deps --only-binary=:all: --platform manylinux_2_28_aarch64 \
      --python-version 3.12 --dest "$parts/wheel" "torch==$version"
    unpack "$parts/wheel"/*.whl torch/include/ "$parts/unpacked"
    mv "$parts/unpacked" "$parts/headers"
    rm -rf "$parts/wheel" "$parts/venv"
  fi
  local platform
  for platform in $platforms; do
    [ -e "$parts/$platform" ] || fetch_libraries "$platform"
  done
}

# The profile that Maven takes on the platform names its libtorch.
fetch_libraries() {
  local architecture=${1#linux-}
  MAVEN_OPTS="-Dos.name=Linux -Dos.arch=${architecture/x86_64/amd64}" ./mvnw -B -ntp -q -Dstyle.color=never dependency:build-classpath \
    -DincludeScope=runtime -DincludeArtifactIds=pytorch-native-cpu "-Dmdep.outputFile=$root/$parts/$1.classpath"
  unpack "$(cat "$parts/$1.classpath")" "pytorch/cpu/$1/lib" "$parts/unpacked"
  mv "$parts/unpacked/pytorch/cpu/$1" "$parts/$1"
  rm -r "$parts/unpacked"
}

# unpack ARCHIVE PREFIX FOLDER: the archive's files whose names begin with the prefix.
unpack() {
  rm -rf "$3"
  python3 - "$@" << 'PYTHON'
import sys
import zipfile

archive, prefix, folder = sys.argv[1:]
with zipfile.ZipFile(archive) as files:
  files.extractall(folder, [name for name in files.namelist() if name.startswith(prefix)])
PYTHON
}

# compile COMPILER FILE LIBTORCH ARGUMENT...: the same bytes from the same sources and compiler, wherever they lie. Exceptions and strings are libtorch's
# too, so the C++ library is the system's.
compile() {
  local compiler=$1 file=$2 libtorch=$3
  shift 3
  "$compiler" -std=c++17 -O2 -fPIC -shared -s -fvisibility=hidden -DUSE_C10D_GLOO -Wall -Wextra -Wconversion -Wshadow \
    "-ffile-prefix-map=$here/=" "$here/groups.cpp" "$here/older_systems.cpp" -o "$file" -Wl,--build-id=none -Wl,--as-needed \
    "-Wl,--version-script=$here/exports.map" -Wl,--no-undefined -Wl,--allow-shlib-undefined "-L$libtorch" -ltorch_cpu -lc10 "$@"
}

# build PLATFORM FOLDER ARGUMENT...: the library, and a record of what it was built from.
build() {
  local platform=$1 folder=$2/$1
  shift 2
  mkdir -p "$folder"
  compile "$(compiler "$platform")" "$folder/$library" "$parts/$platform" "$@" \
    "-ffile-prefix-map=$parts/headers/=" -isystem "$parts/headers/torch/include" -isystem "$parts/gloo"
  chmod 644 "$folder/$library"
  { sources; tools "$platform"; } > "$folder/libanneal_groups.properties"
}

sources() {
  echo "# What $library was built from, by src/main/native/build.sh: SHA-256 of the sources, libtorch's version, and the tools'."
  (cd "$here" && sha256sum ./*.cpp exports.map | sed -E 's:(\w+)  (\./)?(.*):\3=\1:')
  echo "libtorch=$version"
}

# A cross compiler says its own name first.
tools() {
  local compiler
  compiler=$(compiler "$1")
  echo "compiler=$("$compiler" --version | sed -n '1s/^[^ ]* //p')"
  echo "linker=$("$("$compiler" -print-prog-name=ld)" --version | head -n 1)"
}

# What of a library others see: its exports and what it needs.
interface() {
  readelf --wide --dyn-syms "$1" | awk '$5 != "LOCAL" && $7 != "UND" && $1 ~ /^[0-9]+:$/ { print "exports", $8 }' | sort
  readelf --wide --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/needs \1/p' | sort
}

# check PLATFORM REBUILT RECORDED
check() {
  if ! diff <(grep -v '^\(compiler\|linker\)=' "$3/$1/libanneal_groups.properties") <(sources) > "$2/difference"; then
    echo "native: $1: $library was built from other sources (< recorded, > now):" && cat "$2/difference"
    echo "native: run src/main/native/build.sh and commit src/main/resources/native"
    return 1
  fi
  if diff "$3/$1/libanneal_groups.properties" "$2/$1/libanneal_groups.properties" > "$2/difference"; then
    cmp "$3/$1/$library" "$2/$1/$library" || { echo "native: $1: the same sources and compiler give other bytes: run src/main/native/build.sh"; return 1; }
    echo "native: $1: the same bytes"
  else
    echo "native: $1: other tools (< recorded, > here), so exports and needs are compared:" && cat "$2/difference"
    diff <(interface "$3/$1/$library") <(interface "$2/$1/$library") || { echo "native: $1: (< recorded, > built here)"; return 1; }
    echo "native: $1: the same exports and needs"
  fi
}

build_cuda() {
  local folder cuda part includes=()
  folder=$(realpath -m "$1")
  [ -e "$folder/torch/lib/libtorch_cuda.so" ] || { echo "native: $folder/torch/lib has no libtorch_cuda.so: give the folder of pip install --target" >&2; exit 1; }
  prepare g++
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # CUDA's headers include two of the compiler's (crt) and of its C++ library (nv), which torch does not require.
  cuda=$(sed -n "s/^cuda.*'\(.*\)'.*/\1/p" "$folder/torch/version.py")
  python3 -m pip --quiet --disable-pip-version-check install --no-deps --root-user-action ignore --target "$work" \
    "nvidia-cuda-nvcc-cu12==$cuda.*" "nvidia-cuda-cccl-cu12==$cuda.*"
  for part in "$folder"/nvidia/*/include "$work"/nvidia/*/include; do includes+=(-isystem "$part"); done
  compile g++ "$folder/torch/$library" "$folder/torch/lib" -DUSE_C10D_NCCL "-ffile-prefix-map=$folder/=" \
    -isystem "$folder/torch/include" -isystem "$folder/torch/include/torch/csrc/api/include" "${includes[@]}" -ltorch_cuda
  echo "native: $folder/torch/$library"
}

main() {
  cd "$root"
  local platform resources=src/main/resources/native
  case ${1:-} in
    --cuda) build_cuda "${2:?the folder of pip install --target}"; return ;;
    --check | "") ;;
    *) sed -n '2,/^set/s/^# \?//p' "$here/build.sh" >&2; exit 2 ;;
  esac
  local compilers=()
  for platform in $platforms; do compilers+=("$(compiler "$platform")"); done
  prepare "${compilers[@]}"
  fetch
  if [ -z "${1:-}" ]; then
    for platform in $platforms; do build "$platform" "$resources" -Werror; done
    return
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  local status=0
  for platform in $platforms; do
    build "$platform" "$work"
    check "$platform" "$work" "$resources" || status=1
  done
  return "$status"
}

main "$@"
