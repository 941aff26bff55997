"""llama.cpp, by llama-cpp-python: a target as GGUF with a draft as GGUF. with_llamacpp.py TARGET.gguf DRAFT.gguf"""
import json
import sys

import numpy
from llama_cpp import Llama
from llama_cpp.llama_speculative import LlamaDraftModel

from prompts import NEW_TOKENS, TEXTS

DRAFTED = 3


def load(path, draft=None):
    return Llama(path, n_ctx=256, n_threads=1, verbose=False, logits_all=True, draft_model=draft)


def vocabulary(model):
    return [model.detokenize([token], special=True) for token in range(model.n_vocab())], model.token_eos()


class Draft(LlamaDraftModel):
    """llama-cpp-python itself has only prompt lookup: this is a draft model for it."""

    def __init__(self, path):
        self.model = load(path)
        self.drafts = 0

    def __call__(self, input_ids, /, **_):
        self.drafts += 1
        tokens = self.model.generate(input_ids.tolist(), temp=0)
        return numpy.array([next(tokens) for _ in range(DRAFTED)], dtype=numpy.intc)


def texts(model):
    """Greedy answers, and in how many passes the target has written them."""
    answers, passes = [], 0
    evaluate = model.eval

    def counted(tokens):
        nonlocal passes
        passes += 1
        evaluate(tokens)

    model.eval = counted
    for text in TEXTS:
        tokens = model.generate(model.tokenize(text.encode()), temp=0)
        answers.append([next(tokens) for _ in range(NEW_TOKENS)])
    return answers, passes


def main():
    draft = Draft(sys.argv[2])
    target = load(sys.argv[1])
    assert vocabulary(target) == vocabulary(draft.model), "the draft has other tokens than its target"
    alone, _ = texts(target)
    together, passes = texts(load(sys.argv[1], draft))
    print(json.dumps({"texts": alone, "texts_with_draft": together, "passes": passes, "drafts": draft.drafts}))


main()
