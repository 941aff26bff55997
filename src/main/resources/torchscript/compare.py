# How a model's answers differ from a reference's, a block of the vocabulary at a time. Products in fp32, the rest in fp64.
#
# n positions   H hidden   v vocabulary of this block
class Compare(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float              # of the final norm
  gain_offset : float      # added to its weight

  # States of several prompts.
  def together(self: __torch__.Compare, h: List[Tensor]) -> Tensor:
    return torch.cat(h, 0)

  # Hidden states after the last layer as the output embedding takes them.
  def normed(self: __torch__.Compare,
             h: List[Tensor],      # [., H]   of each prompt
             norm: Tensor          # [H]
             ) -> Tensor:
    all = torch.cat(h, 0)                                             # [n, H]
    return torch.rms_norm(all, [all.size(1)], torch.add(norm, self.gain_offset), self.eps)

  # What is known before the first block.
  def begin(self: __torch__.Compare, h: Tensor) -> List[Tensor]:
    fp64 = 7
    nothing = torch.sum(h, [1], dtype=fp64) * 0.                      # [n]
    lowest = nothing - inf
    none = nothing - 1.
    none_yet = torch.stack([lowest, lowest], 1)                       # [n, 2]
    return [nothing, nothing, none_yet, none, none_yet, none, lowest, lowest, nothing, torch.neg(lowest)]

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
    largest, total, best, chosen, other_best, other_chosen, mass, other_mass, mean, least = known
    p = torch.linear(h, table).to(fp64)                               # [n, v]
    q = torch.linear(other_h, other_table).to(fp64)                   # [n, v]
    d = p - q                                                         # [n, v]
    size = torch.abs(d)                                               # [n, v]
    two, at = torch.topk(torch.cat([best, p], 1), 2)                  # [n, 2]   the first choices so far, and which of them is of this block
    first_at = at[:, 0]                                               # [n]
    now = torch.where(torch.ge(first_at, 2), (first_at + (first - 2)).to(fp64), chosen)
    other_two, other_at = torch.topk(torch.cat([other_best, q], 1), 2)
    other_first = other_at[:, 0]                                      # [n]
    other_now = torch.where(torch.ge(other_first, 2), (other_first + (first - 2)).to(fp64), other_chosen)
    own = torch.logsumexp(p, [1])                                     # [n]      log of the block's share of the softmax
    sum = torch.logaddexp(mass, own)                                  # [n]
    other_sum = torch.logaddexp(other_mass, torch.logsumexp(q, [1]))  # [n]
    here = torch.sum(torch.softmax(p, 1) * d, [1])                    # [n]      mean of p - q over the block's tokens, by the reference
    mean = mean * torch.exp(mass - sum) + here * torch.exp(own - sum)
    return [torch.maximum(largest, torch.amax(size, [1])), total + torch.sum(size, [1]), two, now, other_two, other_now, sum, other_sum, mean,
            torch.minimum(least, torch.amin(p, [1]))]

  # For each position: largest and summed |difference| of the logits, whether the model has one most likely token and it is the reference's, how far the
  # reference's first choice leads its second, KL(reference || model), and from the reference's least logit to its largest.
  def end(self: __torch__.Compare, known: List[Tensor]) -> Tensor:
    fp64 = 7
    largest, total, best, chosen, other_best, other_chosen, mass, other_mass, mean, least = known
    same = torch.logical_and(torch.eq(chosen, other_chosen), torch.gt(other_best[:, 0], other_best[:, 1]))
    return torch.stack([
        largest,
        total,
        same.to(fp64),
        best[:, 0] - best[:, 1],
        mean - mass + other_mass,
        best[:, 0] - least], 1)                                       # [n, 6]
