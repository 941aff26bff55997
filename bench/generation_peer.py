"""The peer of generation.py: transformers' generate on the CPU.

python generation_peer.py MODEL_DIR PROMPTS.jsonl TOKENS greedy|sampled
"""
import json
import resource
import sys
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(directory, prompts_file, tokens, way):
    tokenizer = AutoTokenizer.from_pretrained(directory, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16).eval()
    with open(prompts_file, encoding="utf-8") as lines:
        batch = tokenizer.pad({"input_ids": [json.loads(line) for line in lines]}, return_tensors="pt")
    # Not the default temperature and filters, so that tokens are drawn from the whole distribution.
    settings = {"do_sample": False} if way == "greedy" else {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}
    with torch.inference_mode():
        model.generate(**batch, max_new_tokens=1, **settings)
        begin = time.perf_counter()
        out = model.generate(**batch, max_new_tokens=tokens, min_new_tokens=tokens, **settings)
        seconds = time.perf_counter() - begin
    new = out.shape[0] * (out.shape[1] - batch["input_ids"].shape[1])
    print(json.dumps({"tokens_per_second": new / seconds, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
