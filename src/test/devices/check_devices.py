"""Runs every method of the engine's programs on pretended CUDA tensors, without a GPU: fails where one meets a tensor of another device.

Needs Python with torch 2.7.1 and nothing else:  python src/test/devices/check_devices.py [folder of the programs]

FakeTensorMode computes shapes and devices alone, and refuses operators whose tensors lie on different devices. It does not know operators with `out`
arguments within programs, so those are rewritten as copies first (programs.py); what they compute with is the same. Left out are `of_bytes`, which starts CUDA,
`packed`, which is for CPUs alone, and the fused kernels of attention, which ask the driver.
"""
import itertools
import pathlib
import sys

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import programs

HIDDEN, FEED_FORWARD, VOCABULARY, HEADS, KEY_HEADS, HEAD, RANK = 32, 48, 50, 4, 2, 8, 4
FP32, BF16 = torch.float32, torch.bfloat16
folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else programs.FOLDER
device = "cuda"


def tensor(*shape, dtype=FP32):
    return torch.empty(*shape, dtype=dtype, device=device)


def program(name, **attributes):
    return programs.program(name, programs.REWRITTEN, folder, **attributes)


def small_decoder(kind, **attributes):
    return programs.decoder(programs.REWRITTEN, folder, **{"embedding_scale": 2.0, "logit_divisor": 4.0} | kind, heads=HEADS, kv_heads=KEY_HEADS, head_size=HEAD, chunk=4, few=2, block=3,
                            **attributes)


