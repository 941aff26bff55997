#!/usr/bin/env bash
# Uses the command anneal against the built jar as somebody with a terminal alone would: src/test/cli/run.sh, after ./mvnw package.
# Needs zsh, or the rights to install it with apt-get.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source src/test/service.sh
key=sk-team-a-0123456789abcdef
admin_key=sk-admin-0123456789abcdef
start_service ANNEAL_API_KEYS=team-a:$key ANNEAL_ADMIN_KEYS=$admin_key
export XDG_CONFIG_HOME=$work/config
anneal() { bin/anneal "$@"; }
says() { grep --quiet --fixed-strings -- "$1" "$2" || { echo "not said: $1"; cat "$2"; exit 1; }; }
# fails STATUS COMMAND...: the command must end with that status, without a stack trace; what it says is in $work/said.
fails() {
  local status=0
  "${@:2}" > "$work/said" 2>&1 < /dev/null || status=$?
  [ "$status" = "$1" ] || { echo "exit status $status, not $1: ${*:2}"; cat "$work/said"; exit 1; }
  ! grep --quiet "^.at " "$work/said" || { cat "$work/said"; exit 1; }
}
done_with() { echo "cli: $1"; }

fails 3 anneal --url http://127.0.0.1:1 models
says "cannot be reached" "$work/said"
fails 2 anneal models --nonsense
fails 2 anneal --url ftp://127.0.0.1 models
fails 2 anneal jbos list
says "Did you mean 'jobs'?" "$work/said"
for command in login models "files upload" "files check" "jobs create" "jobs watch" "jobs logs" estimate export merge download chat eval "admin create-key" api generate-completion; do
  # shellcheck disable=SC2086 # two words are two arguments
  anneal $command --help > "$work/said"
  says "Usage: anneal $command" "$work/said"
done
fails 1 anneal --url "http://127.0.0.1:$api_port" models
says "[invalid_api_key]" "$work/said"
echo "$key" | anneal --url "http://127.0.0.1:$api_port" login > "$work/said"
says "Logged in" "$work/said"
[ "$(stat --format %a "$XDG_CONFIG_HOME/anneal/login.json")" = 600 ]
anneal models > "$work/said"
says anneal-tiny "$work/said"
anneal api /v1/models | python3 -c "import json, sys; assert json.load(sys.stdin)['object'] == 'list'"
echo '{"model": "anneal-tiny", "prompt": "1 + 1 =", "max_tokens": 1}' > "$work/prompt.json"
anneal api /v1/completions --data "@$work/prompt.json" | python3 -c "import json, sys; assert json.load(sys.stdin)['usage']['completion_tokens'] == 1"
fails 1 anneal api /v1/nonsense
says "[not_found]" "$work/said"
done_with "login; exit status of a wrong line, a wrong key and no service"

printf '{"messages": [\n' > "$work/broken.jsonl"
fails 4 anneal files upload "$work/broken.jsonl"
says "line 1, \$: expected one JSON object" "$work/said"
anneal files upload src/main/resources/demo/tickets.valid.jsonl > "$work/said"
says "rows of the format 'chat' that can be used: 100 of 100" "$work/said"
valid=$(head -1 "$work/said" | cut -d' ' -f1)
anneal files check "$valid" --json | python3 -c "import json, sys; assert json.load(sys.stdin)['status'] == 'processed'"
anneal files list > "$work/said"
says tickets.valid.jsonl "$work/said"
done_with "files are uploaded and checked"

options=(--model anneal-tiny --train src/main/resources/demo/tickets.train.jsonl --valid "$valid" --steps 80 --rank 8 --suffix cli --set anneal.priority=3)
anneal estimate "${options[@]}" > "$work/said"
says "beta is 0 from step  64" "$work/said"
grep --quiet "^n_epochs  *[0-9]" "$work/said"
anneal estimate "${options[@]}" > /dev/null 2> "$work/said"
says "is there already, as file-" "$work/said"
fails 1 anneal jobs create "${options[@]}" --set afa_lora.rank=1000
says "1000" "$work/said"
fails 2 anneal jobs create --train src/main/resources/demo/tickets.train.jsonl
fails 1 anneal jobs create --model anneal-tiny --train nowhere.jsonl
says "$PWD/nowhere.jsonl is not there" "$work/said"
fails 1 anneal jobs watch ftjob-none
grep --quiet "The job goes on" "$work/said" && exit 1
[ "$(anneal files list --json | python3 -c "import json, sys; print(sum(file['filename'] == 'tickets.train.jsonl' for file in json.load(sys.stdin)))")" = 1 ]
job=$(anneal jobs create "${options[@]}")
bin/anneal jobs watch "$job" > "$work/watched" 2>&1 &
watching=$!
for _ in $(seq 240); do
  if grep --quiet "loss" "$work/watched"; then break; fi
  sleep 0.5
