"""transformers' greedy answers of a target with and without a draft: with_transformers.py TARGET DRAFT"""
import json
import sys

import torch
from transformers import AutoModelForCausalLM

from prompts import NEW_TOKENS, prompts


def texts(target, draft):
    """Answers, and in how many passes the target has written them."""
    passes = []
    hook = target.model.register_forward_hook(lambda *_: passes.append(1))
    answers = []
    for ids in prompts(sys.argv[1]):
        answer = target.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=None,
            assistant_model=draft)
        answers.append(answer[0, len(ids):].tolist())
    hook.remove()
    return answers, len(passes)


def main():
    target, draft = (AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32) for folder in sys.argv[1:3])
    alone, _ = texts(target, None)
    together, passes = texts(target, draft)
    print(json.dumps({"texts": alone, "texts_with_draft": together, "passes": passes}))


main()
