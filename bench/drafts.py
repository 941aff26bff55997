"""Trains drafts of one target in different ways on the same data, and measures what each is worth.

bench/run.sh drafts MODEL_DIR --data FILE [--kinds eagle3 model eagle1] [--arms full lora afa afa-unmerged] [--seeds 1 2 3]
                    [--steps 150] [--rows 1900] [--temperature 0] [--vocabulary 8000] [--layers 0 29] [--serve]

The target first writes the answers, once, at the given temperature; all trainings learn from the same ones. The acceptance
length (tokens of each pass of the target, tau) is measured on prompts that are not trained on, with four draft tokens at a
time, greedily and at temperature 1. A draft of the kind `model` begins with some of the target's own layers.
`afa-unmerged` keeps beta at 1, so it cannot be merged: what the activation is worth by itself. Intervals are 95 % intervals of
Student's t over the seeds. --serve also generates with the first seed's draft in the serving process: one and eight prompts
at a time, greedily and at temperature 1, alternately with and without the draft; texts must be equal.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import engine
import intervals

HELD_OUT = 50
MEASURED = 24
DRAFT_TOKENS = 4
ANSWER_TOKENS = 96
KINDS = ("eagle3", "model", "eagle1")
ARMS = ("full", "lora", "afa", "afa-unmerged")
# Peak learning rates of all weights and of adapters.
RATES = {"model": (5e-4, 2e-3), "eagle3": (1e-2, 5e-3), "eagle1": (1e-2, 5e-3)}
RESULTS = ("acceptance_length/greedy", "acceptance_length/sampled")


class Process:
    """An engine process with a task."""

    def __init__(self, classpath, work, task):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        (work / "task.json").write_text(json.dumps(task))
        self.log = open(work / "log", "w")
        command = ["java", *engine.JVM, "-cp", classpath, "dev.anneal.engine.run.EngineMain", str(work / "task.json")]
        self.process = subprocess.Popen(command, env=dict(os.environ, **engine.SETTINGS), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True)

    def events(self):
        for line in self.process.stdout:
            yield json.loads(line)

    def send(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        if self.process.wait() not in (0, 75):
            sys.exit(f"the engine failed: {pathlib.Path(self.log.name).read_text()[-3000:]}")


def base(path):
    return {"id": pathlib.Path(path).name, "revision": None, "directory": str(pathlib.Path(path).resolve())}


def machine():
    return {"device": "cpu", "threads": 0, "precision": "auto"}


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


class Study:
    def __init__(self, arguments):
        self.arguments = arguments
        self.classpath = engine.build_classpath()
        self.config = json.loads((pathlib.Path(arguments.model) / "config.json").read_text())
        self.layers = arguments.layers or [0, self.config["num_hidden_layers"] - 1]
        self.files = [engine.BUILD / "draft-training.jsonl", engine.BUILD / "draft-validation.jsonl"]

    def write_data(self):
        """The file's prompts with the target's own answers."""
        lines = [json.loads(line) for line in pathlib.Path(self.arguments.data).read_text().splitlines() if line.strip()]
        chats = [line["messages"][:-1] for line in lines[:HELD_OUT + self.arguments.rows]]
        self.prompts = chats[:HELD_OUT]
        began = time.monotonic()
        answers = Server(self).answer(chats, None, self.arguments.temperature, 64)
        tokens = sum(answer["tokens"] for answer in answers)
        print(f"The target wrote {len(answers)} answers, {tokens:,} tokens, in {time.monotonic() - began:.0f} s", flush=True)
        rows = [json.dumps({"messages": [*chat, {"role": "assistant", "content": answer["text"]}]}) for chat, answer in zip(chats, answers) if answer["text"].strip()]
        self.files[1].write_text("\n".join(rows[:MEASURED]) + "\n")
        self.files[0].write_text("\n".join(rows[HELD_OUT:]) + "\n")

    def draft(self, kind):
        if kind != "model":
            return self.arguments.model
        return pruned(self.arguments.model, self.layers, engine.BUILD / ("draft-" + "-".join(map(str, self.layers))))

    def head(self, kind):
        n = self.config["num_hidden_layers"]
        if kind == "model":
            return None
        streams = [2, n // 2, n - 3] if kind == "eagle3" else []
        size = min(self.arguments.vocabulary, self.config["vocab_size"]) if kind == "eagle3" else self.config["vocab_size"]
        return {"layers": streams, "vocabularySize": size, "steps": 3 if kind == "eagle3" else 1, "decay": 0.8,
                "normBeforeResidual": True, "normBeforeFc": True, "fcNorm": False, "normOutput": True}

    def adapter(self, arm):
        if arm == "full":
            return None
        # A step at the very end: beta is 1 in all steps.
        schedule = {"shape": "step", "start": 1.0, "end": 1.0} if arm == "afa-unmerged" else {"shape": "linear", "start": 0.0, "end": 0.8}
        rank = self.arguments.rank
        return {"rank": rank, "alpha": 2.0 * rank, "dropout": 0.0, "targetModules": ["all-linear"], "rslora": False,
                "activation": "none" if arm == "lora" else "silu", "schedule": schedule}

    def train(self, kind, arm, seed):
        """Validations before the first step and after the last. The unmerged arm is measured one step before its end, where beta is still 1."""
        asked = self.arguments.steps
        steps = asked + (arm == "afa-unmerged")
        rate = self.arguments.rate or RATES[kind][arm != "full"]
        work = engine.BUILD / f"draft-{kind}-{arm}"
        task = {
            "task": "TrainTask", "model": base(self.draft(kind)), "machine": machine(), "templateTime": "2026-01-01T00:00:00Z",
            "trainingFile": str(self.files[0]), "validationFile": str(self.files[1]), "adapter": self.adapter(arm),
            "settings": {
                "method": {
                    "type": "speculative_draft", "target": "target", "kind": kind, "loss": "kl_div", "speculativeTokens": DRAFT_TOKENS,
                    "evaluation": {"prompts": MEASURED, "maxTokens": ANSWER_TOKENS}, "regeneration": None, "head": self.head(kind),
                    "hiddenStateCacheBytes": 0},
                "epochs": 1, "batchRows": 8, "totalSteps": steps, "maxLengthTokens": 512, "packing": False, "activationCheckpointing": "auto",
                "optimizer": {"learningRate": rate, "schedule": "cosine", "warmupSteps": steps // 20, "weightDecay": 0.0, "maxGradientNorm": 1.0,
                              "loraPlusRatio": 1.0},
                "checkpointIntervalSteps": 0, "evaluationIntervalSteps": asked, "seed": seed},
            "attemptDirectory": str(work / "attempt"), "initialAdapter": None, "target": {"base": base(self.arguments.model), "checkpointDirectory": None},
            "draft": None, "resumeFrom": None, "targetAnswers": None, "validatedStep": 0}
        process = Process(self.classpath, work, task)
        validations, seconds = [], []
        for event in process.events():
            if event["event"] == "Validation":
                validations.append(event)
            elif event["event"] == "Step":
                seconds.append(event["seconds"])
        process.end()
        self.checkpoint = work / "attempt" / f"checkpoint-{steps}"
        return validations[0], validations[1], statistics.median(seconds)

    def compare(self):
        print("\n| kind | arm | seeds | s / step | tau before, T = 0 | T = 1 | tau after, T = 0 | T = 1 | top-1 | accepted, 4th |\n|---|---|---|---|---|---|---|---|---|---|")
        for kind in self.arguments.kinds:
            for arm in self.arguments.arms:
                runs = []
                for seed in self.arguments.seeds:
                    runs.append(self.train(kind, arm, seed))
                    print(json.dumps({"kind": kind, "arm": arm, "seed": seed, "before": runs[-1][0]["metrics"], "after": runs[-1][1]["metrics"],
                                      "loss": [runs[-1][0]["loss"], runs[-1][1]["loss"]]}), file=sys.stderr, flush=True)
                before = [f"{runs[0][0]['metrics'][key]:.2f}" for key in RESULTS]
                after = [interval([run[1]["metrics"][key] for run in runs]) for key in RESULTS]
                fourth = f"acceptance/{min(DRAFT_TOKENS, 3 if kind == 'eagle3' else 4)}"
                print(f"| {kind} | {arm} | {len(runs)} | {statistics.median(run[2] for run in runs):.2f} | {before[0]} | {before[1]} | {after[0]} | {after[1]}"
                      f" | {runs[0][1]['tokenAccuracy']:.3f} | {runs[0][1]['metrics'].get(fourth, float('nan')):.3f} |", flush=True)
            if self.arguments.serve:
                self.serve(kind)

    def serve(self, kind):
        draft = {"base": base(self.draft(kind)), "checkpointDirectory": str(self.checkpoint)}
        print(f"\n| {kind}, served | prompts at a time | tokens/s alone | with draft | ratio | tokens a pass | equal texts |\n|---|---|---|---|---|---|---|")
        for temperature in (0.0, 1.0):
            for at_once in (1, 8):
                server = Server(self)
                asked = self.prompts[:16 if at_once == 1 else HELD_OUT]
                server.answer(asked[:2], draft, temperature, at_once)
                pairs = []
                for _ in range(self.arguments.pairs):
                    pairs.append([server.timed(asked, which, temperature, at_once) for which in (None, draft)])
                server.close()
                speeds = [[run["speed"] for run in pair] for pair in pairs]
                equal = all(pair[0]["texts"] == pair[1]["texts"] for pair in pairs)
                drafted = pairs[-1][1]
                print(f"| T = {temperature:.0f} | {at_once} | {statistics.median(s[0] for s in speeds):.1f} | {statistics.median(s[1] for s in speeds):.1f}"
                      f" | {statistics.median(s[1] / s[0] for s in speeds):.2f} | {drafted['tokens_a_pass']:.2f} | {len(asked) if equal else 'NO'} |", flush=True)


class Server:
    """The serving process: prompts of chats are answered, so many at a time."""

    def __init__(self, study):
        limits = {"models": 2, "adapters": 2, "slots": 64, "maxTokens": 1024, "prefixBytes": 0, "idleSeconds": 3600}
        self.process = Process(study.classpath, engine.BUILD / "draft-serve", {"task": "ServeTask", "machine": machine(), "limits": limits})
        self.model = {"base": base(study.arguments.model), "checkpointDirectory": None}
        self.events = self.process.events()
        self.next_id = 1

    def answer(self, chats, draft, temperature, at_once):
        answers, waiting, open_ids = {}, list(enumerate(chats)), {}
        while waiting or open_ids:
            while waiting and len(open_ids) < at_once:
                place, chat = waiting.pop(0)
                open_ids[self.next_id] = place
                answers[place] = {"text": "", "tokens": 0}
                self.process.send({
                    "request": "Generate", "id": self.next_id, "model": self.model, "draft": draft, "requiresDraft": draft is not None, "prefixScope": "", "prediction": None,
                    "input": {"kind": "Chat", "json": json.dumps({"messages": chat})}, "now": "2026-01-01T00:00:00Z",
                    "decoding": {"choices": 1, "maxNewTokens": ANSWER_TOKENS, "temperature": temperature, "topK": 0, "topP": 1.0, "minP": 0.0, "seed": place,
                                 "stop": [], "stopTokens": [], "topLogprobs": None}})
                self.next_id += 1
            event = next(self.events)
            if event["event"] != "Replied" or event["request"] not in open_ids:
                continue
            reply, own = event["reply"], answers[open_ids[event["request"]]]
            if reply["reply"] == "Text":
                own["text"] += reply["text"]
            elif reply["reply"] == "Ended":
                own.update(tokens=reply["tokens"]["completion"], accepted=reply["tokens"]["acceptedDraft"])
                del open_ids[event["request"]]
            elif reply["reply"] == "Refused":
                sys.exit(f"refused: {reply}")
        return [answers[place] for place in range(len(chats))]

    def timed(self, chats, draft, temperature, at_once):
        began = time.monotonic()
        answers = self.answer(chats, draft, temperature, at_once)
        seconds = time.monotonic() - began
        tokens = sum(answer["tokens"] for answer in answers)
        # The pass of the prompt gives the first token.
        passes = sum(answer["tokens"] - 1 - answer["accepted"] for answer in answers)
        return {"speed": tokens / seconds, "texts": [answer["text"] for answer in answers], "tokens_a_pass": (tokens - len(answers)) / passes}

    def close(self):
        self.process.end()


def interval(values):
    if len(values) < 2:
        return f"{values[0]:.2f}"
    mean, _, high = intervals.student(values)
    return f"{mean:.2f} ± {high - mean:.2f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--data", required=True, help="JSON lines with messages")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--rows", type=int, default=1900)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=None, help="peak learning rate; default: one for each kind and arm")
    parser.add_argument("--temperature", type=float, default=0.0, help="of the target's answers")
    parser.add_argument("--vocabulary", type=int, default=8000, help="tokens that an EAGLE-3 head can propose")
    parser.add_argument("--layers", nargs="+", type=int, default=None, help="of the target that a draft model begins with; default: first and last")
    parser.add_argument("--serve", action="store_true", help="also generate with the last draft of each kind")
    parser.add_argument("--pairs", type=int, default=3)
    study = Study(parser.parse_args())
    study.write_data()
    study.compare()


if __name__ == "__main__":
    main()
