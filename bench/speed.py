"""Trains on the same rows alternately with the engine and with its peer, and compares their speed and memory.

bench/run.sh speed MODEL_DIR [--work fixed real real-recomputed tools dpo] [--data FILE] [--pairs 3] [--steps 8] [--precision auto]

Each run is a separate process, engine and peer alternate, and only ratios of consecutive runs count: other load on the
machine changes the absolute numbers. Rank 16 on all seven projections.
  fixed            4 rows of 256 tokens per step, all tokens trained
  real             8 chats of their natural length per step, only the last message trained
  real-recomputed  the same with activation recomputation in the peer, which takes less memory and more time
  tools            8 chats of 150 tokens per step behind one system prompt with the schemas of tools, 1,000 tokens
  dpo              4 pairs per step with a prompt of some 600 tokens; the peer is TRL's DPOTrainer, both evaluate the reference before the first step
"""
import argparse
import json
import os
import pathlib
import sys

import engine
import workload
from ceiling import Sizes, describe
from comparison import Comparison

HERE = pathlib.Path(__file__).resolve().parent
FIXED_TOKENS = 256
LONGEST_TOKENS = 512
BATCH = {"fixed": 4, "real": 8, "real-recomputed": 8, "tools": 8, "dpo": 4}
METHOD = {"dpo": "dpo"}


def rows_of(work, arguments):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    count = BATCH[work] * arguments.steps
    if work == "fixed":
        return workload.fixed(tokenizer, arguments.data, count, FIXED_TOKENS)
    if work == "dpo":
        return workload.pairs(tokenizer, arguments.data, count, Sizes(arguments.model).positions)
    if work == "tools":
        return workload.tools(tokenizer, arguments.data, count, Sizes(arguments.model).positions)
    return workload.real(tokenizer, arguments.data, count, LONGEST_TOKENS)


def peer(work, model, rows, steps):
    script = "dpo_peer.py" if work == "dpo" else "peer.py"
    command = [sys.executable, str(HERE / script), str(model), str(rows), str(BATCH[work]), str(steps)]
    return engine.last_json(command + (["--recompute"] if work == "real-recomputed" else []), dict(os.environ))


def floor_of(work, model, rows, ceiling):
    """Tokens a second at best if the machine did nothing but this work's products in bf16, each token computed for itself."""
    with open(rows, encoding="utf-8") as lines:
        labels = [json.loads(line)["labels"] for line in lines]
    counts = [(len(row), sum(label != workload.NOT_TRAINED for label in row)) for row in labels]
    return sum(tokens for tokens, _ in counts) * ceiling["bf16_flops"] / Sizes(model).operations(counts)


def compare(work, arguments, classpath, ceiling):
    rows = rows_of(work, arguments)
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(
            classpath, "StepBenchmark", arguments.model, rows, BATCH[work], arguments.steps, arguments.precision, 16, "off", 0, METHOD.get(work, "supervised"))
        theirs = peer(work, arguments.model, rows, arguments.steps)
        print(f"{work}, pair {pair + 1}: engine {ours}\n{' ' * len(work)}          peer {theirs}", flush=True)
        runs.append((ours, theirs))
    compared = Comparison(work, "tokens_per_second", runs, floor_of(work, arguments.model, rows, ceiling))
    compared.print()
    return compared


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--work", nargs="+", choices=list(BATCH), default=list(BATCH))
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=workload.steps, default=8)
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto", help="precision of the engine; the peer's follows TRL")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    ceiling = engine.ceiling(arguments.model)
    print(describe(ceiling), flush=True)
    for work in arguments.work:
        compare(work, arguments, classpath, ceiling)


if __name__ == "__main__":
    main()
