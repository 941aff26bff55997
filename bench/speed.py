"""Trains on the same rows alternately with the engine and with its peer, and compares their speed and memory.

bench/run.sh speed MODEL_DIR [--work fixed real real-recomputed tools] [--data FILE] [--pairs 3] [--steps 8] [--precision auto]

Each run is a separate process, engine and peer alternate, and only ratios of consecutive runs count: other load on the
machine changes the absolute numbers. Rank 16 on all seven projections.
  fixed            4 rows of 256 tokens per step, all tokens trained
  real             8 chats of their natural length per step, only the last message trained
  real-recomputed  the same with activation recomputation in the peer, which takes less memory and more time
  tools            8 chats of 150 tokens per step behind one system prompt with the schemas of tools, 1,000 tokens
"""
import argparse
import os
import pathlib
import statistics
import sys

import engine
import workload

HERE = pathlib.Path(__file__).resolve().parent
FIXED_TOKENS = 256
LONGEST_TOKENS = 512
BATCH = {"fixed": 4, "real": 8, "real-recomputed": 8, "tools": 8}


def rows_of(work, arguments):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    count = BATCH[work] * arguments.steps
    if work == "fixed":
        return workload.fixed(tokenizer, arguments.data, count, FIXED_TOKENS)
    if work == "tools":
        return workload.tools(tokenizer, arguments.data, count)
    return workload.real(tokenizer, arguments.data, count, LONGEST_TOKENS)


def peer(work, model, rows, steps):
    command = [sys.executable, str(HERE / "peer.py"), str(model), str(rows), str(BATCH[work]), str(steps)]
    return engine.last_json(command + (["--recompute"] if work == "real-recomputed" else []), dict(os.environ))


def spread(values):
    return f"{statistics.median(values):8.2f}   {min(values):8.2f} .. {max(values):8.2f}"


def compare(work, arguments, classpath):
    rows = rows_of(work, arguments)
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(classpath, "StepBenchmark", arguments.model, rows, BATCH[work], arguments.steps, arguments.precision, 16, "off", 0)
        theirs = peer(work, arguments.model, rows, arguments.steps)
        print(f"{work}, pair {pair + 1}: engine {ours}\n{' ' * len(work)}          peer {theirs}", flush=True)
        runs.append((ours, theirs))
    print(f"{work:26s}  median        min .. max")
    print("engine tokens/s         ", spread([ours["tokens_per_second"] for ours, _ in runs]))
    print("peer tokens/s           ", spread([theirs["tokens_per_second"] for _, theirs in runs]))
    print("ratio of tokens/s       ", spread([a["tokens_per_second"] / b["tokens_per_second"] for a, b in runs]))
    print("engine peak memory, MiB ", spread([ours["peak_mib"] for ours, _ in runs]))
    print("peer peak memory, MiB   ", spread([theirs["peak_mib"] for _, theirs in runs]))
    print("ratio of peak memory    ", spread([a["peak_mib"] / b["peak_mib"] for a, b in runs]), flush=True)


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
    for work in arguments.work:
        compare(work, arguments, classpath)


if __name__ == "__main__":
    main()
