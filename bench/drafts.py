"""Trains drafts of one target in different ways on the same data, and compares their acceptance lengths.

bench/run.sh drafts MODEL_DIR [--data FILE] [--kinds model] [--arms full lora afa afa-unmerged] [--seeds 1 2 3]
                    [--steps 200] [--rows 400] [--layers 0 29] [--regenerate]

A draft of the kind `model` begins with some of the target's own layers. The target's acceptance length (tokens of each of its
passes) is measured by decoding prompts that are not trained on, before and after, greedily and at temperature 1, with four
draft tokens at a time. `afa-unmerged` keeps beta at 1, so it cannot be merged: what the activation is worth by itself.
Intervals are 95 % bootstrap intervals over the seeds' prompts.
"""
import argparse
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys

import engine
import workload

HELD_OUT = 32
DRAFT_TOKENS = 4
ARMS = ("full", "lora", "afa", "afa-unmerged")
RATES = {"full": 2e-4, "lora": 2e-3, "afa": 2e-3, "afa-unmerged": 2e-3}


def pruned(model, layers, folder):
    """A model with some of the target's layers, its embeddings and its final norm."""
    from safetensors.torch import load_file, save_file

    if (folder / "config.json").exists():
        return folder
    folder.mkdir(parents=True)
    for file in pathlib.Path(model).iterdir():
        if file.suffix != ".safetensors":
            shutil.copyfile(file, folder / file.name)
    config = json.loads((folder / "config.json").read_text())
    config["num_hidden_layers"] = len(layers)
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    weights = load_file(pathlib.Path(model) / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if ".layers." not in name}
    for place, layer in enumerate(layers):
        begin = f"model.layers.{layer}."
        kept.update({f"model.layers.{place}." + name[len(begin):]: tensor for name, tensor in weights.items() if name.startswith(begin)})
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def adapter(arm, rank):
    if arm == "full":
        return None
    # A step at the very end: beta is 1 in all steps.
    schedule = {"shape": "step", "start": 1.0, "end": 1.0} if arm == "afa-unmerged" else {"shape": "linear", "start": 0.0, "end": 0.8}
    return {"rank": rank, "alpha": 2.0 * rank, "dropout": 0.0, "targetModules": ["all-linear"], "rslora": False,
            "activation": "none" if arm == "lora" else "silu", "schedule": schedule}


def task(arguments, arm, seed, draft, files, attempt):
    """The task of a training as a worker writes it. The unmerged arm is measured one step before its end, where beta is still 1."""
    steps = arguments.steps + (arm == "afa-unmerged")
    base = lambda path: {"id": pathlib.Path(path).name, "revision": None, "directory": str(pathlib.Path(path).resolve())}
    return {
        "task": "train", "model": base(draft), "machine": {"device": "cpu", "threads": 0, "precision": "auto"}, "templateTime": "2026-01-01T00:00:00Z",
        "trainingFile": str(files[0]), "validationFile": str(files[1]), "adapter": adapter(arm, arguments.rank),
        "settings": {
            "method": {
                "type": "speculative_draft", "target": "target", "kind": "model", "loss": "kl_div", "speculativeTokens": DRAFT_TOKENS,
                "evaluation": {"prompts": HELD_OUT, "maxTokens": 64},
                "regeneration": {"temperature": 0.0, "maxTokens": 96} if arguments.regenerate else None, "head": None},
            "epochs": 1, "batchRows": 8, "totalSteps": steps, "maxLengthTokens": 256, "packing": False, "activationCheckpointing": "auto",
            "optimizer": {"learningRate": RATES[arm], "schedule": "linear", "warmupSteps": steps // 20, "weightDecay": 0.0, "maxGradientNorm": 1.0,
                          "loraPlusRatio": 1.0},
            "checkpointIntervalSteps": 0, "evaluationIntervalSteps": arguments.steps, "seed": seed},
        "attemptDirectory": str(attempt), "initialAdapter": None, "target": {"base": base(arguments.model), "checkpointDirectory": None},
        "resumeFrom": None, "validatedStep": 0}


def train(classpath, work, written):
    shutil.rmtree(work, ignore_errors=True)
    (work / "attempt").parent.mkdir(parents=True)
    file = work / "task.json"
    file.write_text(json.dumps(written))
    command = ["java", *engine.JVM, "-cp", classpath, "dev.anneal.engine.run.EngineMain", str(file)]
    process = subprocess.Popen(command, env=dict(os.environ, **engine.SETTINGS), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    validations, last = [], None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "validation":
            validations.append(event)
        elif event["event"] == "step":
            last = event
    if process.wait() != 0:
        sys.exit(process.stderr.read()[-3000:])
    return validations, last


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--data", default=None, help="JSON lines with messages")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--layers", nargs="+", type=int, default=None, help="layers of the target that the draft begins with; default: first and last")
    parser.add_argument("--regenerate", action="store_true", help="train on the target's own greedy answers")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    layers = arguments.layers or [0, json.loads((pathlib.Path(arguments.model) / "config.json").read_text())["num_hidden_layers"] - 1]
    draft = pruned(arguments.model, layers, engine.BUILD / ("draft-" + "-".join(map(str, layers))))
    lines = pathlib.Path(arguments.data).read_text().splitlines()
    files = [engine.BUILD / "draft-training.jsonl", engine.BUILD / "draft-validation.jsonl"]
    files[1].write_text("\n".join(lines[:HELD_OUT]) + "\n")
    files[0].write_text("\n".join(lines[HELD_OUT:HELD_OUT + arguments.rows]) + "\n")
    print(f"draft: layers {layers}; {arguments.steps} steps of 8 rows", flush=True)
    for arm in arguments.arms:
        for seed in arguments.seeds:
            attempt = engine.BUILD / "draft-work"
            validations, last = train(classpath, attempt, task(arguments, arm, seed, draft, files, attempt / "attempt"))
            begin, end = validations[0], validations[1]
            print(json.dumps({"arm": arm, "seed": seed, "loss": [begin["loss"], end["loss"]], "seconds_per_step": last["seconds"],
                              **{key: [begin["metrics"].get(key), value] for key, value in sorted(end["metrics"].items())}}), flush=True)


if __name__ == "__main__":
    main()
