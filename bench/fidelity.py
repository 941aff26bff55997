"""Compares the engine with transformers on the same directory: logits and greedy text.

bench/run.sh fidelity MODEL_DIR [--rows 24] [--tokens 32]

Both compute in fp32, whatever the type of the stored weights, and read chats of the demo dataset in the model's own
tokens; a run of transformers in fp64 shows the error of fp32 itself. Fails if the logits of the two differ by more than
5e-5 and by more than twice the difference between transformers in fp32 and fp64, or if a greedy token differs although
the best two logits are more than 1e-3 apart.
"""
import argparse
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import engine

MAX_TOKENS = 256
LOGIT_LIMIT = 5e-5
TIE = 1e-3


def write_prompts(tokenizer, count, shortest=8):
    """Writes, alternately, chats up to the assistant's message and whole chats."""
    prompts = []
    with open(engine.PROJECT / "src/main/resources/demo/tickets.train.jsonl", encoding="utf-8") as lines:
        for line in lines:
            messages = json.loads(line)["messages"]
            ask = len(prompts) % 2 == 0
            ids = tokenizer.apply_chat_template(
                messages[:-1] if ask else messages, add_generation_prompt=ask, tokenize=True)["input_ids"][:MAX_TOKENS]
            if len(ids) >= shortest:
                prompts.append(ids)
            if len(prompts) == count:
                break
    file = engine.BUILD / "prompts.jsonl"
    file.write_text("".join(json.dumps(ids) + "\n" for ids in prompts), encoding="utf-8")
    return file, prompts


def read_logits(file, prompts, vocabulary):
    values = torch.frombuffer(bytearray(file.read_bytes()), dtype=torch.float32).reshape(-1, vocabulary)
    return values.split([len(ids) for ids in prompts])


class Difference:
    """Largest and mean absolute difference between logits."""

    def __init__(self):
        self.largest, self.sum, self.count = 0.0, 0.0, 0

    def add(self, a, b):
        difference = (a.double() - b.double()).abs()
        self.largest = max(self.largest, difference.max().item())
        self.sum += difference.sum().item()
        self.count += difference.numel()

    def __str__(self):
        return f"largest {self.largest:.2e}, mean {self.sum / self.count:.2e}"


@torch.no_grad()
def compare_logits(load, prompts, logits):
    """Compares the engine with fp32, fp32 with fp64, and the engine with fp64."""
    single, double = load(torch.float32), load(torch.float64)
    differences = Difference(), Difference(), Difference()
    for ids, ours in zip(prompts, logits):
        theirs, exact = (model(input_ids=torch.tensor([ids])).logits[0] for model in (single, double))
        for difference, (a, b) in zip(differences, ((ours, theirs), (theirs, exact), (ours, exact))):
            difference.add(a, b)
    return differences


@torch.no_grad()
def compare_answers(model, prompts, answers):
    """Counts the tokens that transformers would not have chosen after the same text, and those that are not near ties."""
    differing, wrong = 0, 0
    for ids, answer in zip(prompts, answers):
        theirs = model(input_ids=torch.tensor([ids + answer])).logits[0, len(ids) - 1 : -1].topk(2)
        other = theirs.indices[:, 0] != torch.tensor(answer)
        differing += int(other.sum())
        wrong += int((other & (theirs.values[:, 0] - theirs.values[:, 1] > TIE)).sum())
    return differing, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a Llama-architecture model")
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--tokens", type=int, default=32, help="new tokens per greedy answer")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    file, prompts = write_prompts(AutoTokenizer.from_pretrained(arguments.model), arguments.rows)
    output = engine.BUILD / "logits.bin"
    answers = engine.run(classpath, "ModelAnswers", arguments.model, file, output, arguments.tokens)

    def load(dtype):
        return AutoModelForCausalLM.from_pretrained(arguments.model, dtype=dtype, attn_implementation="eager").eval()

    model = load(torch.float32)
    logits = read_logits(output, prompts, model.config.vocab_size)
    engine_theirs, theirs_exact, engine_exact = compare_logits(load, prompts, logits)
    differing, wrong = compare_answers(model, prompts, answers)
    limit = max(LOGIT_LIMIT, 2 * theirs_exact.largest)
    print(f"logits of {sum(map(len, prompts))} positions")
    print(f"  engine and transformers in fp32   {engine_theirs}   (limit {limit:.1e})")
    print(f"  transformers in fp32 and fp64     {theirs_exact}")
    print(f"  engine and transformers in fp64   {engine_exact}")
    print(f"greedy tokens that differ: {differing} of {sum(map(len, answers))}, {wrong} of them not near ties (limit 0)")
    sys.exit(0 if engine_theirs.largest <= limit and wrong == 0 else 1)


if __name__ == "__main__":
    main()
