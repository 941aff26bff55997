"""Measures how the engine's speed and memory scale with rows per step, row length, adapter rank and model.

bench/run.sh growth MODEL_DIR [MODEL_DIR ...] [--larger] [--steps 4] [--precision auto] [--data FILE]

One value changes at a time; the others stay at 4 rows of 256 tokens, rank 16. Each line is a separate process. The first
two steps do not count. --larger adds a model of SmolLM2-360M's shape with random weights and the first model's tokenizer.
"""
import argparse
import json
import pathlib

import engine
import shape
import workload

BATCHES = (1, 2, 4, 8, 16)
LENGTHS = (128, 256, 512, 1024, 2048)
RANKS = (8, 16, 32, 64)
USUAL = (4, 256, 16)


def cases(positions):
    """Rows per step, tokens of a row, and rank; no row is longer than the model's positions."""
    seen = {(batch, *USUAL[1:]) for batch in BATCHES}
    seen |= {(USUAL[0], length, USUAL[2]) for length in LENGTHS}
    seen |= {(*USUAL[:2], rank) for rank in RANKS}
    return sorted(case for case in seen if case[1] <= positions)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path, help="Hugging Face directories of models that the engine runs")
    parser.add_argument("--larger", action="store_true", help="also measure a model of SmolLM2-360M's shape")
    parser.add_argument("--steps", type=workload.steps, default=4)
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto")
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    arguments = parser.parse_args()
    from transformers import AutoTokenizer

    classpath = engine.build_classpath()
    print(f"{'model':32s} rows  tokens of a row  rank  tokens/s  peak MiB")
    larger = [shape.write("SmolLM2-360M-shape", shape.SMOLLM2_360M, arguments.models[0])] if arguments.larger else []
    for model in arguments.models + larger:
        positions = json.loads((model / "config.json").read_text())["max_position_embeddings"]
        tokenizer = AutoTokenizer.from_pretrained(model)
        for batch, length, rank in cases(positions):
            rows = workload.fixed(tokenizer, arguments.data, batch * arguments.steps, length)
            done = engine.run(classpath, "StepBenchmark", model, rows, batch, arguments.steps, arguments.precision, rank, "off", 0, "supervised")
            print(f"{model.name:32s} {batch:4d} {length:16d} {rank:5d} {done['tokens_per_second']:9.0f} {done['peak_mib']:9.0f}", flush=True)


if __name__ == "__main__":
    main()
