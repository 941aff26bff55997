  # Continues the class of layer.py: adapters whose outputs are in groups that see the inputs with signs of their own.
  #
  # Inputs are in as many blocks as there are groups, and group g sees block k with the sign signs[g, k] of a Hadamard matrix, which is symmetric. So products
  # of A and the blocks are formed once, and those of a group are their sum with its signs: as many operations as without groups, and z is G times as wide.
  #
  # G groups   a [S, in]   b [sum of the adapted outs, r], holds s   z [G, N, S]

  # Columns in as many blocks as there are groups, in place: [G, N, C / G].
  def in_blocks(self: __torch__.Decoder, x: Tensor, signs: Tensor) -> Tensor:
    return torch.transpose(torch.view(x, [x.size(0), signs.size(0), -1]), 0, 1)

  # Sums over blocks for each group, or over groups for each block.
  def signed_sums(self: __torch__.Decoder, p: Tensor, signs: Tensor) -> Tensor:
    flat = torch.reshape(p, [p.size(0), -1])
    return torch.view(torch.matmul(signs, flat), [p.size(0), p.size(1), p.size(2)])

  # Of z or what has its shape, the columns of the i-th adapted projection: products of parts of rows are slow.
  def of_one(self: __torch__.Decoder, f: Tensor, i: int, r: int) -> Tensor:
    return torch.contiguous(f[:, :, i * r:(i + 1) * r])

  # z of all groups.
  def narrow_signed(self: __torch__.Decoder, x: Tensor, a: Tensor, signs: Tensor) -> Tensor:
    blocks = torch.permute(torch.view(a, [a.size(0), signs.size(0), -1]), [1, 2, 0])          # [G, in / G, S]
    return self.signed_sums(torch.bmm(self.in_blocks(x, signs), blocks), signs)

  # Adds f B^T to y in place, by group; f is phi(z).
  def widen_signed(self: __torch__.Decoder, y: Tensor, f: Tensor, b: Tensor, signs: Tensor, parts: List[int]) -> Tensor:
    r = b.size(1)
    at = 0
    for i in range(len(parts) // 2):
      lo = parts[2 * i]
      hi = parts[2 * i + 1]
      own = torch.view(b[at:at + hi - lo], [signs.size(0), -1, r])                              # [G, out / G, r]
      unused = torch.baddbmm_(self.in_blocks(y[:, lo:hi], signs), self.of_one(f, i, r), torch.transpose(own, 1, 2))
      at = at + hi - lo
    return y

  # Gradient of z; that of B goes into gb.
  def widen_signed_backward(self: __torch__.Decoder, g: Tensor, z: Tensor, b: Tensor, signs: Tensor, gb: Tensor, parts: List[int],
                            scale: float, kind: int, beta: float, add: bool) -> Tensor:
    r = b.size(1)
    f = self.phi(z, kind, beta)
    df = torch.empty_like(f)
    at = 0
    for i in range(len(parts) // 2):
      lo = parts[2 * i]
      hi = parts[2 * i + 1]
      of = self.in_blocks(g[:, lo:hi], signs)                                                   # [G, N, out / G]
      db = torch.bmm(torch.transpose(self.of_one(f, i, r), 1, 2), of)                           # [G, r, out / G]
      unused = self.put(torch.view(gb[at:at + hi - lo], [signs.size(0), -1, r]), torch.transpose(db, 1, 2), scale, add)
      own = torch.view(b[at:at + hi - lo], [signs.size(0), -1, r])
      unused = torch.copy_(df[:, :, i * r:(i + 1) * r], torch.bmm(of, own))
      at = at + hi - lo
    return self.phi_backward(df, z, kind, beta)

  # Gradients of A, into ga, and of x, added to dx, which may be masked afterwards.
  def narrow_signed_backward(self: __torch__.Decoder, dz: Tensor, x: Tensor, a: Tensor, signs: Tensor, ga: Tensor, dx: Tensor, add: bool) -> Tensor:
    dp = self.signed_sums(dz, signs)                                                            # [G, N, S]
    da = torch.bmm(torch.transpose(dp, 1, 2), self.in_blocks(x, signs))                         # [G, S, in / G]
    unused = self.put(torch.view(ga, [a.size(0), signs.size(0), -1]), torch.transpose(da, 0, 1), 1., add)
    blocks = torch.transpose(torch.view(a, [a.size(0), signs.size(0), -1]), 0, 1)               # [G, S, in / G]
    unused = torch.baddbmm_(self.in_blocks(dx, signs), dp, blocks)
    return dx

  # As an ordinary adapter of rank G r: A and B of each of the four groups of projections.
  def ordinary(self: __torch__.Decoder, adapter: List[Tensor], qkv_parts: List[int], o_parts: List[int], ffn_parts: List[int],
               down_parts: List[int], outs: List[int]) -> List[Tensor]:
    parts = [qkv_parts, o_parts, ffn_parts, down_parts]
    made = annotate(List[Tensor], [])
    signs = adapter[8]
    groups = signs.size(0)
    for i in range(4):
      a = adapter[2 * i]
      b = adapter[2 * i + 1]
      s = a.size(0)
      r = b.size(1)
      if s == 0:
        made.append(a)
        made.append(torch.new_empty(b, [outs[i], 0]))
      else:
        signed = torch.view(a, [1, s, groups, -1]) * torch.view(signs, [groups, 1, groups, 1])  # [G, S, G, in / G]
        made.append(torch.view(signed, [groups * s, -1]))
        wide = torch.new_zeros(b, [outs[i], groups, s])
        at = 0
        for j in range(len(parts[i]) // 2):
          lo = parts[i][2 * j]
          hi = parts[i][2 * j + 1]
          own = torch.view(wide[lo:hi, :, j * r:(j + 1) * r], [groups, -1, groups, r])
          unused = torch.copy_(torch.diagonal(own, 0, 0, 2), torch.permute(torch.view(b[at:at + hi - lo], [groups, -1, r]), [1, 2, 0]))
          at = at + hi - lo
        made.append(torch.view(wide, [outs[i], -1]))
    return made
