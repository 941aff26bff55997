#!/usr/bin/env bash
# Runs the service on Linux arm64, emulated by qemu, and trains, merges and chats over HTTP: src/test/arm64/run.sh [STEPS], after
# ./mvnw clean package -Dquick -P linux-arm64. Needs root, debootstrap, qemu-user-static, curl, jq and access to Debian's packages. Emulation takes
# some twenty times as long as the machine itself; the root stays in target/arm64 for the next run.
set -euo pipefail
cd "$(dirname "$0")/../../.."
steps=${1:-2}
root=$PWD/target/arm64
port=18777
api=http://127.0.0.1:$port/v1
unzip -l target/anneal.jar | grep "pytorch-native-cpu.*linux-aarch64" > /dev/null || { echo "target/anneal.jar is not for arm64: ./mvnw clean package -Dquick -P linux-arm64" >&2; exit 1; }

# The packages are unpacked, not installed: their scripts would run emulated, and Java needs none of them.
if [ ! -x "$root/usr/lib/jvm/java-17-openjdk-arm64/bin/java" ]; then
  debootstrap --foreign --arch=arm64 --variant=minbase --include=openjdk-17-jdk-headless bookworm "$root" > target/arm64.log
  for package in "$root"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar --extract --keep-directory-symlink --directory "$root"
  done
  echo 'anneal:x:10001:10001::/home/anneal:/bin/bash' > "$root/etc/passwd"
  echo '127.0.0.1 localhost' > "$root/etc/hosts"
  mkdir -p "$root/home/anneal"
  chmod 1777 "$root/tmp"
fi
cp target/anneal.jar "$root/home/anneal"
rm -rf "$root/home/anneal/home"
chown -R 10001:10001 "$root/home/anneal"

# F: the kernel opens the emulator now, so that it need not be in the root.
[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
if ! grep --quiet --no-messages 'qemu-aarch64' /proc/sys/fs/binfmt_misc/*; then
  echo ':anneal-arm64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:F' \
    > /proc/sys/fs/binfmt_misc/register
fi
service=
stop() {
  [ -z "$service" ] || { kill "$service" && wait "$service" || true; }
  umount "$root/proc" "$root/dev" 2> /dev/null || true
  [ ! -e /proc/sys/fs/binfmt_misc/anneal-arm64 ] || echo -1 > /proc/sys/fs/binfmt_misc/anneal-arm64
}
trap stop EXIT
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

java=/usr/lib/jvm/java-17-openjdk-arm64/bin
chroot --userspec=10001:10001 "$root" env -i HOME=/home/anneal LANG=C.UTF-8 PATH=$java:/usr/bin:/bin \
  ANNEAL_DATABASE_CONNECTIONTIMEOUT=60s ANNEAL_DATABASE_HEARTBEATTIMEOUT=60s ANNEAL_DATABASE_IDLEINTRANSACTIONTIMEOUT=5m \
  ANNEAL_DATABASE_STATEMENTTIMEOUT=5m ANNEAL_QUEUE_LEASE=10m ANNEAL_ENGINE_NICENESS=0 ANNEAL_HOME=/home/anneal/home SERVER_PORT=$port MANAGEMENT_SERVER_PORT=$((port + 1)) ANNEAL_ENGINE_JVMOPTIONS=-XX:TieredStopAtLevel=1 \
  java -Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar /home/anneal/anneal.jar > target/arm64-service.log 2>&1 &
service=$!
done_with() { echo "arm64: $1 after $SECONDS s"; }
# await PATH: until its status is final.
await() {
  local status
  until status=$(curl --silent --fail "$api/$1" | jq --raw-output .status) && [[ $status =~ ^(processed|succeeded)$ ]]; do
    [[ ! $status =~ ^(error|failed|cancelled)$ ]] || { curl --silent "$api/$1"; exit 1; }
    kill -0 "$service" || { tail target/arm64-service.log; exit 1; }
    sleep 5
  done
}
post() { curl --silent --fail-with-body "$api/$1" -H 'Content-Type: application/json' -d "$2"; }

until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/readyz"; do
  kill -0 "$service" || { cat target/arm64-service.log; exit 1; }
  sleep 2
done
done_with "ready on $(chroot "$root" uname -m), with its own PostgreSQL"
head -20 src/main/resources/demo/tickets.train.jsonl > target/arm64.jsonl
file=$(curl --silent --fail "$api/files" -F purpose=fine-tune -F file=@target/arm64.jsonl | jq --raw-output .id)
await "files/$file"
job=$(post fine_tuning/jobs "$(jq --null-input --arg file "$file" --argjson steps "$steps" '{model: "anneal-tiny", training_file: $file, seed: 1,
  method: {type: "supervised", supervised: {hyperparameters: {batch_size: 1}}}, anneal: {max_steps: $steps}}')" | jq --raw-output .id)
await "fine_tuning/jobs/$job"
curl --silent "$api/fine_tuning/jobs/$job/metrics?format=csv"
done_with "trained $steps steps"
export=$(post "fine_tuning/jobs/$job/merge" '{}' | jq --raw-output .id)
await "fine_tuning/jobs/$job/exports/$export"
curl --silent "$api/fine_tuning/jobs/$job/exports/$export" | jq --compact-output .proof
done_with "merged"
model=$(curl --silent "$api/fine_tuning/jobs/$job" | jq --raw-output .fine_tuned_model)
post chat/completions "{\"model\": \"$model\", \"max_tokens\": 8, \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}" | jq --exit-status --compact-output .usage
done_with "answered"
