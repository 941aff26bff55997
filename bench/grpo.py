"""Trains by GRPO on the same prompts alternately with the engine and with TRL's GRPOTrainer, and compares them.

bench/run.sh grpo MODEL_DIR [--data FILE] [--prompts 4] [--group 8] [--tokens 64] [--rate 1e-4] [--pairs 2] [--steps 4]

Rank 16 on all seven projections, temperature 1, no divergence term, one update per rollout; the reward of a completion
is its word overlap with the answer (ROUGE-1). Each run is a separate process, the peer's in the engine's precision.
Completions end at the model's own end token, so their lengths differ by chance: they are printed.
"""
import argparse
import os
import pathlib
import sys

import engine
import workload
from comparison import Comparison, spread

HERE = pathlib.Path(__file__).resolve().parent
RATIOS = ("steps_per_hour", "sampled_tokens_per_second", "peak_mib")


def compare(arguments, classpath):
    ways = [
        arguments.model, workload.prompts(arguments.data, arguments.prompts * arguments.steps), arguments.steps, arguments.prompts,
        arguments.group, arguments.tokens, arguments.rate]
    rows = arguments.peer_rows or arguments.prompts * arguments.group
    runs = []
    for pair in range(arguments.pairs):
        ours = engine.run(classpath, "GrpoBenchmark", *ways)
        peer = [*ways, ours["precision"], rows, "kept" if arguments.peer_kept else "recomputed"]
        theirs = engine.last_json([sys.executable, str(HERE / "grpo_peer.py"), *map(str, peer)], dict(os.environ))
        print(f"pair {pair + 1}: engine {ours}\n          peer {theirs}", flush=True)
        runs.append((ours, theirs))
    print(f"{'':42s}  median        min .. max")
    for key in [key for key in runs[0][1] if "reward" not in key]:
        name = key.replace("_", " ")
        print(f"engine {name:35s}", spread([ours[key] for ours, _ in runs]))
        print(f"peer   {name:35s}", spread([theirs[key] for _, theirs in runs]))
        if key in RATIOS:
            print(f"ratio of {name:33s}", spread([ours[key] / theirs[key] for ours, theirs in runs]))
    return Comparison(f"GRPO, {arguments.prompts} x {arguments.group} completions", "steps_per_hour", runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, or prompts with their answers")
    parser.add_argument("--prompts", type=int, default=4, help="prompts per step")
    parser.add_argument("--group", type=int, default=8, help="completions per prompt")
    parser.add_argument("--tokens", type=int, default=64, help="maximum tokens per completion")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--steps", type=workload.steps, default=4)
    parser.add_argument("--peer-rows", type=int, help="completions per pass of the peer's update, instead of all of a step")
    parser.add_argument("--peer-kept", action="store_true", help="keep the peer's activations instead of recomputing them, TRL's default")
    arguments = parser.parse_args()
    compare(arguments, engine.build_classpath())


if __name__ == "__main__":
    main()
