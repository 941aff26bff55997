"""vLLM's answers to the prompts of the checks: with_vllm.py TARGET [DRAFT] prints them as JSON, with the counts of drafted and accepted tokens.

DRAFT is a speculative configuration as JSON, or a folder of Speculators' format, which vLLM takes in place of the target.
"""
import contextlib
import json
import sys

from vllm import LLM, SamplingParams

from prompts import NEW_TOKENS, prompts
from speculators_folder import naming

PREFIX = "vllm:spec_decode_num_"


def load(target, draft=None):
    with contextlib.ExitStack() as copies:
        speculative = None
        if draft is not None and draft.startswith("{"):
            speculative = json.loads(draft)
        elif draft is not None:
            target = str(copies.enter_context(naming(target, draft)))
        return LLM(
            model=target, skip_tokenizer_init=True, dtype="float32", max_model_len=256, enforce_eager=True, speculative_config=speculative,
            disable_log_stats=False)


def main():
    target = sys.argv[1]
    llm = load(*sys.argv[1:])
    result = {"loaded": True}
    print(json.dumps(result), flush=True)
    sampling = SamplingParams(temperature=0, max_tokens=NEW_TOKENS, ignore_eos=True, detokenize=False)
    outputs = llm.generate([{"prompt_token_ids": ids} for ids in prompts(target)], sampling, use_tqdm=False)
    counts = {m.name.removeprefix(PREFIX): m.value for m in llm.get_metrics() if m.name.startswith(PREFIX) and hasattr(m, "value")}
    print(json.dumps({"texts": [list(output.outputs[0].token_ids) for output in outputs], **counts}))


main()
