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
    before = w.to(6)                                                  # [R, I]
    delta = torch.mul_(torch.matmul(b, a), scale)                     # [R, I]
    exact = before + delta                                            # [R, I]
    return self.rounded(before, exact, torch.ne(delta, 0.), like)

  # Trained rows in place of frozen ones.
  def replace(self: __torch__.Merge,
              w: Tensor,           # [R, I] or [R]   frozen, any floating type
              trained: Tensor,     # likewise        fp32
              like: Tensor         # of the type to write
              ) -> List[Tensor]:
    before = w.to(6)
    return self.rounded(before, trained, torch.ne(trained, before), like)

  # Rows that nothing was trained in, in another type, and how many of their finite weights it does not hold.
  def convert(self: __torch__.Merge,
              w: Tensor,           # [R, I] or [R]   frozen, any floating type
              like: Tensor         # of the type to write
              ) -> List[Tensor]:
    converted = torch.type_as(w, like)
    lost = torch.logical_and(torch.isfinite(w), torch.logical_not(torch.isfinite(converted)))
    return [converted, torch.sum(lost, dtype=7)]

  # Weights rounded once, with what that did: [moved by the training, the same as before, sum and largest of the errors, not finite].
  def rounded(self: __torch__.Merge,
              before: Tensor,      # [R, I]   fp32
              exact: Tensor,       # [R, I]   fp32
              moved: Tensor,       # [R, I]   bool
              like: Tensor) -> List[Tensor]:
    fp32 = 6
    fp64 = 7
    merged = torch.type_as(exact, like)                               # [R, I]
    after = merged.to(fp32)                                           # [R, I]
    error = torch.abs(after - exact)                                  # [R, I]
    finite = torch.isfinite(after)                                    # [R, I]
    tally = torch.stack([
        torch.sum(moved, dtype=fp64),
        torch.sum(torch.eq(after, before), dtype=fp64),
        torch.sum(error, dtype=fp64),
        torch.amax(error).to(fp64),
        torch.sum(torch.logical_not(finite), dtype=fp64)])            # [5]
    return [merged, tally]
