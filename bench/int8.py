"""What int8 products with frozen matrices gain beside bf16, with and without the conversions around them.

bench/run.sh int8 MODEL_DIR

On one thread, for training: the products of a layer with 256 rows, forward and backward. On all threads, for generation: the products of all layers with
1, 4 and 16 rows. Weights are random, int8 per output channel; activations are quantised per row. Prints the best of several times, in ms.
"""
import argparse
import os
import pathlib
import time

import torch

from ceiling import ROWS, Sizes

BF16, BYTES = torch.bfloat16, 127


class Matrix:
    """A frozen matrix [out, in] in bf16 and in int8, each as rows and in oneDNN's blocks."""

    def __init__(self, out, into, rows):
        weight = (torch.randn(out, into) / into ** 0.5).to(BF16)
        self.scales = weight.float().abs().amax(1) / BYTES
        self.rows, self.int8 = weight, (weight.float() / self.scales[:, None]).round().to(torch.int8)
        self.blocks = torch.ops.mkldnn._reorder_linear_weight(weight, rows)
        self.int8_blocks = torch.ops.onednn.qlinear_prepack(self.int8, [rows, into])
        self.zeros = torch.zeros(out, dtype=torch.int32)
        self.x = torch.randn(rows, into).to(BF16)
        self.bytes = torch.randint(0, 255, (rows, into), dtype=torch.uint8)


def plain(m):
    return torch.nn.functional.linear(m.x, m.rows)


def blocks(m):
    return torch.ops.mkldnn._linear_pointwise(m.x, m.blocks, None, "none", [], "")


def qlinear(m, quantised):
    return torch.ops.onednn.qlinear_pointwise(quantised, 1.0, 128, m.int8_blocks, m.scales, m.zeros, None, 1.0, 0, BF16, "none", [], "")


def qlinear_alone(m):
    return qlinear(m, m.bytes)


def qlinear_converting(m):
    scale = m.x.abs().amax(1, True) * (1 / BYTES)
    return qlinear(m, torch.div(m.x.float(), scale).add_(128.5).to(torch.uint8)).mul_(scale)


def int_mm_converting(m):
    scale = m.x.abs().amax(1, True).float() * (1 / BYTES)
    product = torch._int_mm(torch.div(m.x, scale).round_().to(torch.int8), m.int8.t())
    return torch.mul(product, scale).mul_(m.scales).to(BF16)


def difference(m):
    return ((qlinear_converting(m).float() - plain(m).float()).norm() / plain(m).float().norm()).item()


def times(ways, matrices):
    best = {}
    for _ in range(20):
        for way in ways:
            begin = time.perf_counter()
            for matrix in matrices:
                way(matrix)
            best[way.__name__] = min(best.get(way.__name__, 1e9), (time.perf_counter() - begin) * 1e3)
    return ", ".join(f"{name} {value:.2f}" for name, value in best.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    sizes = Sizes(parser.parse_args().model)
    torch.manual_seed(0)
    with torch.inference_mode():
        torch.set_num_threads(1)
        both_ways = [Matrix(*shape, ROWS) for into, out in sizes.products() for shape in ((out, into), (into, out))]
        print(f"torch {torch.__version__}; a product of int8 differs from bf16 by {max(map(difference, both_ways)):.4f} of the norm")
        print(f"a layer, {ROWS} rows, forward and backward: {times((plain, blocks, qlinear_alone, qlinear_converting, int_mm_converting), both_ways)}")
        torch.set_num_threads(len(os.sched_getaffinity(0)))
        for rows in (1, 4, 16):
            layers = [Matrix(out, into, rows) for _ in range(sizes.layers) for into, out in sizes.products()]
            print(f"all layers, {rows} rows, {torch.get_num_threads()} threads: {times((blocks, qlinear_alone, qlinear_converting), layers)}", flush=True)


if __name__ == "__main__":
    main()
