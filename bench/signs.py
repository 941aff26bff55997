"""Trains the same rows with an ordinary adapter and with one whose outputs are in groups of signs, alternately, and compares speed and memory.

bench/run.sh signs MODEL_DIR [--work fixed real rollouts] [--data FILE] [--pairs 3] [--steps 8] [--rank 16] [--groups 8]

Rollouts are those of GRPO, 4 prompts x 8 completions, at rank 16: they read an adapter with groups as an ordinary one of rank times groups.
"""
import argparse
import pathlib

import engine
import speed
import workload
from comparison import Comparison

ROLLOUTS = "rollouts"
WORKS = ("fixed", "real", ROLLOUTS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--work", nargs="+", choices=WORKS, default=WORKS)
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=workload.steps, default=8)
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--groups", type=int, default=8)
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    for work in arguments.work:
        run, key = (rollouts, "sampled_tokens_per_second") if work == ROLLOUTS else (steps, "tokens_per_second")
        runs = [[run(classpath, work, arguments, groups) for groups in (arguments.groups, 1)] for _ in range(arguments.pairs)]
        Comparison(work, key, runs).print(f"{arguments.groups} groups", "ordinary")


def steps(classpath, work, arguments, groups):
    return engine.run(
        classpath, "StepBenchmark", arguments.model, speed.rows_of(work, arguments), speed.BATCH[work], arguments.steps, arguments.precision,
        f"{arguments.rank}x{groups}", "off", 0, "supervised")


def rollouts(classpath, _work, arguments, groups):
    prompts = workload.prompts(arguments.data, 4 * arguments.steps)
    return engine.run(classpath, "GrpoBenchmark", arguments.model, prompts, arguments.steps, 4, 8, 64, 1e-6, groups)


main()
