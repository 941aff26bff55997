"""Generates from the same prompts alternately with the engine and with transformers' generate, and compares their speed and memory.

bench/run.sh generation MODEL_DIR [--data FILE] [--work 16 1 repeat] [--tokens 128] [--pairs 3] [--sampled]
                        [--drafting none|prompt_lookup]

A work is a number of prompts at a time, or one that asks for its own text again. Greedy, or sampled at temperature 1;
nothing stops an answer early, so each has all its tokens. Each run is a separate process and reads the prompts once
before the clock starts. Both compute in bf16.
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
REPEAT = "repeat"
WORKS = ("16", "1", REPEAT)


def repeating(chat):
    text = "Repeat the following text word for word, and write nothing else.\n\n" + chat[-1]["content"]
    return [{"role": "user", "content": text}]


def prompts_of(work, arguments):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    chats = workload.chats(arguments.data)
    asked = [repeating(chats[0])] if work == REPEAT else [chat[:-1] for chat in chats[:int(work)]]
    file = engine.BUILD / f"prompts-{work}.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for messages in asked:
            out.write(json.dumps(workload.ids(tokenizer, messages, add_generation_prompt=True)) + "\n")
    return file, len(asked)


def compare(work, arguments, classpath, ceiling):
    prompts, batch = prompts_of(work, arguments)
    ways = [arguments.model, prompts, arguments.tokens, "sampled" if arguments.sampled else "greedy"]
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(classpath, "GenerationBenchmark", *ways, arguments.drafting)
        theirs = engine.last_json([sys.executable, str(HERE / "generation_peer.py"), *map(str, ways)], dict(os.environ))
        print(f"{work} prompts, pair {pair + 1}: engine {ours}\n                     peer {theirs}", flush=True)
        runs.append((ours, theirs))
    # Without drafts each step of all sequences reads all weights once and gives each a token.
    floor = batch * ceiling["read_bytes"] / Sizes(arguments.model).weight_bytes()
    name = "1 prompt that asks for its text" if work == REPEAT else f"{batch} prompt{'s' * (batch > 1)}"
    compared = Comparison(f"{name} x {arguments.tokens} tokens", "tokens_per_second", runs, floor)
    compared.print()
    return compared


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats; all but the last message are the prompt")
    parser.add_argument("--work", nargs="+", default=WORKS, help=f"numbers of prompts, or {REPEAT}")
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sampled", action="store_true")
    parser.add_argument("--drafting", choices=["none", "prompt_lookup"], default="prompt_lookup", help="draft tokens of the engine")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    ceiling = engine.ceiling(arguments.model)
    print(describe(ceiling), flush=True)
    for work in arguments.work:
        compare(work, arguments, classpath, ceiling)


if __name__ == "__main__":
    main()
