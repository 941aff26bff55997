# Sourced by the run.sh beside it, after ./mvnw package: starts target/anneal.jar on free ports and ends it with the script.
#   start_service NAME=VALUE...   further settings as environment variables; sets $api_port and $actuator_port, logs to $work/log
#   service_command               what is started, java with the jar unless the script sets it
#   end_services                  ends all of them; another may then start in the same home
#   apt_get ARGUMENT...           apt-get, which suites that run at the same time use one after another
work=$(mktemp -d)
export PYTHONPATH=src/test/python PYTHONDONTWRITEBYTECODE=1
processes=()
# A service of a minute: what the JVM's second compiler costs is not paid back.
export service_options='-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC' ANNEAL_ENGINE_JVMOPTIONS=-XX:TieredStopAtLevel=1
service_command=(java $service_options -jar target/anneal.jar)
end_services() {
  for process in "${processes[@]}"; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  processes=()
  rm -f "$work/log"
}
stop() {
  end_services
  rm -rf "$work"
}
trap stop EXIT

# The port in an address that the service has logged, in plain lines or as JSON: port_of API, port_of Health.
port_of() { sed -nE "s|.*$1 +http://[^ ]*:([0-9]+).*|\1|p" "$work/log"; }

start_service() {
  local process
  touch "$work/log"
  env ANNEAL_HOME="$work/home" SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 MANAGEMENT_SERVER_ADDRESS=127.0.0.1 MANAGEMENT_SERVER_PORT=0 \
    ANNEAL_OUTBOUND_ALLOWED_ADDRESSES=127.0.0.1 "$@" "${service_command[@]}" > "$work/log" 2>&1 &
  process=$!
  processes+=("$process")
  for _ in $(seq 120); do
    actuator_port=$(port_of Health)
    if [ -n "$actuator_port" ]; then
      break
    fi
    if ! kill -0 "$process" 2>/dev/null; then
      cat "$work/log"
      exit 1
    fi
    sleep 1
  done
  api_port=$(port_of API)
  for _ in $(seq 60); do
    if curl --silent --fail --output /dev/null "http://127.0.0.1:$api_port/readyz"; then
      return
    fi
    sleep 1
  done
  cat "$work/log"
  exit 1
}

apt_get() { flock /var/lock/anneal-apt-get apt-get --quiet=2 "$@" > /dev/null; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
