# What happens between micro-batches and steps: sums, norm, AdamW, Muon. Everything fp32, in place.
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

  # Nearly U V^T of g = U S V^T, [m, n]: five Newton-Schulz iterations of a polynomial that takes singular values to about 1 (Muon: Jordan et al. 2024).
  def orthogonal(self: __torch__.Optimizer, g: Tensor, dtype: int) -> Tensor:
    x = torch.to(g, dtype)
    tall = x.size(0) > x.size(1)
    if tall:
      x = torch.t(x)
    x = torch.div(x, torch.clamp(torch.linalg_vector_norm(x), 1e-07))
    for i in range(5):
      a = torch.matmul(x, torch.t(x))
      b = torch.addmm(a, a, a, beta=-4.775, alpha=2.0315)
      x = torch.addmm(x, b, x, beta=3.4445)
    if tall:
      x = torch.t(x)
    return x

  # Muon with Nesterov momentum and decoupled decay on the matrices stacked in p, after g is multiplied by `factor`; g becomes the update before it is
  # orthogonalized. Products in dtype. Updates are scaled to the mean size of AdamW's (Moonlight: Liu et al. 2025).
  def muon(self: __torch__.Optimizer, p: Tensor, g: Tensor, m: Tensor, rows: List[int], factor: float, rate: float, decay: float, dtype: int) -> Tensor:
    unused = torch.mul_(g, factor)
    unused = torch.add_(torch.mul_(m, 0.95), g)
    unused = torch.add_(g, m, alpha=0.95)
    unused = torch.mul_(p, 1.0 - rate * decay)
    begin = 0
    for n in rows:
      size = 0.2 * (max(n, p.size(1)) ** 0.5)
      unused = torch.add_(torch.narrow(p, 0, begin, n), self.orthogonal(torch.narrow(g, 0, begin, n), dtype), alpha=-(rate * size))
      begin = begin + n
    return p
