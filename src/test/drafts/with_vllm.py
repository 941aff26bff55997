"""vLLM's answers to the prompts of the checks: with_vllm.py TARGET [SPECULATIVE_CONFIG] prints them as JSON, with the counts of drafted and accepted tokens."""
import json
import sys

from vllm import LLM, SamplingParams

from prompts import NEW_TOKENS, prompts

PREFIX = "vllm:spec_decode_num_"


def main():
    target, speculative = sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else None
    llm = LLM(
        model=target, skip_tokenizer_init=True, dtype="float32", max_model_len=256, enforce_eager=True, speculative_config=speculative,
        disable_log_stats=False)
    result = {"loaded": True}
    print(json.dumps(result), flush=True)
    sampling = SamplingParams(temperature=0, max_tokens=NEW_TOKENS, ignore_eos=True, detokenize=False)
    outputs = llm.generate([{"prompt_token_ids": ids} for ids in prompts(target)], sampling, use_tqdm=False)
    counts = {m.name.removeprefix(PREFIX): m.value for m in llm.get_metrics() if m.name.startswith(PREFIX) and hasattr(m, "value")}
    print(json.dumps({"texts": [list(output.outputs[0].token_ids) for output in outputs], **counts}))


main()
