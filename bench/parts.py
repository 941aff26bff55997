"""Where the time of a micro-batch of training goes: forward and backward of 256 tokens through all layers and the head, on one thread, by kind of operator.

bench/run.sh parts MODEL_DIR

Runs the engine's programs in Python (src/test/devices/engine.py) with random weights of the model's shape, and torch's profiler.
"""
import argparse
import collections
import json
import pathlib
import sys

import torch

from ceiling import RANK, ROWS, Sizes

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "src/test/devices"))
import engine as programs  # noqa: E402  (the bench has an engine.py of its own)


def model_of(directory):
    sizes, config = Sizes(directory), json.loads((directory / "config.json").read_text())
    heads = config["num_attention_heads"]
    head = sizes.query // heads
    shape = programs.Shape("model", sizes.hidden, sizes.feed_forward, heads, sizes.keys // head, head, sizes.layers, sizes.vocabulary)
    model = programs.Model(shape, torch.bfloat16, "cpu", programs.Limits(micro_batch=ROWS, block=128, chunk=256, few=16), RANK)
    model.apply()
    return model


def kind(event, shape):
    sizes = [size for operand in event.input_shapes if isinstance(operand, list) for size in operand]
    product = event.key in ("aten::mm", "aten::addmm_")
    if shape.vocabulary in sizes:
        return "logits, products" if product else "logits, softmax and conversions"
    if product:
        return "adapters, products" if any(size in (RANK, 2 * RANK, 3 * RANK) for size in sizes) else "frozen products"
    if event.key in ("aten::bmm", "aten::baddbmm"):
        return "attention, products"
    if event.key == "aten::_softmax" or any(len(operand) >= 3 and operand[0] == shape.key_heads for operand in event.input_shapes if operand):
        return "attention, softmax, masks and copies"
    return "norms, activation, residuals, phi, rotation, copies" if event.key.startswith("aten::") else "interpreter"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    model = model_of(parser.parse_args().model)
    torch.set_num_threads(1)
    ids = torch.randint(5, model.shape.vocabulary, (ROWS,))
    with torch.no_grad():
        for _ in range(2):
            model.loss_and_gradient(ids, [ROWS], 0.5)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], record_shapes=True) as profile:
            model.loss_and_gradient(ids, [ROWS], 0.5)
    parts = collections.Counter()
    for event in profile.key_averages(group_by_input_shape=True):
        parts[kind(event, model.shape)] += event.self_cpu_time_total / 1e3
    total = sum(parts.values())
    print(f"torch {torch.__version__}, {ROWS} tokens, {total:.0f} ms\n\n| part | ms | share |\n|---|---|---|")
    for name, value in parts.most_common():
        print(f"| {name} | {value:.1f} | {100 * value / total:.0f} % |")


if __name__ == "__main__":
    main()
