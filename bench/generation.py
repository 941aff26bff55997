"""Generates from the same prompts alternately with the engine and with transformers' generate, and compares their speed and memory.

bench/run.sh generation MODEL_DIR [--data FILE] [--batch 16 1] [--tokens 128] [--pairs 3] [--sampled]

Greedy, or sampled at temperature 1; nothing stops an answer early, so each has all its tokens. Each run is a separate
process and reads the prompts once before the clock starts. Both compute in bf16.
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


def prompts_of(batch, arguments):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    chats = workload.chats(arguments.data)[:batch]
    file = engine.BUILD / f"prompts-{batch}.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for chat in chats:
            out.write(json.dumps(workload.ids(tokenizer, chat[:-1], add_generation_prompt=True)) + "\n")
    return file


def compare(batch, arguments, classpath, ceiling):
    prompts = prompts_of(batch, arguments)
    ways = [arguments.model, prompts, arguments.tokens, "sampled" if arguments.sampled else "greedy"]
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(classpath, "GenerationBenchmark", *ways)
        theirs = engine.last_json([sys.executable, str(HERE / "generation_peer.py"), *map(str, ways)], dict(os.environ))
        print(f"{batch} prompts, pair {pair + 1}: engine {ours}\n                     peer {theirs}", flush=True)
        runs.append((ours, theirs))
    # Each step of all sequences reads all weights once.
    floor = batch * ceiling["read_bytes"] / Sizes(arguments.model).weight_bytes()
    compared = Comparison(f"{batch} prompt{'s' * (batch > 1)} x {arguments.tokens} tokens", "tokens_per_second", runs, floor)
    compared.print()
    return compared


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats; all but the last message are the prompt")
    parser.add_argument("--batch", nargs="+", type=int, default=[16, 1])
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sampled", action="store_true")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    ceiling = engine.ceiling(arguments.model)
    print(describe(ceiling), flush=True)
    for batch in arguments.batch:
        compare(batch, arguments, classpath, ceiling)


if __name__ == "__main__":
    main()