def decoder(dtype, window, biased, kind_of_model, dropout, adapted, whole, signs):
    """`kind_of_model`: {} for Llama's, GEMMA or OLMO of programs.py; `signs`: groups of outputs that see the inputs with signs of their own, or 0."""
    normed, after = kind_of_model != {}, kind_of_model == programs.OLMO
    run = small_decoder(kind_of_model, window=window, padding=3)
    rows, before, seeds, kind, beta, scale = [0, 5, 9], [-1, -1 if dropout else 0], [3, 4], 1, 0.5, 2.0
    query, both, outputs = HEADS * HEAD, (HEADS + KEY_HEADS) * HEAD, (HEADS + 2 * KEY_HEADS) * HEAD
    groups = [(HIDDEN, outputs, [0, query, both, outputs]), (query, HIDDEN, [0, HIDDEN]),
              (HIDDEN, 2 * FEED_FORWARD, [0, FEED_FORWARD, FEED_FORWARD, 2 * FEED_FORWARD]), (FEED_FORWARD, HIDDEN, [0, HIDDEN])]
    matrices = [tensor(out, into, dtype=dtype) for into, out, _ in groups]
    biases = [tensor(out if biased else 0, dtype=dtype) for _, out, _ in groups]
    norms = [tensor(0 if after and place < 2 else HIDDEN, dtype=dtype) for place in range(3)]
    weights = [norms[0], matrices[0], matrices[1], norms[1], matrices[2], matrices[3], *biases, tensor(both if normed else 0, dtype=dtype),
               *[tensor(HIDDEN if normed else 0, dtype=dtype) for _ in range(2)]]
    parts = [ends if adapted else [] for _, _, ends in groups]
    adapter, gradients = [], []
    for (into, out, _), ends in zip(groups, parts):
        width = RANK * (len(ends) // 2)
        of_adapted = sum(ends[1::2]) - sum(ends[::2])
        adapter += [tensor(width, into, dtype=dtype), tensor(*((of_adapted, RANK) if signs else (out, width)), dtype=dtype)]
        gradients += [tensor(width, into), tensor(of_adapted, RANK)]
    adapter += [tensor(signs, signs, dtype=dtype)] if signs else []
    of_heads = [both] if after else [2, HEAD] if normed else [0]
    dweights = [tensor(*weight.shape) for weight in weights[:10]] + [tensor(*of_heads)] + [tensor(*weight.shape) for weight in weights[11:]] if whole else []
    table, dtable = tensor(VOCABULARY, HIDDEN, dtype=dtype), tensor(VOCABULARY, HIDDEN)
    ids, at = tensor(9, dtype=torch.int64), tensor(5, dtype=torch.int64)

    # Cosines of OLMo are fp32 in every precision.
    turned = tensor(0) if after else table
    cos, sin = run.turns(ids, tensor(HEAD // 2), 1.0, 0.0, 1, turned)
    x = run.embed(ids, table)
    # The rows continue 6 tokens of a prefix, which takes their own keys and values as well.
    prefix, start = tensor(15, 2 * KEY_HEADS, HEAD, dtype=dtype), 6
    y, *saved = run.layer(x, weights, adapter, parts[0], parts[2], cos, sin, rows, before, [], [], prefix, start, True, seeds, kind, beta, dropout)
    losses, each, dy = run.head(y, norms[2], table, at, at, tensor(5), 0.7, [tensor(HIDDEN), dtable] if whole else [], True)
    run.head(y, norms[2], table, at, at, tensor(0), 0.7, [], False)
    states = run.states(y, at, norms[2])
    for divergence in range(3):
        taught = run.distil(y, norms[2], table, at, states, table, divergence, [tensor(HIDDEN), dtable] if whole else [], True)
    sums, part = tensor(15, 2 * KEY_HEADS, HEAD), tensor(start, 2 * KEY_HEADS, HEAD)
    dx = run.layer_backward(dy, saved, weights, adapter, gradients, dweights, *parts, cos, sin, rows, before, [], [], prefix, start, part, sums, seeds, scale, kind,
                            beta, dropout)
    run.add_first(sums, part)
    run.add_all(part, sums)
    run.copy_first(prefix, tensor(start, 2 * KEY_HEADS, HEAD, dtype=dtype))
    if whole:
        run.embed_backward(dx, ids, dtable, True)
        run.refresh(norms[2], tensor(HIDDEN))
        if normed and not after:
            run.refresh_head_norm(weights[10], tensor(2, HEAD))
    run.weigh(dx, at, tensor(5))

    # Two layers for generation, two rows, each with an adapter of its own: prompts of 5 and 4 tokens, then a token of each.
    caches = [tensor(4, 2 * KEY_HEADS, 20, HEAD, dtype=dtype) for _ in range(2)]
    ordinary = run.ordinary(adapter, *parts, [out for _, out, _ in groups]) if signs else adapter
    shares = [run.shares([y, *saved], adapter, *parts, kind, beta)] if adapted else []
    generation = 0, 2, weights * 2, ordinary * 4
    read = run.read(x, *generation, [0, 0, 5, 1, 5, 4], [1, 2], [0.5, 0.0], cos, sin, rows, [0, 3], [], 1, caches, [0, 1])
    two = tensor(2, dtype=torch.int64)
    turn = run.turns(two, tensor(HEAD // 2), 0.5, 0.0, 1, turned)
    next_tokens = run.next_tokens(torch.arange(2, device=device), two, *turn, 8, caches[0])
    last = run.read(tensor(2, HIDDEN, dtype=dtype), *generation, [0, 0, 1, 1, 1, 1], [1, 2], [0.5, 0.0], *turn, [0, 1, 2], [5, 7], next_tokens, 1, caches, [])
    run.copy(caches, 2, 1, 5)
    run.restore(caches, run.copied(caches, 1, 6), 2, 4)
    run.clear(caches, 2, 1, 4)
    run.grow(caches[0], tensor(4, 2 * KEY_HEADS, 30, HEAD, dtype=dtype))
    for result in [y, *saved, *ordinary, *shares, losses, each, dy, states, *taught, dx, *read, *next_tokens, *last, run.logits(y, at, norms[2], table), run.fuse([norms[2], norms[2]])]:
        assert result.device.type == device, result


def draft(dtype, window, normed, adapted, eagle3, norms):
    """Three steps of a draft head forward and back, one of EAGLE-1; then drafting."""
    run = small_decoder(programs.GEMMA if normed else {}, window=window)
    rows, seeds, kind, beta, scale, steps = [0, 5, 9], [3, 4], 1, 0.5, 2.0, 3 if eagle3 else 1
    query, both, outputs = HEADS * HEAD, (HEADS + KEY_HEADS) * HEAD, (HEADS + 2 * KEY_HEADS) * HEAD
    entering, streams = (2 * HIDDEN, 3) if eagle3 else (HIDDEN, 2)
    groups = [(entering, outputs, [0, query, both, outputs]), (query, HIDDEN, [0, HIDDEN]),
              (HIDDEN, 2 * FEED_FORWARD, [0, FEED_FORWARD, FEED_FORWARD, 2 * FEED_FORWARD]), (FEED_FORWARD, HIDDEN, [0, HIDDEN])]
    matrices = [tensor(out, into, dtype=dtype) for into, out, _ in groups]
    norm = tensor(HIDDEN, dtype=dtype)
    weights = [norm, matrices[0], matrices[1], norm, matrices[2], matrices[3], *[tensor(0, dtype=dtype)] * 4, tensor(both if normed else 0, dtype=dtype),
               *[tensor(HIDDEN if normed else 0, dtype=dtype) for _ in range(2)]]
    parts = [ends if adapted else [] for _, _, ends in groups]
    adapter, gradients = [], []
    for (into, out, _), ends in zip(groups, parts):
        width = RANK * (len(ends) // 2)
        adapter += [tensor(width, into, dtype=dtype), tensor(out, width, dtype=dtype)]
        gradients += [tensor(width, into), tensor(sum(ends[1::2]) - sum(ends[::2]), RANK)]
    dweights = [tensor(*weight.shape) for weight in weights[:10]] + [tensor(*([2, HEAD] if normed else [0]))] + [tensor(*weight.shape) for weight in weights[11:]]
    table, ids, at, ofs = tensor(VOCABULARY, HIDDEN, dtype=dtype), tensor(9, dtype=torch.int64), tensor(5, dtype=torch.int64), tensor(HIDDEN)
    fc, bias, fc_norm = tensor(HIDDEN, streams * HIDDEN, dtype=dtype), norm, tensor(streams * HIDDEN if norms else 0, dtype=dtype)
    cos, sin = run.turns(ids, tensor(HEAD // 2), 1.0, 0.0, 1, table)
    e = run.embed(ids, run.rows_of(table, tensor(VOCABULARY, dtype=torch.int64)))
    states = run.normed(e, norm)
    beside = run.beside([e] * streams)
    state, rstd = run.fc(beside, fc_norm, norms, fc, bias)
    passed, made = [], []
    for _ in range(steps):
        if eagle3:
            u, residual, *statistics = run.pair(e, state, norm, norm, True)
        else:
            u, *statistics = run.single_input(state, norm)
            residual = state
        out, *saved, qkv = run.draft_layer(u, residual, made, weights, adapter, parts[0], parts[2], cos, sin, rows, seeds, kind, beta, 0.3)
        made.append(qkv)
        passed.append((u, state, statistics, out, saved))
        state = run.normed(out, norm)
    for divergence in range(8):
        run.draft_head(out, norm, table, at, states, at, table, tensor(5), divergence, ofs, ofs, False, False)
    dkv = [tensor(9, 2 * KEY_HEADS, HEAD, dtype=dtype) for _ in made]
    g = None
    for step in range(steps - 1, -1, -1):
        u, state, statistics, out, saved = passed[step]
        each, dx = run.draft_head(out, norm if eagle3 else tensor(0, dtype=dtype), table, at, states, at, table, tensor(5), step, ofs if eagle3 else tensor(0), tensor(VOCABULARY, HIDDEN), g is not None, True)
        if g is None:
            distances = run.regress(out, at, states, at, tensor(5), dx)
        else:
            run.fed_backward(g, out, norm, ofs, True, dx)
        du, dr = run.draft_layer_backward(dx, saved, u, made[:step + 1], dkv[:step + 1], weights, adapter, gradients, dweights, *parts, cos, sin, rows, seeds,
                                          scale, kind, beta, 0.3, g is not None)
        if eagle3:
            g = run.pair_backward(du, dr, e, state, *statistics, norm, ofs, ofs, True, g is not None)
        else:
            g = run.single_input_backward(du, dr, state, *statistics, norm, ofs)
    run.fc_backward(g, beside, rstd, fc_norm, norms, fc, tensor(*fc_norm.shape), tensor(*fc.shape), ofs)

    cache = tensor(4, 2 * KEY_HEADS, 20, HEAD, dtype=dtype)
    read = run.draft_read(u, residual, weights, adapter, [0, 0, 9], [kind], [beta], cos, sin, rows, [0, 3], [], 1, cache)
    two = tensor(2, dtype=torch.int64)
    turn = run.turns(two, tensor(HEAD // 2), 0.5, 0.0, 1, table)
    next_tokens = run.next_tokens(torch.arange(2, device=device), two, *turn, 8, cache)
    last = run.draft_read(tensor(2, entering, dtype=dtype), tensor(2, HIDDEN, dtype=dtype), weights, adapter, [0, 0, 2], [kind], [beta], *turn, [0, 1, 2], [5, 7], next_tokens, 1, cache)
    begun = [run.widened(fc), run.handing_on(norm, 3, 1), run.ones(norm, 3), run.own(norm)]
    run.take(norm, ofs)
    if normed:
        run.take_head_norm(weights[10], tensor(2, HEAD))
    for result in [each, distances, g, read, last, run.draft_logits(last, norm, table), *begun]:
        assert result.device.type == device, result


def others():
    optimizer = program("optimizer")
    for first in (True, False):
        optimizer.accumulate(tensor(5), tensor(5), first)
    optimizer.clear(tensor(5))
    assert optimizer.norm([tensor(5), tensor(3, 2)]).device.type == device
    optimizer.adamw([tensor(5)], [tensor(5)], [tensor(5)], [tensor(5)], 0.5, 1e-3, 0.1, 1)
    optimizer.muon(tensor(7, 5), tensor(7, 5), tensor(7, 5), [4, 3], 0.5, 1e-3, 0.1, 15)
    program("merge").merge(tensor(4, 6, dtype=BF16), tensor(2, 6), tensor(4, 2), 2.0, tensor(0, dtype=BF16))
    program("merge").replace(tensor(4, 6), tensor(4, 6), tensor(0))
    program("merge").convert(tensor(4, 6), tensor(0, dtype=BF16))
    compare = program("compare", eps=1e-5, gain_offset=1.0)
    compare.normed([tensor(2, 8), tensor(1, 8)], tensor(8))
    known = compare.add(compare.begin(tensor(3, 8)), tensor(3, 8), tensor(20, 8), tensor(3, 8), tensor(20, 8), 40)
    assert compare.end(known).device.type == device
    sampling = program("sampling")
    logits, column, counts = tensor(3, 20), tensor(3, 1), tensor(3, 1, dtype=torch.int64)
    filtered = sampling.filtered(sampling.rows(logits, tensor(3, dtype=torch.int64)), column, counts, column, column)
    race = program("race")
    words = tensor(2, 3, 1, 1, dtype=torch.int64)
    stirred = race.stirred(tensor(16, 2, dtype=torch.int64))          # 12 places more than tokens
    t = race.uniform(race.noise(words, stirred))
    assert race.winners(tensor(3, 32), t.flatten(1)).device.type == device
    assert race.draw(filtered, column, words, stirred).device.type == device
    assert sampling.largest(logits).device.type == device
    logprobs = sampling.logprobs(logits)
    for result in [sampling.logprobs_of(logprobs, counts), *sampling.most_likely(logprobs, 3)]:
        assert result.device.type == device
    for dtype in (FP32, BF16):
        frozen_forms(dtype)
    adapter = program("adapter")
    adapter.views(tensor(20), [2, 2], [5, 5])
    adapter.place([tensor(4, 2)], [tensor(4, 2)], [1], [0, 4], 2.0)
    adapter.overwrite_scaled(tensor(4, 2), tensor(4, 2), 2.0)
    conversions = program("conversions")
    assert conversions.zeros([2, 3], 15, device).device.type == device
    assert conversions.on_host(tensor(3)).device.type == "cpu"
    conversions.bytes_of(tensor(3))
    conversions.bytes_of_part(tensor(9), 1, 4)
    conversions.overwrite(tensor(9), 1, tensor(3))


def frozen_forms(dtype):
    nf4 = program("nf4", chunk=128)
    code, known, pairs = tensor(16), tensor(256), nf4.pairs(tensor(16))
    made = nf4.quantized(tensor(24, 10, dtype=dtype), code, known)
    assert all(part.device.type == device for part in made)
    out = tensor(30, 10, dtype=dtype)
    nf4.dequantize(*made, known, pairs, 64, 256, out, 60, 240)
    nf4.dequantize(made[0], tensor(4), tensor(0), tensor(1), known, pairs, 64, 256, out, 0, 240)
    nf4.put(tensor(6, 10, dtype=dtype), out, 0)
    shards = program("shards")
    share = shards.share([out, tensor(7, 3, dtype=dtype)], 1, 2)
    shards.matrix(share, 10, 5, 2)
    assert shards.part(share, 3, 4).device.type == device


def main():
    torch.set_grad_enabled(False)
    torch._C._set_graph_executor_optimize(False)
    torch.cuda._lazy_init = lambda: None                              # there is none
    for fused in (torch.backends.cuda.enable_cudnn_sdp, torch.backends.cuda.enable_flash_sdp, torch.backends.cuda.enable_mem_efficient_sdp):
        fused(False)
    cases = list(itertools.product((FP32, BF16), (0, 3), (True, False), ({}, programs.GEMMA), (0.0, 0.3), (True, False), (True, False), (0, 2)))
    cases += itertools.product((FP32, BF16), (0, 3), (False,), (programs.OLMO,), (0.3,), (True,), (True, False), (0, 2))
    with FakeTensorMode():
        for case in cases:
            decoder(*case)
        drafts = list(itertools.product((FP32, BF16), (0, 3), (True, False), (True, False), (True, False), (0, 1)))
        for case in drafts:
            draft(*case)
        others()
    print(f"{len(cases)} kinds of decoder, {len(drafts)} of draft and all other programs keep to their device")


main()
