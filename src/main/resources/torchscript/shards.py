# Tensors of a layer one after another in one flat tensor, of which each rank keeps an equal share. The last share is filled up with zeros.
class Shards(Module):
  __parameters__ = []
  __buffers__ = []

  # A copy of a rank's share.
  def share(self: __torch__.Shards, tensors: List[Tensor], rank: int, size: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    for w in tensors:
      parts.append(torch.view(w, [-1]))
    flat = torch.cat(parts)
    length = (flat.size(0) + size - 1) // size
    flat = torch.constant_pad_nd(flat, [0, size * length - flat.size(0)])
    return torch.clone(flat[rank * length:(rank + 1) * length], memory_format=0)

  # Elements of the flat tensor, which share its memory.
  def part(self: __torch__.Shards, flat: Tensor, begin: int, count: int) -> Tensor:
    return flat[begin:begin + count]

  # A matrix within the flat tensor, which shares its memory.
  def matrix(self: __torch__.Shards, flat: Tensor, begin: int, rows: int, columns: int) -> Tensor:
    return torch.view(flat[begin:begin + rows * columns], [rows, columns])
