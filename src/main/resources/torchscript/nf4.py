# Weights in 4 bits as bitsandbytes has them (QLoRA, arXiv:2305.14314): of the flattened weight each block of `block` numbers is divided by its largest
# magnitude, and each quotient becomes the index of the nearest of 16 quantiles of the normal distribution. Two indices share a byte, the first one in its
# upper half. The magnitudes may be quantised themselves ("double quantisation"): their mean is subtracted, and blocks of them become indices of 256 numbers.
#
# n elements of a weight   K blocks, the last of which may have fewer elements   L blocks of magnitudes
class Nf4(Module):
  __parameters__ = []
  __buffers__ = []
  chunk : int               # elements that are in fp32 at one time, a multiple of the size of each block

  # Index of the nearest number of a sorted table, the lower one where two are equally near.
  def nearest(self: __torch__.Nf4, x: Tensor, table: Tensor) -> Tensor:
    bounds = (table[:-1] + table[1:]) / 2.
    return torch.bucketize(x, bounds, out_int32=True).to(0)

  # Blocks of numbers, [n] fp32 filled up with zeros, divided by their largest magnitudes.
  def in_blocks(self: __torch__.Nf4, x: Tensor, block: int) -> Tuple[Tensor, Tensor]:
    blocks = torch.view(torch.constant_pad_nd(x, [0, (block - x.size(0) % block) % block]), [-1, block])
    largest = torch.amax(torch.abs(blocks), [1])                      # [K]
    least = torch.unsqueeze(torch.clamp_min(largest, 1e-38), 1)
    return (torch.clamp(blocks * torch.reciprocal(least), -1., 1.), largest)

  # Returns the indices, [32 K] uint8; the indices of the magnitudes, [K] uint8; the largest magnitude of each of their blocks, [L] fp32; and their mean, [1].
  def quantized(self: __torch__.Nf4,
                w: Tensor,             # [out, in]
                code: Tensor,          # [16]    fp32
                map: Tensor            # [256]   fp32
                ) -> List[Tensor]:
    flat = torch.view(w, [-1])
    n = flat.size(0)
    blocks = (n + 63) // 64
    packed = torch.new_empty(flat, [32 * blocks], dtype=0)
    largest = torch.new_empty(flat, [blocks], dtype=6)
    for i in range((n + self.chunk - 1) // self.chunk):
      lo = i * self.chunk
      units, own = self.in_blocks(flat[lo:lo + self.chunk].to(6), 64)
      q = torch.view(self.nearest(units, code), [-1, 2])
      unused = torch.copy_(packed[lo // 2:lo // 2 + q.size(0)], torch.bitwise_or(torch.bitwise_left_shift(q[:, 0], 4), q[:, 1]))
      unused = torch.copy_(largest[lo // 64:lo // 64 + own.size(0)], own)
    mean = torch.mean(largest)
    units, nested = self.in_blocks(largest - mean, 256)
    magnitudes = torch.clone(torch.view(self.nearest(units, map), [-1])[:blocks])
    return [packed, magnitudes, nested, torch.view(mean, [1])]

  # The largest magnitude of each block, [K] fp32.
  def magnitudes(self: __torch__.Nf4,
                 absmax: Tensor,       # [K]     uint8, or fp32 if they are not quantised
                 nested: Tensor,       # [L]     fp32; [0] if they are not quantised
                 offset: Tensor,       # [1]     fp32
                 map: Tensor,          # [256]   fp32
                 block: int) -> Tensor:
    y = absmax
    if nested.size(0) > 0:
      own = torch.index_select(map, 0, absmax.to(3))
      scale = torch.repeat_interleave(nested, block)[:own.size(0)]
      y = torch.add_(torch.mul_(own, scale), offset)
    return y

  # Two numbers for each byte: those of its upper and of its lower half, [256, 2].
  def pairs(self: __torch__.Nf4, code: Tensor) -> Tensor:
    return torch.stack([torch.repeat_interleave(code, 16), torch.repeat(code, [16])], 1)

  # Overwrites the elements of `out` from `begin` on with those of a weight, rounded once.
  def dequantize(self: __torch__.Nf4,
                 packed: Tensor,       # [at least n / 2]   uint8
                 absmax: Tensor, nested: Tensor, offset: Tensor, map: Tensor,
                 pairs: Tensor,        # [256, 2]
                 block: int,
                 nested_block: int,
                 out: Tensor,          # [outs, in]   contiguous
                 begin: int,
                 n: int) -> Tensor:
    flat = torch.view(out, [-1])[begin:begin + n]
    scale = torch.unsqueeze(self.magnitudes(absmax, nested, offset, map, nested_block), 1)        # [K, 1]
    both = torch.view_as_complex(pairs)                               # so that one look-up has two numbers
    for i in range((n + self.chunk - 1) // self.chunk):
      lo = i * self.chunk
      hi = min(lo + self.chunk, n)
      blocks = (hi - lo + block - 1) // block
      found = torch.index_select(both, 0, packed[lo // 2:lo // 2 + blocks * block // 2].to(3))
      values = torch.mul_(torch.view(torch.view_as_real(found), [-1, block]), scale[lo // block:lo // block + blocks])
      unused = torch.copy_(flat[lo:hi], torch.view(values, [-1])[:hi - lo])
    return out

  # Overwrites the elements of `out` from `begin` on with those of a weight that is not quantised.
  def put(self: __torch__.Nf4, w: Tensor, out: Tensor, begin: int) -> Tensor:
    flat = torch.view(w, [-1])
    return torch.copy_(torch.view(out, [-1])[begin:begin + flat.size(0)], flat)
