# helm test: is the API ready, and does it take, list and delete a file? Bash alone, since the image brings no HTTP client.
set -euo pipefail

# request METHOD PATH [TYPE BODY]: prints the answer, headers and all
request() {
  local body="${4:-}"
  exec 3<>"/dev/tcp/$ANNEAL_HOST/$ANNEAL_PORT"
  printf '%s %s HTTP/1.0\r\nHost: %s\r\nContent-Length: %d\r\n' "$1" "$2" "$ANNEAL_HOST" "${#body}" >&3
  [ -z "${3:-}" ] || printf 'Content-Type: %s\r\n' "$3" >&3
  [ -z "${key:-}" ] || printf 'Authorization: Bearer %s\r\n' "$key" >&3
  printf '\r\n%s' "$body" >&3
  cat <&3
  exec 3>&-
}

expect() {
  case "${1%%$'\r'*}" in
    *" 200"*) ;;
    *) echo "expected 200 from $2 but got: $1"; exit 1 ;;
  esac
}

expect "$(request GET /readyz)" /readyz
echo "ready"
if [ -z "${ANNEAL_APIKEYS:-}" ]; then
  echo "no API keys: nothing is uploaded"
  exit 0
fi
first="${ANNEAL_APIKEYS%%,*}"
key="${first#*:}"

rows=""
for i in 1 2 3 4 5 6 7 8 9 10; do
  rows+='{"messages": [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]}'$'\n'
done
part=$'--anneal-smoke\r\nContent-Disposition: form-data; name='
body="$part"$'"purpose"\r\n\r\nfine-tune\r\n'"$part"$'"file"; filename="smoke.jsonl"\r\nContent-Type: application/jsonl\r\n\r\n'"$rows"$'\r\n--anneal-smoke--\r\n'
answer="$(request POST /v1/files 'multipart/form-data; boundary=anneal-smoke' "$body")"
expect "$answer" "POST /v1/files"
[[ "$answer" =~ (file-[a-z0-9]+) ]]
file="${BASH_REMATCH[1]}"
echo "uploaded $file"

expect "$(request GET "/v1/files/$file")" "GET /v1/files/$file"
for try in 1 2 3 4 5 6 7 8 9 10; do
  answer="$(request DELETE "/v1/files/$file")"
  [[ "${answer%%$'\r'*}" == *" 409"* ]] || break
  sleep 1
done
expect "$answer" "DELETE /v1/files/$file"
echo "deleted $file"
