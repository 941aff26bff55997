"""Prompts of the checks, as token ids."""
import json
from pathlib import Path

import torch

TEXTS = (
    "The printer on the second floor does not answer.",
    "How do I reset my password?",
    "Write one sentence about rain.",
    "My invoice of March is missing. Please send it again.",
)
NEW_TOKENS = 32


def prompts(target):
    """Four prompts: texts if the target has a tokenizer, and otherwise numbers."""
    if (Path(target) / "tokenizer.json").exists():
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(target)
        if tokenizer.chat_template is None:
            return [tokenizer(text).input_ids for text in TEXTS]
        turns = [[{"role": "user", "content": text}] for text in TEXTS]
        return [tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False) for turn in turns]
    vocabulary = json.loads((Path(target) / "config.json").read_text())["vocab_size"]
    return torch.randint(0, vocabulary, (4, 8), generator=torch.Generator().manual_seed(1)).tolist()
