# How a model's answers differ from a reference's. fp32, sums in fp64.
#
# c positions   H hidden   V vocabulary
class Compare(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float              # of the final norm

  def logits(self: __torch__.Compare, h: Tensor, norm: Tensor, table: Tensor) -> Tensor:
    return torch.linear(torch.rms_norm(h, [h.size(1)], norm, self.eps), table)      # [c, V]

  # For each position: largest and summed |difference| of the logits, whether the most likely token is the same, how far the reference's first choice
  # leads its second, and KL(reference || model).
  def compare(self: __torch__.Compare,
              h: Tensor,           # [c, H]   the reference's hidden states after the last layer
              norm: Tensor,        # [H]      its final norm
              table: Tensor,       # [V, H]   its output embedding
              other_h: Tensor,     # the model's
              other_norm: Tensor,
              other_table: Tensor
              ) -> Tensor:         # [c, 5]   fp64
    fp64 = 7
    p = self.logits(h, norm, table)                                   # [c, V]
    q = self.logits(other_h, other_norm, other_table)                 # [c, V]
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
