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

  # A of each projection for the decoder: for each group of signs A times its signs, one under another.
  def spread(self: __torch__.Adapter,
             a: List[Tensor],            # of each projection, [r, in]     fp32
             applied: List[Tensor],      # likewise, [G r, in]             bf16 or fp32
             signs: Tensor) -> Tensor:   # [G, widest in]                  fp32
    groups = signs.size(0)
    for i in range(len(a)):
      rank = a[i].size(0)
      inputs = a[i].size(1)
      signed = torch.unsqueeze(a[i], 0) * torch.unsqueeze(signs[:, :inputs], 1)
      unused = torch.copy_(torch.view(applied[i], [groups, rank, inputs]), signed)
    return signs

  # The gradient of A from that of its applied form.
  def gather(self: __torch__.Adapter,
             gradients: List[Tensor],    # of each projection, [r, in]     fp32, overwritten
             applied: List[Tensor],      # likewise, [G r, in]             fp32
             signs: Tensor) -> Tensor:
    groups = signs.size(0)
    for i in range(len(gradients)):
      rank = gradients[i].size(0)
      inputs = gradients[i].size(1)
      signed = torch.view(applied[i], [groups, rank, inputs]) * torch.unsqueeze(signs[:, :inputs], 1)
      unused = torch.copy_(gradients[i], torch.sum(signed, [0]))
    return signs
