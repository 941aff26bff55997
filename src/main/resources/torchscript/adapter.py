# Arithmetic on the fp32 masters of an adapter. All A of a model lie in one flat tensor and all B in another, layer by layer, group by group,
# so that the optimizer and the norms see two tensors instead of hundreds.
class Adapter(Module):
  __parameters__ = []
  __buffers__ = []

  # Matrices that lie one after another in a flat tensor; rows[i] x columns[i] each. They share its memory.
  def views(self: __torch__.Adapter, flat: Tensor, rows: List[int], columns: List[int]) -> List[Tensor]:
    views = annotate(List[Tensor], [])
    at = 0
    for i in range(len(rows)):
      size = rows[i] * columns[i]
      views.append(torch.view(flat[at:at + size], [rows[i], columns[i]]))
      at = at + size
    return views

  # Copies each B times s into its place in its group's block matrix.
  def place(self: __torch__.Adapter,
            b: List[Tensor],            # of each group, [outs, r]   fp32
            blocks: List[Tensor],       # of each group, [out, S]    bf16 or fp32; zero where no B stands, and left so
            counts: List[int],          # adapted projections of each group of a layer
            parts: List[int],           # their begins and ends among the group's outputs
            scale: float) -> Tensor:
    groups = len(counts)
    first = 0
    for i in range(len(b)):
      if i % groups == 0:
        first = 0
      rank = b[i].size(1)
      at = 0
      for j in range(counts[i % groups]):
        lo = parts[first]
        hi = parts[first + 1]
        unused = torch.copy_(blocks[i][lo:hi, j * rank:(j + 1) * rank], b[i][at:at + hi - lo] * scale)
        at = at + hi - lo
        first = first + 2
    return blocks[0]

  def overwrite(self: __torch__.Adapter, target: Tensor, values: Tensor) -> Tensor:
    return torch.copy_(target, values)

  def overwrite_scaled(self: __torch__.Adapter, target: Tensor, values: Tensor, scale: float) -> Tensor:
    return torch.copy_(target, values * scale)
