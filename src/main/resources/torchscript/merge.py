# Merges an adapter into rows of a frozen weight. Everything in fp32; sums in fp64.
#
# R rows   I inputs   r rank
class Merge(Module):
  __parameters__ = []
  __buffers__ = []

  # W = cast(fp32(W0) + s B A), rounded once.
  def merge(self: __torch__.Merge,
            w: Tensor,             # [R, I]   frozen, any floating type
            a: Tensor,             # [r, I]   fp32
            b: Tensor,             # [R, r]   fp32
            scale: float,
            like: Tensor           # of the type to write
            ) -> List[Tensor]:
    fp32 = 6
    fp64 = 7
    before = w.to(fp32)                                               # [R, I]
    delta = torch.mul_(torch.matmul(b, a), scale)                     # [R, I]
    exact = before + delta                                            # [R, I]
    merged = torch.type_as(exact, like)                               # [R, I]
    after = merged.to(fp32)                                           # [R, I]
    error = torch.abs(after - exact)                                  # [R, I]
    finite = torch.isfinite(after)                                    # [R, I]
    tally = torch.stack([
        torch.sum(torch.ne(delta, 0.), dtype=fp64),
        torch.sum(torch.eq(after, before), dtype=fp64),
        torch.sum(error, dtype=fp64),
        torch.amax(error).to(fp64),
        torch.sum(torch.logical_not(finite), dtype=fp64)])            # [5]
    return [merged, tally]
