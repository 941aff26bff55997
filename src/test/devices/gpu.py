"""Whether the engine's programs are right and fast on a device, and with which limits: src/test/devices/gpu.sh [--device cuda] [--small] [--minutes 8]

Needs Python with torch; transformers and peft for the comparison. Compiles and downloads nothing, and prints tables in Markdown:
  accuracy  loss and gradients of layers of a small model, of Llama-3.2-1B and of Llama-3.1-8B, in bf16 and fp32, against autograd in fp64 on the CPU;
            cached decoding, optimizer, merge and sampling against the same on the CPU
  speed     whole training steps of SmolLM2-135M, Llama-3.2-1B and Llama-3.1-8B with random weights, rank 16 on all projections, beside transformers + PEFT
  limits    the same for the sizes of DeviceLimits, one after another, each with the best of those before
Parts for which no time is left are named. --small tries everything on shapes that a CPU can do.
"""
import argparse
import dataclasses
import gc
import itertools
import time

import torch

import check_fused
import engine
import programs
import reference

SMALL = engine.Shape("small", 64, 96, 4, 2, 16, 2, 512)
SHAPES = list(engine.SHAPES.values())
FP32, BF16 = torch.float32, torch.bfloat16
ACTIVATIONS = {engine.SILU: "silu", engine.MATCHED_RELU: "matched relu"}
# What programs compute on CUDA devices alone is computed on the CPU too.
AS_ON_CUDA = {".is_cuda": ".size(0) >= 0"}
# Of the norm. bf16 has eight bits, of which a layer's sums lose some; TF32 stays off. With relu they also decide on which side of 0 a value lies: gradients
# may differ by twice as much.
BOUNDS = {FP32: 2e-5, BF16: 3e-2}


class Kit:
    def __init__(self, arguments):
        self.device = arguments.device
        self.small = arguments.small
        self.end = time.monotonic() + 60 * arguments.minutes
        self.failures = []

    def left(self):
        return self.end - time.monotonic()

    def check(self, what, value, bound):
        verdict = "ok" if value <= bound else "WRONG"
        print(f"| {what} | {value:.1e} | {bound:.0e} | {verdict} |", flush=True)
        if verdict != "ok":
            self.failures.append(what)

    def synchronize(self):
        if self.device != "cpu":
            torch.cuda.synchronize()

    def forget(self):
        gc.collect()
        if self.device != "cpu":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()

    def peak_gib(self):
        return torch.cuda.max_memory_allocated() / 2**30 if self.device != "cpu" else float("nan")


def difference(actual, expected):
    actual, expected = actual.detach().to("cpu", torch.float64).flatten(), expected.detach().to("cpu", torch.float64).flatten()
    return float((actual - expected).norm() / expected.norm())


def accuracy(kit):
    print("\n## Accuracy\n| what | difference / norm | bound | |\n|---|---|---|---|")
    layers = [SMALL] if kit.small else [SMALL] + [dataclasses.replace(shape, layers=1, vocabulary=4096) for shape in SHAPES[1:]]
    rows = [37, 5, 54]
    for shape in layers:
        for dtype, kind in itertools.product((FP32, BF16), ACTIVATIONS):
            model = engine.Model(shape, dtype, kit.device, engine.Limits(block=16, chunk=32, few=8), rank=8, rewritten=AS_ON_CUDA, kind=kind)
            model.apply()
            ids = torch.randint(0, shape.vocabulary, (sum(rows),), generator=torch.Generator().manual_seed(0)).to(kit.device)
            loss = model.loss_and_gradient(ids, rows, 0.7)
            expected, a, b = reference.loss_and_gradients(model, ids, rows, 0.7)
            name = f"{shape.name}, {shape.layers} layer{'s' * (shape.layers > 1)}, {ACTIVATIONS[kind]}, {'bf16' if dtype == BF16 else 'fp32'}"
            kit.check(f"loss of {name}", abs(float(loss) / expected - 1), BOUNDS[dtype])
            bound = BOUNDS[dtype] * (2 if kind == engine.MATCHED_RELU else 1)
            kit.check(f"gradient of A of {name}", difference(model.part[0], a), bound)
            kit.check(f"gradient of B of {name}", difference(model.part[1], b), bound)
            decoding(kit, model, ids[:rows[0]], name)
            del model
            kit.forget()
    fused_attention(kit)
    small_programs(kit)