done
# Ends it as Ctrl-C does: the launcher's process has become the command's.
kill -TERM "$watching"
wait "$watching" || true
says "The job goes on" "$work/watched"
anneal jobs pause "$job" > /dev/null
for _ in $(seq 120); do
  if [ "$(anneal jobs show "$job" | python3 -c "import json, sys; print(json.load(sys.stdin)['anneal']['state'])")" = paused ]; then break; fi
  sleep 0.5
done
anneal jobs resume "$job" > /dev/null
anneal jobs watch "$job" > "$work/said" 2> "$work/progress"
says "succeeded: ft:anneal-tiny:team-a:cli:" "$work/said"
says "validation  " "$work/said"
says "beta        █" "$work/said"
says "tokens/s" "$work/progress"
model=$(sed -n 's/.* succeeded: //p' "$work/said")
anneal jobs logs "$job" > "$work/said"
says "The job has successfully completed" "$work/said"
anneal jobs logs "$job" --json | python3 -c "import json, sys; assert json.load(sys.stdin)[0]['object'] == 'fine_tuning.job.event'"
anneal jobs list --limit 5 > "$work/said"
says "80/80" "$work/said"
anneal jobs list --state succeeded --search cli > "$work/said"
says "$job" "$work/said"
other=$(anneal jobs create "${options[@]}" --adapter lora)
anneal jobs cancel "$other" > /dev/null
fails 4 anneal jobs watch "$other"
done_with "a job is estimated, created, watched, paused, resumed and cancelled; leaving the watch leaves it running"

anneal merge "$job" > "$work/said"
says "against base + adapter: mean KL" "$work/said"
export=$(cut -d' ' -f1 "$work/said" | head -1)
anneal download "$job" "$export" --output "$work/model" > /dev/null 2>&1
head --bytes 1000000 "$work/model/model.safetensors" > "$work/model/model.safetensors.part"
cp "$work/model/model.safetensors" "$work/whole"
rm "$work/model/model.safetensors"
anneal download "$job" "$export" --output "$work/model" > /dev/null 2>&1
cmp "$work/whole" "$work/model/model.safetensors"
head --bytes 1000000 /dev/zero > "$work/model/model.safetensors.part"
rm "$work/model/model.safetensors"
anneal download "$job" --output "$work/newest" > "$work/said" 2>&1
cmp "$work/whole" "$work/newest/model.safetensors"
fails 1 anneal download "$job" "$export" --output "$work/model"
says "[hash_mismatch]" "$work/said"
anneal download "$job" "$export" --output "$work/model" > /dev/null 2>&1
cmp "$work/whole" "$work/model/model.safetensors"
anneal export "$job" --kind gguf --gguf-type q8_0 > "$work/said"
says "succeeded: gguf" "$work/said"
done_with "merged weights come with their proof; a download goes on where it ended, and what is damaged is refused"

anneal chat "$model" "The parcel with the Summit Router is late! There is no rush." --system "Turn the support ticket into one line of JSON." > "$work/said"
says '"team"' "$work/said"
anneal eval "$model" src/main/resources/demo/tickets.test.jsonl > "$work/said" 2> /dev/null
says "answers are exact" "$work/said"
done_with "chat and evaluation"

fails 1 anneal admin projects
says "[missing_scope]" "$work/said"
echo "$admin_key" | XDG_CONFIG_HOME=$work/admin anneal --url "http://127.0.0.1:$api_port" login > "$work/said"
says "as an administrator" "$work/said"
export ANNEAL_API_KEY=$admin_key
fails 2 anneal admin create-key team-b laptop --days 49711
anneal admin create-project "Team B" --id team-b > /dev/null
new=$(anneal admin create-key team-b laptop --days 30 --scope models:read)
anneal admin keys team-b > "$work/said"
says laptop "$work/said"
anneal admin audit > "$work/said"
says project.created "$work/said"
ANNEAL_API_KEY=$new anneal models > "$work/said"
says anneal-tiny "$work/said"
bash -c "source <(bin/anneal generate-completion); complete -p anneal" > "$work/said"
says _complete_anneal "$work/said"
command -v zsh > /dev/null || { apt_get update && apt_get install --no-install-recommends zsh; }
zsh -f -c 'source <(bin/anneal generate-completion); print ${_comps[anneal]}' > "$work/said"
says "_complete_anneal" "$work/said"
done_with "administration and completion"
# ./mvnw spring-boot:run leaves classes without a jar.
mkdir -p "$work/tree/target"
cp -r bin mvnw .mvn pom.xml "$work/tree"
ln -s "$PWD/target/classes" "$work/tree/target/classes"
ANNEAL_JAR="" ANNEAL_API_KEY=$key "$work/tree/bin/anneal" models > "$work/said"
says anneal-tiny "$work/said"
done_with "a tree without a jar"
TIMEFORMAT="cli: 'anneal --version' takes %R s"
time anneal --version > /dev/null
