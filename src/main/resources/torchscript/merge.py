# Merges an adapter into a frozen weight, and compares what two models answer. Everything in fp32; sums in fp64.
#
# R rows of the weight   I inputs   r rank   c positions   H hidden   V vocabulary
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

  # How the answers of a model differ from those of a reference, position by position: largest and summed |difference| of the logits, whether the
  # most likely token is the same, how far the reference's first choice leads its second, and KL(reference || model).
  def compare(self: __torch__.Merge,
              h: Tensor,           # [c, H]   the reference's last hidden states, after the final norm
              table: Tensor,       # [V, H]   its output embedding
              other_h: Tensor,     # [c, H]
              other_table: Tensor  # [V, H]
              ) -> Tensor:         # [c, 5]   fp64
    fp64 = 7
    p = torch.linear(h, table)                                        # [c, V]
    q = torch.linear(other_h, other_table)                            # [c, V]
    difference = torch.abs(p - q)                                     # [c, V]
    best, chosen = torch.topk(p, 2)                                   # [c, 2]
    same = torch.eq(torch.argmax(q, 1), chosen[:, 0])                 # [c]
    p = torch.log_softmax(p, 1)
    q = torch.log_softmax(q, 1)
    divergence = torch.sum(torch.exp(p) * (p - q), [1], dtype=fp64)   # [c]
    return torch.stack([
        torch.amax(difference, [1]).to(fp64),
        torch.sum(difference, [1], dtype=fp64),
        same.to(fp64),
        (best[:, 0] - best[:, 1]).to(fp64),
        divergence], 1)
