"""Loads drafts with the software that they are for, each in a process of its own. See check.sh."""
import argparse
import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SPECULATIVE_TOKENS = 3
# Says vLLM's engine for CPUs of heads that it has loaded but does not compute with.
NOT_RUN = "Unsupported CPU attention configuration"


class Failure(Exception):
    pass


def run(program, *arguments):
    """What a program beside this file prints as JSON, line by line."""
    command = [sys.executable, str(HERE / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    printed = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0:
        if printed and NOT_RUN in done.stderr:
            return printed
        raise Failure(done.stderr.strip()[-1500:])
    return printed


def require(holds, message):
    if not holds:
        raise Failure(message)


def require_faster(result):
    require(result["texts"] == result["texts_with_draft"], "the draft changes the target's answers")
    tokens = sum(map(len, result["texts"]))
    require(result["passes"] < tokens, f"the target needs {result['passes']} passes for {tokens} tokens: the draft is not used, or useless")
    return f"{tokens} tokens in {result['passes']} passes"


def with_transformers(target, draft):
    return require_faster(run("with_transformers.py", target, draft)[-1])


def with_llamacpp(target, draft):
    return require_faster(run("with_llamacpp.py", gguf(target), gguf(draft))[-1])


def with_llama_server(target, draft):
    server = shutil.which("llama-server")
    if server is None:
        return "skipped: there is no llama-server in the PATH"
    return require_faster(run("with_llama_server.py", server, gguf(target), gguf(draft))[-1])


def with_speculators(target, draft):
    golden = HERE.parent / "resources/golden/draft3/eagle3" / f"{draft.name}.logits.safetensors"
    if not golden.exists():
        run("with_speculators.py", target, draft)
        return "all tensors loaded"
    difference = run("with_speculators.py", target, draft, golden)[-1]["difference"]
    require(difference <= 1e-5, f"the logits differ by {difference}")
    return f"the golden logits, within {difference}"


@functools.cache
def texts_of_vllm(target):
    return run("with_vllm.py", target)[-1]["texts"]


def with_vllm(speculative):
    """A check with what with_vllm.py takes as a draft."""

    def check(target, draft):
        result = run("with_vllm.py", target, speculative(draft))[-1]
        if "texts" not in result:
            return "loaded; not run, because vLLM computes with no heads of this size on CPUs"
        require(result["texts"] == texts_of_vllm(target), "the draft changes the target's answers")
        accepted = f"{result['accepted_tokens']} of {result['draft_tokens']} drafted tokens accepted"
        require(result["accepted_tokens"] > OPTIONS.accepted * result["draft_tokens"], accepted)
        return accepted

    return check


def method(name):
    return lambda draft: json.dumps({"method": name, "model": str(draft), "num_speculative_tokens": SPECULATIVE_TOKENS})


CHECKS = {
    "model": {"transformers": with_transformers, "vLLM": with_vllm(method("draft_model"))},
    "speculators": {"Speculators": with_speculators, "vLLM": with_vllm(method("eagle3")), "vLLM by its folder": with_vllm(str)},
    "eagle3": {"vLLM": with_vllm(method("eagle3"))},
    "eagle1": {"vLLM": with_vllm(method("eagle"))},
    "gguf": {"llama-cpp-python": with_llamacpp, "llama-server": with_llama_server},
}


def gguf(folder):
    (file,) = folder.glob("*.gguf")
    return file


def format_of(draft):
    if any(draft.glob("*.gguf")):
        return "gguf"
    config = json.loads((draft / "config.json").read_text())
    if "speculators_model_type" in config:
        return "speculators"
    if "draft_vocab_size" in config:
        return "eagle3"
    return "eagle1" if "bias" in config else "model"


def failures(target, draft):
    """Of a draft; prints what every check says."""
    failed = 0
    for name, check in CHECKS[format_of(draft)].items():
        try:
            print(f"{draft.name}: {name}: {check(target.resolve(), draft.resolve())}", flush=True)
        except Failure as failure:
            failed += 1
            print(f"{draft.name}: {name}: FAILED: {str(failure).splitlines()[-1] if OPTIONS.broken else failure}", flush=True)
    return failed


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accepted", type=float, default=0, help="share of drafted tokens that vLLM must accept")
    parser.add_argument("--broken", action="store_true", help="each draft must fail a check")
    parser.add_argument("target", type=Path)
    parser.add_argument("drafts", type=Path, nargs="+")
    return parser.parse_args()


def main():
    failed = {draft: failures(OPTIONS.target, draft) for draft in OPTIONS.drafts}
    wrong = [draft.name for draft, count in failed.items() if (count > 0) != OPTIONS.broken]
    print(f"{len(failed) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


OPTIONS = options()
main()
