"""Trains the same rows with the engine and with its peer, in turn, and prints how they compare.

bench/run.sh speed MODEL_DIR [--pairs 3] [--steps 8] [--precision auto]

Each run is a process of its own, engine and peer alternate, and only ratios of neighbouring runs count: other load on the
machine moves the absolute numbers. Fixed work: 4 rows of 256 tokens a step, all trained, rank 16 on all seven projections.
"""
import argparse
import json
import os
import pathlib
import statistics
import sys

import engine

HERE = pathlib.Path(__file__).resolve().parent
ROW_TOKENS = 256
BATCH = 4


def write_rows(model, count):
    """Chats of the demo dataset, one after another, cut into rows of one length."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    ids = []
    with open(engine.PROJECT / "src/main/resources/demo/tickets.train.jsonl", encoding="utf-8") as lines:
        for line in lines:
            ids += tokenizer.apply_chat_template(json.loads(line)["messages"], tokenize=True)["input_ids"]
    if len(ids) < count * ROW_TOKENS:
        sys.exit(f"the dataset fills {len(ids) // ROW_TOKENS} rows, {count} are needed: fewer steps, please")
    file = engine.BUILD / "rows.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for n in range(count):
            out.write(json.dumps(ids[n * ROW_TOKENS:(n + 1) * ROW_TOKENS]) + "\n")
    return file


def peer(model, rows, steps):
    return engine.last_json([sys.executable, str(HERE / "peer.py"), str(model), str(rows), str(BATCH), str(steps)], dict(os.environ))


def spread(values):
    return f"{statistics.median(values):8.2f}   {min(values):8.2f} .. {max(values):8.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a Llama-architecture model")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto", help="the engine's; the peer decides as TRL does")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    rows = write_rows(arguments.model, BATCH * arguments.steps)
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(classpath, "StepBenchmark", arguments.model, rows, BATCH, arguments.steps, arguments.precision)
        theirs = peer(arguments.model, rows, arguments.steps)
        print(f"pair {pair + 1}: engine {ours}\n        peer   {theirs}", flush=True)
        runs.append((ours, theirs))
    print("                          median        min .. max")
    print("engine tokens/s         ", spread([ours["tokens_per_second"] for ours, _ in runs]))
    print("peer tokens/s           ", spread([theirs["tokens_per_second"] for _, theirs in runs]))
    print("ratio of tokens/s       ", spread([a["tokens_per_second"] / b["tokens_per_second"] for a, b in runs]))
    print("engine peak memory, MiB ", spread([ours["peak_mib"] for ours, _ in runs]))
    print("peer peak memory, MiB   ", spread([theirs["peak_mib"] for _, theirs in runs]))
    print("ratio of peak memory    ", spread([a["peak_mib"] / b["peak_mib"] for a, b in runs]))


if __name__ == "__main__":
    main()