def fused_attention(kit):
    """Trees of rows, windows and prefixes, which no model above has."""
    if kit.device == "cpu":
        return
    for case in itertools.product(*check_fused.CASES):
        check_fused.check(BF16, *case, device=kit.device, kernels=None)
    print("| fused attention of rows that continue others | | | ok |")


def decoding(kit, model, ids, name):
    """A prompt is read, then token after token: hidden states must be those of the whole row."""
    shape, prompt = model.shape, len(ids) - 4
    whole, _, _ = model.forward(ids, [len(ids)], 0.7)
    caches = [model.ones(1, 2 * shape.key_heads, 64, shape.head) for _ in range(shape.layers)]
    weights = [tensor for layer in model.layers for tensor in layer]
    adapters = [tensor for layer in model.applied for tensor in layer]
    found, read = [], 0
    for size in [prompt, 1, 3]:
        positions = torch.arange(read, read + size, device=kit.device)
        cos, sin = model.run.turns(positions, model.frequencies, 1.0, 0.0, 1, model.norm)
        following = model.run.next_tokens(torch.zeros_like(positions), positions, cos, sin, 64, caches[0]) if size < prompt else []
        x = model.run.embed(ids[read:read + size], model.table)
        found += model.run.read(x, 0, shape.layers, weights, adapters, [0, 0, size], [model.kind], [0.7], cos, sin, [0, size], [read], following, 0, caches, [])
        read += size
    kit.check(f"cached decoding of {name}", difference(torch.cat(found), whole), BOUNDS[model.dtype])


def small_programs(kit):
    """Optimizer, merge and sampling on the device and on the CPU."""
    generator = torch.Generator().manual_seed(2)
    values = [torch.randn(4096, generator=generator) for _ in range(4)]

    def adamw(device):
        p, g, m, v = ([value.to(device).clone()] for value in values)
        v[0].abs_()
        programs.program("optimizer").adamw(p, g, m, v, 0.5, 1e-2, 0.1, 3)
        return p[0]

    def muon(device):
        p, g, m = (value.to(device).clone().view(128, 32) for value in values[:3])
        return programs.program("optimizer").muon(p, g, m, [96, 32], 0.5, 1e-2, 0.1, 6)

    def merge(device):
        w, a, b = (torch.randn(*size, generator=torch.Generator().manual_seed(3)).to(device) for size in ((300, 200), (8, 200), (300, 8)))
        return programs.program("merge").merge(w.to(BF16), a, b, 0.1, w[:0].to(BF16))[0].float()

    def sampled(device):
        logits = torch.randn(64, 5000, generator=torch.Generator().manual_seed(4)).to(device)
        column = torch.ones(64, 1, device=device)
        filtered = programs.program("sampling").filtered(logits, column * 0.8, torch.full((64, 1), 50, device=device), column * 0.9, column * 0.05)
        return torch.softmax(filtered, -1)

    def drawn(device):
        """The noise is exact, so tokens may differ only where scores tie within rounding: hardly one of 64."""
        generator = torch.Generator().manual_seed(5)
        logits = 4 * torch.randn(64, 5000, generator=generator)
        words = torch.randint(-2**31, 2**31, (2, 64, 1, 1), generator=generator)
        words[0], words[1] = words[0] & ~1, words[1] | 1
        race = programs.program("race")
        stirred = race.stirred(torch.arange(5008, device=device).view(16, -1))
        return race.draw(logits.to(device), torch.ones(64, 1, device=device), words.to(device), stirred)

    for name, compute, bound in (("AdamW", adamw, 1e-6), ("Muon", muon, 1e-5), ("merge into bf16", merge, 1e-3),
                                 ("filters of sampling", sampled, 1e-5), ("tokens drawn", drawn, 0)):
        kit.check(name, difference(compute(kit.device), compute("cpu")), bound)


def timed(kit, step, steps=3, warm_up=2):
    """Seconds of a step."""
    for number in range(warm_up):
        step(number + 1)
    kit.synchronize()
    begin = time.perf_counter()
    for number in range(steps):
        step(warm_up + number + 1)
    kit.synchronize()
    return (time.perf_counter() - begin) / steps


