"""Compares engine and peer on all works, one pair of runs each, and ends with one table.

bench/run.sh all MODEL_DIR [--data FILE] [--pairs 1] [--steps 6]
"""
import argparse
import pathlib

import engine
import generation
import grpo
import speed
import workload
from ceiling import describe


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--steps", type=workload.steps, default=6)
    parser.set_defaults(
        precision="auto", tokens=128, sampled=False, drafting="prompt_lookup", prompts=4, group=8, rate=1e-4, peer_rows=None, peer_kept=False)
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    ceiling = engine.ceiling(arguments.model)
    found = [speed.compare(work, arguments, classpath, ceiling) for work in speed.BATCH]
    found += [generation.compare(work, arguments, classpath, ceiling) for work in generation.WORKS]
    # A rollout's completions are shorter than an answer of the generation's work.
    arguments.tokens = 64
    found.append(grpo.compare(arguments, classpath))
    print(f"\n{describe(ceiling)}\n")
    print("| work | engine | peer | ratio | share of the floor | memory ratio |\n|---|---|---|---|---|---|")
    for compared in found:
        print(compared.row())


if __name__ == "__main__":
    main()
