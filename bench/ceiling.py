"""What this machine can do at best: products of a model's shapes, in bf16 and int8, and reads of memory, on all cores at one time, one thread each.

python ceiling.py MODEL_DIR     prints one JSON line
"""
import concurrent.futures
import json
import os
import pathlib
import statistics
import sys
import time

ROWS = 256
RANK = 16


class Sizes:
    """Of a model's layers and head, from its configuration."""

    def __init__(self, directory):
        config = json.loads((pathlib.Path(directory) / "config.json").read_text())
        self.hidden, self.layers, self.vocabulary = config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]
        self.feed_forward, self.positions = config["intermediate_size"], config["max_position_embeddings"]
        heads = config["num_attention_heads"]
        head = config.get("head_dim") or self.hidden // heads
        self.query, self.keys = heads * head, config.get("num_key_value_heads", heads) * head

    def products(self):
        """Inputs and outputs of a layer's products with frozen matrices."""
        return [(self.hidden, self.query + 2 * self.keys), (self.query, self.hidden), (self.hidden, 2 * self.feed_forward), (self.feed_forward, self.hidden)]

    def layer_weights(self):
        return sum(into * out for into, out in self.products())

    def weight_bytes(self):
        """Of all matrices that decode a token, in bf16."""
        return 2 * (self.layers * self.layer_weights() + self.vocabulary * self.hidden)

    def operations(self, rows):
        """Of training rows, (tokens, trained tokens) each, as if nothing were shared: frozen products forward and backward, adapters, attention, logits."""
        adapters = sum(RANK * (into + out) for into, out in self.adapted())
        tokens, trained = sum(row for row, _ in rows), sum(row for _, row in rows)
        attention = sum(14 * self.query * row * row / 2 for row, _ in rows)
        return self.layers * ((4 * self.layer_weights() + 6 * adapters) * tokens + attention) + 4 * self.vocabulary * self.hidden * trained

    def adapter_bytes(self):
        """Of the fp32 gradient of adapters of all projections."""
        return 4 * self.layers * sum(RANK * (into + out) for into, out in self.adapted())

    def adapted(self):
        narrow = [(self.hidden, self.keys)] * 2
        return [(self.hidden, self.query), *narrow, (self.query, self.hidden), *[(self.hidden, self.feed_forward)] * 2, (self.feed_forward, self.hidden)]


def together(work):
    """Seconds of the work on all cores at one time: the median of five, after one that does not count."""
    cores = len(os.sched_getaffinity(0))
    seconds = []
    with concurrent.futures.ThreadPoolExecutor(cores) as threads:
        for _ in range(6):
            begin = time.perf_counter()
            list(threads.map(work, range(cores)))
            seconds.append(time.perf_counter() - begin)
    return cores, statistics.median(seconds[1:])


def products(sizes, multiply, make):
    """Operations a second of all cores."""
    import torch

    times = max(1, round(2e9 / (ROWS * sizes.layer_weights())))
    operands = [[(make(ROWS, into), make(into, out)) for into, out in sizes.products()] for _ in os.sched_getaffinity(0)]

    def work(core):
        with torch.inference_mode():
            for _ in range(times):
                for x, w in operands[core]:
                    multiply(x, w)

    cores, seconds = together(work)
    return 2 * ROWS * sizes.layer_weights() * times * cores / seconds


def reads():
    """Bytes a second of all cores."""
    import torch

    values = [torch.ones(64 << 20) for _ in os.sched_getaffinity(0)]
    cores, seconds = together(lambda core: values[core].sum())
    return values[0].numel() * 4 * cores / seconds


def measure(directory):
    import torch

    torch.set_num_threads(1)
    sizes = Sizes(directory)
    bf16 = products(sizes, torch.mm, lambda *shape: torch.randn(*shape).bfloat16())
    try:
        int8 = products(sizes, torch._int_mm, lambda *shape: torch.randint(-127, 127, shape, dtype=torch.int8))
    except RuntimeError:
        int8 = None
    return {"bf16_flops": bf16, "int8_ops": int8, "read_bytes": reads()}


def describe(ceiling):
    int8 = "no int8" if ceiling["int8_ops"] is None else f"{ceiling['int8_ops'] / 1e9:,.0f} GOP/s in int8"
    return f"This machine at best: {ceiling['bf16_flops'] / 1e9:,.0f} GFLOP/s in bf16, {int8}, reads of {ceiling['read_bytes'] / 1e9:.0f} GB/s."


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
