"""Trains the same rows with an ordinary adapter and with one whose outputs are in groups of signs, alternately, and compares speed and memory.

bench/run.sh signs MODEL_DIR [--work fixed real] [--data FILE] [--pairs 3] [--steps 8] [--rank 4] [--groups 32]
"""
import argparse
import pathlib

import engine
import speed
import workload
from comparison import Comparison


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--work", nargs="+", choices=["fixed", "real"], default=["fixed", "real"])
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=workload.steps, default=8)
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto")
    parser.add_argument("--rank", type=int, default=4)
    parser.add_argument("--groups", type=int, default=32)
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    for work in arguments.work:
        rows = speed.rows_of(work, arguments)
        runs = [[engine.run(classpath, "StepBenchmark", arguments.model, rows, speed.BATCH[work], arguments.steps, arguments.precision, f"{arguments.rank}x{groups}",
                            "off", 0, "supervised") for groups in (arguments.groups, 1)] for _ in range(arguments.pairs)]
        Comparison(work, "tokens_per_second", runs).print(f"{arguments.groups} groups", "ordinary")


main()
