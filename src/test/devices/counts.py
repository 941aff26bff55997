"""Counts the kernels of a training step and of a decoded token on a GPU, without one, and computes what they take by a device's roofline.

    bench/run.sh counts [--check FILE]                                     kernels of a layer, and where the host waits
    bench/run.sh roofline [--device h100 a100 l4] [--model 135m 1b 8b]     tokens a second, computed

The engine's programs run on pretended tensors (trace.py). A layer's kernels are those of two layers less those of one. --check fails unless the file has
the table of counts.
"""
import argparse
import collections
import dataclasses
import pathlib
import sys

import torch

import engine
import programs
import roofline
import trace

# Tokens of a micro-batch, as DeviceLimits has them.
TOKENS = engine.Limits().micro_batch
# The second round of a race is left out: it hardly ever comes. Attention over a cache takes the kernel that knows masks.
REWRITTEN = programs.REWRITTEN | {
    "if bool(torch.any(torch.lt(best, torch.narrow(highest, 1, count - 1, 1)))):": "if torch.any(torch.lt(best, torch.narrow(highest, 1, count - 1, 1))).cpu().dim() == 1:",
    "o = torch.scaled_dot_product_attention(q, keys, values, next[1], scale=self.attention_scale)": "o, _, _, _ = torch._scaled_dot_product_efficient_attention(q, keys, values, "
    "torch.expand(next[1], [q.size(0), q.size(1), q.size(2), keys.size(2)]), False)"}
# Goals of training, tokens a second.
RATES = {("H100 SXM", "SmolLM2-135M"): "150,000", ("H100 SXM", "Llama-3.2-1B"): "40,000", ("H100 SXM", "Llama-3.1-8B"): "10,000"}


def model(shape, layers):
    return engine.Model(dataclasses.replace(shape, layers=layers), torch.bfloat16, "cuda", seed=None, rewritten=REWRITTEN, kind=engine.MATCHED_RELU)


def training(shape, layers, rows):
    """Of a micro-batch, forward and backward, with all its tokens in so many rows."""
    of = model(shape, layers)
    of.apply()
    ids = torch.empty(TOKENS, dtype=torch.int64, device="cuda")
    return trace.of(lambda: of.loss_and_gradient(ids, [TOKENS // rows] * rows, 0.5))


def decoding(shape, layers, sequences, context):
    """Of a token of each sequence, all with so many tokens before it, from its id to the next one, drawn at temperature 1."""
    of = model(shape, layers)
    of.apply()
    room = context + 128
    caches = [of.ones(sequences, 2 * shape.key_heads, room, shape.head) for _ in range(layers)]
    weights, adapters = ([tensor for layer in lists for tensor in layer] for lists in (of.layers, of.applied))
    places = [torch.empty(sequences, dtype=torch.int64, device="cuda") for _ in range(3)]
    race, column = programs.program("race", REWRITTEN), torch.empty(sequences, 1, device="cuda")
    words, stirred = torch.empty(2, sequences, 1, 1, dtype=torch.int64, device="cuda"), torch.empty(16, shape.vocabulary // 16, dtype=torch.int32, device="cuda")

    def token():
        slots, positions, ids = places
        turns = of.run.turns(positions, of.frequencies, 1.0, 0.0, 1, of.norm)
        following = of.run.next_tokens(slots, positions, *turns, room, caches[0])
        x = of.run.embed(ids, of.table)
        states = of.run.read(x, 0, layers, weights, adapters, [0, 0, sequences], [of.kind], [0.0], *turns, list(range(sequences + 1)), [context] * sequences,
                             following, 0, caches, [])
        race.draw(of.run.logits(states[-1], positions, of.norm, of.table), column, words, stirred)

    return trace.of(token)


def difference(more, less):
    """Operators of what the one trace has more than the other, in no order."""
    return list((collections.Counter(more.operators) - collections.Counter(less.operators)).elements())


def kernels(operators):
    return sum(operator.kernels for operator in operators)


def table_of_counts(shape):
    """Of the programs as they are, for one row or sequence and for 32, beside what is aimed at."""
    rows = [f"| {shape.name} | 1 row or sequence | 32 | at most |", "|---|---|---|---|"]
    for traced, of, unit, most, waits in ((training, (), "micro-batch, forward and backward", 60, 1), (decoding, (512,), "decoded token", 20, 0)):
        one, two = ([traced(shape, layers, count, *of) for count in (1, 32)] for layers in (1, 2))
        layers = [kernels(difference(more, less)) for more, less in zip(two, one)]
        rest = [kernels(each.operators) - layer for each, layer in zip(one, layers)]
        for name, counts, goal in ((f"kernels of a layer, {unit}", layers, most), (f"other kernels, {unit}", rest, "–"),
                                   (f"waits of the host, {unit}", [each.synchronisations for each in one], waits)):
            rows.append(f"| {name} | {counts[0]} | {counts[1]} | {goal} |")
    return "\n".join(rows)


def whole(traced, shape, *of):
    """Operators of all layers."""
    one, two = (traced(shape, layers, *of) for layers in (1, 2))
    return one.operators + (shape.layers - 1) * difference(two, one)


def tables_of_time(device, shapes):
    print(f"Computed for {device.name}, not measured.\n\n| | tokens/s | goal | of the peak | kernels | starting them |\n|---|---|---|---|---|---|")
    passes = {shape: whole(training, shape, 4) for shape in shapes}
    for shape, operators in passes.items():
        taken = roofline.seconds(device, operators)
        share = sum(operator.operations for operator in operators) / taken / device.bf16
        print(f"| {shape.name}, training, 4 x {TOKENS // 4} | {TOKENS / taken:,.0f} | {RATES.get((device.name, shape.name), '–')} | {share:.0%} | {kernels(operators):,} "
              f"| {kernels(operators) * device.start / taken:.0%} |")
    for shape in shapes:
        for sequences in (1, 32):
            operators = whole(decoding, shape, sequences, 512)
            taken = roofline.seconds(device, operators)
            print(f"| {shape.name}, decoding {sequences} | {sequences / taken:,.0f} | – | – | {kernels(operators):,} | {kernels(operators) * device.start / taken:.0%} |")
    for shape, operators in passes.items():
        print(f"\n| {shape.name}, training | kernels | of the time |\n|---|---|---|")
        for name, count, taken in roofline.costliest(device, operators):
            print(f"| `{name}` | {count:,} | {taken / roofline.seconds(device, operators):.0%} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["counts", "roofline"])
    parser.add_argument("--device", nargs="+", choices=roofline.DEVICES, default=["h100"])
    parser.add_argument("--model", nargs="+", choices=engine.SHAPES, default=list(engine.SHAPES))
    parser.add_argument("--check", type=pathlib.Path, metavar="FILE")
    arguments = parser.parse_args()
    with trace.pretended_gpu():
        if arguments.what == "counts":
            table = table_of_counts(engine.SHAPES["135m"])
            print(table)
            if arguments.check and table not in arguments.check.read_text():
                sys.exit(f"{arguments.check} has another table")
            return
        for device in arguments.device:
            tables_of_time(roofline.DEVICES[device], [engine.SHAPES[name] for name in arguments.model])


if __name__ == "__main__":
    main()
