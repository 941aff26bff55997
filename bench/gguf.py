"""Compares GGUF files in llama.cpp with the merged directory in transformers: token ids and greedy text.

bench/run.sh gguf MERGED_DIR FILE... [--rows 24] [--tokens 32]

The directory should be an export with dtype float32, which rounds nothing. llama.cpp keeps keys and values in fp32 here,
but multiplies 16-bit weights with activations rounded to the same type, which changes its logits. Fails if a text gets
other token ids, or if an unquantised file chooses a token that is less likely to transformers than its own choice by
more than the limit of the file's type.
"""
import argparse
import json
import pathlib
import sys

import torch
from llama_cpp import Llama
from transformers import AutoModelForCausalLM, AutoTokenizer

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = [
    "The river, 12 boats\n\u00fc \U0001f600", "It's 3.14159 -- isn't it?\t\ttabs  and   spaces ", "\n\n def f(x):\n    return x**2  # 2^10=1024\n",
    "Straße, naïve, Ελληνικά, русский, 日本語のテキスト, العربية, हिन्दी", "a1b22c333d4444 e55555", "'s 'T 'Ll you'RE WE'VE", "\r\n\r\n  \u00a0x",
]
# How far apart the logits of two tokens may be and still swap, by general.file_type: F32, F16, BF16. Q8_0 is only counted.
TIES = {"0": 1e-3, "1": 2e-2, "32": 2e-1}


def prompts_of(tokenizer, count):
    with open(PROJECT / "src/main/resources/demo/tickets.train.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(next(lines))["messages"][:-1] for _ in range(count)]
    return [tokenizer.apply_chat_template(row, add_generation_prompt=True, tokenize=False) for row in rows]


def differing_ids(llama, tokenizer, texts):
    differing = []
    for text in texts:
        ours = llama.tokenize(text.encode(), add_bos=False, special=True)
        if ours != tokenizer.encode(text, add_special_tokens=False):
            differing.append(text)
    return differing


def greedy(llama, ids, count):
    llama.reset()
    answer = []
    for token in llama.generate(ids, temp=0.0, repeat_penalty=1.0, top_k=1):
        answer.append(token)
        if len(answer) == count or token == llama.token_eos():
            return answer


@torch.no_grad()
def shortfalls(model, ids, answer):
    """How much less likely each token of an answer is to the model than its own choice, in logits."""
    logits = model(input_ids=torch.tensor([ids + answer])).logits[0, len(ids) - 1 : -1]
    return (logits.max(1).values - logits.gather(1, torch.tensor(answer)[:, None])[:, 0]).tolist()


def check(file, model, tokenizer, prompts, count):
    llama = Llama(str(file), n_ctx=2048, type_k=0, type_v=0, flash_attn=False, verbose=False)
    differing = differing_ids(llama, tokenizer, TEXTS + prompts)
    behind = []
    for prompt in prompts:
        ids = tokenizer.encode(prompt, add_special_tokens=False)
        behind += shortfalls(model, ids, greedy(llama, ids, count))
    tie = TIES.get(llama.metadata["general.file_type"])
    wrong = 0 if tie is None else sum(value > tie for value in behind)
    print(f"{file.name}: pre-tokenizer {llama.metadata.get('tokenizer.ggml.pre')}, eos {llama.token_eos()}")
    print(f"  texts with other ids: {len(differing)} of {len(TEXTS) + len(prompts)} {differing[:3]}")
    print(f"  greedy tokens that differ: {sum(value > 0 for value in behind)} of {len(behind)}, largest shortfall {max(behind):.2g}", end="")
    print(f"; {wrong} of more than {tie}" if tie is not None else " (quantised: not limited)")
    known = llama.metadata.get("tokenizer.ggml.pre") != "default" or llama.metadata["tokenizer.ggml.model"] == "llama"
    return wrong == 0 and not (known and differing)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("merged", type=pathlib.Path, help="merged Hugging Face directory of the same checkpoint")
    parser.add_argument("files", type=pathlib.Path, nargs="+", help="GGUF files")
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--tokens", type=int, default=32, help="new tokens per greedy answer")
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.merged)
    model = AutoModelForCausalLM.from_pretrained(arguments.merged, dtype=torch.float32, attn_implementation="eager").eval()
    prompts = prompts_of(tokenizer, arguments.rows)
    results = [check(file, model, tokenizer, prompts, arguments.tokens) for file in arguments.files]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
