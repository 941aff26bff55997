"""Whether attention by fused kernels is given and gives back what attention row by row is: rows, what they continue, a prefix, windows.

The kernels themselves run on CUDA alone (gpu.py compares them there), so here the same is computed in their place, row by row, of the tensors that they get.
"""
import itertools

import torch

import programs

KERNELS = {
    """    o, logsumexp, state, unused, mask = torch._flash_attention_forward(
      q, k, v, spans[0], spans[1], longest[0], longest[1], 0., True, False, scale=self.attention_scale, window_size_left=self.window - 1, window_size_right=0)
""": """    o = torch.zeros_like(q)
    logsumexp, state, unused = q, q, q
    for i in range(spans[0].size(0) - 1):
      lo, hi, first, end = int(spans[0][i]), int(spans[0][i + 1]), int(spans[1][i]), int(spans[1][i + 1])
      past = end - first - (hi - lo)
      done = self.attend_row(q[lo:hi], torch.transpose(k[first:end], 0, 1), torch.transpose(v[first:end], 0, 1), past, o[lo:hi])
""",
    """    dq, dk, dv = torch._flash_attention_backward(
      g, q, k, v, o, logsumexp, spans[0], spans[1], longest[0], longest[1], 0., True, state, unused, scale=self.attention_scale,
      window_size_left=self.window - 1, window_size_right=0)
""": """    dq = torch.zeros_like(q)
    kv = torch.cat([k, v], 1)
    dkv = torch.zeros_like(kv)
    for i in range(spans[0].size(0) - 1):
      lo, hi, first, end = int(spans[0][i]), int(spans[0][i + 1]), int(spans[1][i]), int(spans[1][i + 1])
      past = end - first - (hi - lo)
      done = self.attend_row_backward(torch.reshape(g[lo:hi], [hi - lo, -1]), q[lo:hi], kv[first:end], past, dq[lo:hi], dkv[first:end])
    dk, dv = torch.chunk(dkv, 2, 1)
"""}
HEADS, KEY_HEADS, HEAD = 4, 2, 8
LENGTHS = (5, 3, 4, 6, 2)
# Of each row the one that it continues: none, and two trees.
TREES = ([-1, -1, -1, -1, -1], [-1, 0, 0, 1, -1], [-1, 0, 1, 2, 3])
# Windows, trees, tokens of a prefix.
CASES = ((0, 3), TREES, (0, 6))
BOUNDS = {torch.float32: 1e-5, torch.bfloat16: 2e-2}


def spans_of(offsets, before, start):
    """As KeySpans."""
    seen = []
    for row in range(len(before)):
        own, part = [], row
        while part >= 0:
            own = list(range(start + offsets[part], start + offsets[part + 1])) + own
            part = before[part]
        seen.append([*range(start), *own])
    ends = [0, *itertools.accumulate(map(len, seen))]
    alone = start == 0 and max(before) < 0
    tensors = [torch.tensor(offsets, dtype=torch.int32), torch.tensor(ends, dtype=torch.int32), torch.tensor([] if alone else sum(seen, []), dtype=torch.int64)]
    return tensors, [max(b - a for a, b in itertools.pairwise(ends_of)) for ends_of in (offsets, ends)]


def check(dtype, window, before, start, device="cpu", kernels=KERNELS):
    run = programs.decoder(kernels, heads=HEADS, kv_heads=KEY_HEADS, head_size=HEAD, chunk=4, few=2, block=3, window=window)
    offsets = [0, *itertools.accumulate(LENGTHS)]
    drawn = torch.Generator().manual_seed(1)
    qkv, prefix, g = (torch.randn(*shape, HEAD, generator=drawn).to(device, dtype)
                      for shape in ((offsets[-1], HEADS + 2 * KEY_HEADS), (start, 2 * KEY_HEADS), (offsets[-1], HEADS)))
    g = g.flatten(1)
    spans, longest = spans_of(offsets, before, start)
    spans = [each.to(device) for each in spans]
    sums = [torch.zeros(start, 2 * KEY_HEADS, HEAD, device=device) for _ in range(2)]
    by_row = run.attend(qkv, offsets, before, prefix, start), run.attend_backward(g, qkv, offsets, before, prefix, start, sums[0]), sums[0]
    computed = run.attend_fused(qkv, spans, longest, prefix, start)
    fused = computed[0], run.attend_fused_backward(g, computed, qkv, spans, longest, prefix, start, sums[1]), sums[1]
    assert longest == [max(LENGTHS), max(int(end - begin) for begin, end in itertools.pairwise(spans[1]))]
    for one, other in zip(by_row, fused):
        torch.testing.assert_close(other, one, rtol=0, atol=BOUNDS[dtype] * float(one.abs().max()) if one.numel() else 0)


def main():
    torch.set_grad_enabled(False)
    cases = list(itertools.product(BOUNDS, *CASES))
    for case in cases:
        check(*case)
    print(f"fused attention gets and gives the same as attention row by row in {len(cases)} cases")


if __name__ == "__main__":
    main()
