# What happens between micro-batches and steps: sums, norm, AdamW. Everything fp32, in place.
class Optimizer(Module):
  __parameters__ = []
  __buffers__ = []

  def accumulate(self: __torch__.Optimizer, total: Tensor, part: Tensor, first: bool) -> Tensor:
    if first:
      unused = torch.copy_(total, part)
    else:
      unused = torch.add_(total, part)
    return total

  def clear(self: __torch__.Optimizer, total: Tensor) -> Tensor:
    return torch.zero_(total)

  # Euclidean norm over all tensors together, fp64 [].
  def norm(self: __torch__.Optimizer, tensors: List[Tensor]) -> Tensor:
    squares = annotate(List[Tensor], [])
    for t in tensors:
      for part in torch.split(torch.view(t, [-1]), 1048576):          # fp64 copies of a part, not of the whole
        squares.append(torch.sum(torch.square(part), dtype=7))
    return torch.sqrt(torch.sum(torch.stack(squares)))

  # AdamW with decoupled decay on p, after g is multiplied by `factor`. step counts from 1: with 0 the bias correction divides by zero.
  # Lists of one tensor come from the caller: writes into a list made here would be taken for dead code.
  def adamw(self: __torch__.Optimizer, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor],
            factor: float, rate: float, decay: float, step: int) -> Tensor:
    assert step >= 1, "AdamW counts steps from 1"
    steps = annotate(List[Tensor], [])
    for t in p:
      steps.append(torch.new_full(t, [], step))
    for t in g:
      unused = torch.mul_(t, factor)
    none = annotate(List[Tensor], [])
    torch._fused_adamw_(p, g, m, v, none, steps, lr=rate, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-08, amsgrad=False, maximize=False)
    return p[0]
