# How a model's answers differ from a reference's, a block of the vocabulary at a time. Products in fp32, the rest in fp64.
#
# n positions   H hidden   v vocabulary of this block
class Compare(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float              # of the final norm

  # Hidden states after the last layer as the output embedding takes them.
  def normed(self: __torch__.Compare,
             h: List[Tensor],      # [., H]   of each prompt
             norm: Tensor          # [H]
             ) -> Tensor:
    all = torch.cat(h, 0)                                             # [n, H]
    return torch.rms_norm(all, [all.size(1)], norm, self.eps)

  # What is known before the first block.
  def begin(self: __torch__.Compare, h: Tensor) -> List[Tensor]:
    fp64 = 7
    nothing = torch.sum(h, [1], dtype=fp64) * 0.                      # [n]
    lowest = nothing - inf
    none = nothing - 1.
    return [nothing, nothing, torch.stack([lowest, lowest], 1), none, torch.unsqueeze(lowest, 1), none, lowest, lowest, nothing]

  # The same after another block.
  def add(self: __torch__.Compare,
          known: List[Tensor],
          h: Tensor,               # [n, H]   the reference's, normed
          table: Tensor,           # [v, H]   its output embedding
          other_h: Tensor,         # the model's
          other_table: Tensor,
          first: int               # index of the block's first token
          ) -> List[Tensor]:
    fp64 = 7
    largest, total, best, chosen, other_best, other_chosen, mass, other_mass, mean = known
    p = torch.linear(h, table).to(fp64)                               # [n, v]
    q = torch.linear(other_h, other_table).to(fp64)                   # [n, v]
    d = p - q                                                         # [n, v]
    size = torch.abs(d)                                               # [n, v]
    two, at = torch.topk(torch.cat([best, p], 1), 2)                  # [n, 2]   the first choices so far, and which of them is of this block
    first_at = at[:, 0]                                               # [n]
    now = torch.where(torch.ge(first_at, 2), (first_at + (first - 2)).to(fp64), chosen)
    one, other_at = torch.topk(torch.cat([other_best, q], 1), 1)      # [n, 1]
    other_first = other_at[:, 0]                                      # [n]
    other_now = torch.where(torch.ge(other_first, 1), (other_first + (first - 1)).to(fp64), other_chosen)
    own = torch.logsumexp(p, [1])                                     # [n]      log of the block's share of the softmax
    sum = torch.logaddexp(mass, own)                                  # [n]
    other_sum = torch.logaddexp(other_mass, torch.logsumexp(q, [1]))  # [n]
    here = torch.sum(torch.softmax(p, 1) * d, [1])                    # [n]      mean of p - q over the block's tokens, by the reference
    mean = mean * torch.exp(mass - sum) + here * torch.exp(own - sum)
    return [torch.maximum(largest, torch.amax(size, [1])), total + torch.sum(size, [1]), two, now, one, other_now, sum, other_sum, mean]

  # For each position: largest and summed |difference| of the logits, whether the most likely token is the same, how far the reference's first choice
  # leads its second, and KL(reference || model).
  def end(self: __torch__.Compare, known: List[Tensor]) -> Tensor:
    fp64 = 7
    largest, total, best, chosen, other_best, other_chosen, mass, other_mass, mean = known
    return torch.stack([
        largest,
        total,
        torch.eq(chosen, other_chosen).to(fp64),
        best[:, 0] - best[:, 1],
        mean - mass + other_mass], 1)                                 # [n, 5]