def peer(kit, shape, rows):
    """transformers + PEFT on the same rows, which have one length and need no padding."""
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=shape.hidden, intermediate_size=shape.feed_forward, num_attention_heads=shape.heads, num_key_value_heads=shape.key_heads,
        head_dim=shape.head, num_hidden_layers=shape.layers, vocab_size=shape.vocabulary, tie_word_embeddings=True, use_cache=False)
    with torch.device(kit.device):
        default = torch.get_default_dtype()
        torch.set_default_dtype(BF16)
        try:
            base = LlamaForCausalLM(config)
        finally:
            torch.set_default_dtype(default)
    model = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules="all-linear"))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)

    def step(_):
        ids = torch.randint(0, shape.vocabulary, (len(rows), rows[0]), device=kit.device)
        with torch.enable_grad():
            model(input_ids=ids, labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return timed(kit, step)


def speed(kit):
    print("\n## Speed\n| shape | rows x tokens | program | tokens/s | TFLOP/s | peak GiB |\n|---|---|---|---|---|---|")
    for shape in [SMALL] if kit.small else SHAPES:
        rows = [64] * 4 if kit.small else [1024] * 4
        for name, run in (("engine", lambda: engine_step(kit, shape, rows)), ("transformers + PEFT", lambda: peer(kit, shape, rows))):
            kit.forget()
            seconds, note = measured(kit, run)
            if note:
                print(f"| {shape.name} | {len(rows)} x {rows[0]} | {name} | {note} | | |", flush=True)
                continue
            rate = shape.operations(rows) / seconds / 1e12 if name == "engine" else float("nan")
            print(f"| {shape.name} | {len(rows)} x {rows[0]} | {name} | {sum(rows) / seconds:,.0f} | {rate:.1f} | {kit.peak_gib():.1f} |", flush=True)


def measured(kit, run):
    """Seconds, or why there are none."""
    if kit.left() < 30:
        return 0, "no time left"
    try:
        return run(), ""
    except (ImportError, torch.OutOfMemoryError) as e:
        return 0, type(e).__name__


def engine_step(kit, shape, rows, limits=engine.Limits()):
    model = engine.Model(shape, BF16, kit.device, limits)
    return timed(kit, lambda number: model.step(rows, number))


def sweep(kit):
    shape = SMALL if kit.small else SHAPES[1]
    rows = [64] * 8 if kit.small else [1024] * 16
    candidates = {"micro_batch": [2048, 4096, 8192, 16384], "block": [256, 512, 1024], "chunk": [512, 1024, 2048, 4096], "few": [128, 256, 512]}
    if kit.small:
        candidates = {"micro_batch": [128, 256], "block": [32, 64], "chunk": [64], "few": [16]}
    print(f"\n## Limits, {shape.name}, {len(rows)} rows of {rows[0]} tokens\n| limits | tokens/s | peak GiB |\n|---|---|---|")
    best, fastest = engine.Limits(), float("inf")
    for name, values in candidates.items():
        for value in values:
            limits = dataclasses.replace(best, **{name: value})
            kit.forget()
            seconds, note = measured(kit, lambda: engine_step(kit, shape, rows, limits))
            print(f"| {limits} | {note or f'{sum(rows) / seconds:,.0f}'} | {kit.peak_gib():.1f} |", flush=True)
            if not note and seconds < 0.99 * fastest:
                fastest, best = seconds, limits
    print(f"\nbest: {best}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="shapes that a CPU can do")
    parser.add_argument("--minutes", type=float, default=8, help="after which no part begins")
    kit = Kit(parser.parse_args())
    torch.set_grad_enabled(False)
    # As the engine does: rows have many lengths, and specialised programs cost more than they gain.
    torch._C._set_graph_executor_optimize(False)
    name = torch.cuda.get_device_name() if kit.device != "cpu" else "CPU"
    print(f"# {name}, torch {torch.__version__}")
    accuracy(kit)
    speed(kit)
    sweep(kit)
    if kit.failures:
        raise SystemExit(f"{len(kit.failures)} wrong: {kit.failures}")


if __name__ == "__main__":
    main()
