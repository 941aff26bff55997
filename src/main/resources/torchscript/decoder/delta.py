  # Continues the class of layer.py: layers that carry a state from token to token instead of looking at keys, by the gated delta rule (arXiv 2412.06464),
  # computed by chunks of tokens (arXiv 2406.06484). Not yet among the parts of a decoder; src/test/devices/check_delta.py compares it with transformers.
  #
  # E heads, each with values of width U, keys of width W and a state [W, U]; a key head serves neighbouring heads. Queries, keys and values of all heads are
  # C channels, each of which is convolved over a token and the `delta_taps` - 1 tokens before it.
  # A row's state is flat, [E W U + (taps - 1) C] fp32: the heads' states, then what the next tokens' convolution still needs.
  #
  #   S' = exp(g) S + k (b (v - exp(g) S^T k))^T     o = S'^T q     b = sigmoid     g = -exp(a_log) softplus(a + a_bias)
  #
  # Within a chunk, with D_ij = exp(g_j+1 + ... + g_i) and e_i the decay from the chunk's begin to token i:
  #
  #   (I + A) u = b (v - e S^T k)     A = b k k^T D below the diagonal     o = e q S + (q k^T D) u, D with its diagonal

  # Tokens of a chunk.
  def delta_chunk(self: __torch__.Decoder) -> int:
    return 64

  def delta_channels(self: __torch__.Decoder) -> int:
    return 2 * self.delta_key_heads * self.delta_key_size + self.delta_heads * self.delta_value_size

  # Numbers of the heads' states.
  def delta_matrices(self: __torch__.Decoder) -> int:
    return self.delta_heads * self.delta_key_size * self.delta_value_size

  # A flat state of a row without tokens before it.
  def delta_none(self: __torch__.Decoder, like: Tensor) -> Tensor:
    return torch.new_zeros(like, [self.delta_matrices() + (self.delta_taps - 1) * self.delta_channels()], dtype=6)

  # The heads' states, [E, W, U], of a flat one, as a view.
  def delta_states(self: __torch__.Decoder, state: Tensor) -> Tensor:
    return torch.view(state[:self.delta_matrices()], [self.delta_heads, self.delta_key_size, self.delta_value_size])

  # What the convolution needs of the tokens before, [taps - 1, C], as a view.
  def delta_tail(self: __torch__.Decoder, state: Tensor) -> Tensor:
    return torch.view(state[self.delta_matrices():], [self.delta_taps - 1, -1])

  # Of T tokens behind those of `tail`.
  def convolved(self: __torch__.Decoder,
                tail: Tensor,           # [taps - 1, C]  fp32
                x: Tensor,              # [T, C]
                w: Tensor               # [C, 1, taps]
                ) -> Tensor:            # [T, C]
    seen = torch.cat([torch.type_as(tail, x), x], 0)
    y = torch.zeros_like(x, dtype=6)
    for i in range(self.delta_taps):
      y = torch.addcmul_(y, seen[i:i + x.size(0)], w[:, 0, i])
    return torch.type_as(y, x)

  # Gradient of the tail and the tokens, [taps - 1 + T, C] fp32; that of w, where it is trained, goes into dw.
  def convolved_backward(self: __torch__.Decoder, g: Tensor, tail: Tensor, x: Tensor, w: Tensor, dw: Tensor) -> Tensor:
    seen = torch.cat([torch.type_as(tail, x), x], 0)
    d = torch.zeros_like(seen, dtype=6)
    for i in range(self.delta_taps):
      unused = torch.addcmul_(d[i:i + x.size(0)], g, w[:, 0, i])
      if dw.size(0) > 0:
        unused = torch.add_(dw[:, 0, i], torch.sum(g.to(6) * seen[i:i + x.size(0)], [0]))
    return d

  # Vectors of length 1, fp32, of which each serves neighbouring heads: [T, key heads W] to [E, T, W], times `scale`.
  def unit(self: __torch__.Decoder, x: Tensor, scale: float) -> Tensor:
    f = torch.view(x, [x.size(0), self.delta_key_heads, self.delta_key_size]).to(6)
    u = f * self.unit_factor(f)
    return torch.mul(torch.transpose(torch.repeat_interleave(u, self.delta_heads // self.delta_key_heads, 1), 0, 1), scale)

  def unit_factor(self: __torch__.Decoder, f: Tensor) -> Tensor:
    return torch.rsqrt(torch.add(torch.sum(f * f, [-1], True), 9.9999999999999995e-07))

  def unit_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, scale: float) -> Tensor:
    f = torch.view(x, [x.size(0), self.delta_key_heads, self.delta_key_size]).to(6)
    factor = self.unit_factor(f)
    u = f * factor
    d = torch.sum(torch.view(torch.contiguous(torch.transpose(g, 0, 1)), [x.size(0), self.delta_key_heads, -1, self.delta_key_size]), [2])
    d = torch.mul(d, scale)
    along = torch.sum(d * u, [-1], True)
    return torch.flatten((d - u * along) * factor, 1)                 # [T, key heads W]

  # D of a chunk, [E, T, T], zero above the diagonal.
  def decays(self: __torch__.Decoder,
             sums: Tensor             # [E, T]     of g, from the chunk's begin
             ) -> Tensor:
    return torch.tril(torch.exp(torch.tril(torch.unsqueeze(sums, 2) - torch.unsqueeze(sums, 1))))

  # A of a chunk, zero on the diagonal and above, from k k^T.
  def delta_system(self: __torch__.Decoder, pairs: Tensor, b: Tensor, decays: Tensor) -> Tensor:
    return torch.tril(torch.unsqueeze(b, 2) * pairs * decays, -1)

  # Chunk i of a row: its q and k, [E, T, W], v, [E, T, U], b, and the sums of g from its begin, [E, T]. All of them are fp32.
  def chunk_of(self: __torch__.Decoder, i: int, q: Tensor, k: Tensor, v: Tensor, b: Tensor, g: Tensor) -> List[Tensor]:
    lo = i * self.delta_chunk()
    hi = min(lo + self.delta_chunk(), q.size(1))
    return [q[:, lo:hi], k[:, lo:hi], v[:, lo:hi], b[:, lo:hi], torch.cumsum(g[:, lo:hi], 1)]

  def chunks(self: __torch__.Decoder, tokens: int) -> int:
    return (tokens + self.delta_chunk() - 1) // self.delta_chunk()

  # Outputs of a chunk, u, and the states behind it.
  def chunk_of_delta(self: __torch__.Decoder,
                     chunk: List[Tensor],          # as chunk_of returns it
                     states: Tensor                # [E, W, U]
                     ) -> List[Tensor]:
    q, k, v, b, sums = chunk
    keys = torch.transpose(k, 1, 2)
    e = torch.unsqueeze(torch.exp(sums), 2)
    decays = self.decays(sums)
    known = torch.unsqueeze(b, 2) * (v - e * torch.matmul(k, states))
    u = torch.linalg_solve_triangular(self.delta_system(torch.matmul(k, keys), b, decays), known, upper=False, left=True, unitriangular=True)
    o = torch.matmul(q * e, states) + torch.matmul(torch.matmul(q, keys) * decays, u)
    last = sums[:, -1:]
    after = torch.unsqueeze(torch.exp(last), 2) * states + torch.matmul(torch.transpose(k * torch.unsqueeze(torch.exp(last - sums), 2), 1, 2), u)
    return [o, u, after]

  # Gradients of q, k, v, b, the sums and the states before, from those of the outputs and of the states after.
  def chunk_of_delta_backward(self: __torch__.Decoder, g: Tensor, dafter: Tensor, u: Tensor, chunk: List[Tensor], states: Tensor) -> List[Tensor]:
    q, k, v, b, sums = chunk
    keys = torch.transpose(k, 1, 2)
    pairs = torch.matmul(k, keys)
    e = torch.unsqueeze(torch.exp(sums), 2)                           # [E, T, 1]
    decays = self.decays(sums)
    last = sums[:, -1:]
    rest = torch.unsqueeze(torch.exp(last - sums), 2)
    whole = torch.unsqueeze(torch.exp(last), 2)
    by_state = torch.transpose(states, 1, 2)
    # of the outputs
    scores = torch.matmul(q, keys)
    dweights = torch.matmul(g, torch.transpose(u, 1, 2)) * decays
    du = torch.matmul(torch.transpose(scores * decays, 1, 2), g) + torch.matmul(k * rest, dafter)
    read = torch.matmul(g, by_state) * e
    dq = read + torch.matmul(dweights, k)
    dk = torch.matmul(torch.transpose(dweights, 1, 2), q)
    products = scores * dweights
    dsums = torch.sum(read * q, [2]) + torch.sum(products, [2]) - torch.sum(products, [1])
    dstates = torch.matmul(torch.transpose(q * e, 1, 2), g) + whole * dafter
    # of the states after
    written = torch.matmul(u, torch.transpose(dafter, 1, 2)) * rest
    dk = dk + written
    kept = torch.sum(written * k, [2])
    dsums = dsums - kept
    dlast = torch.sum(kept, [1]) + torch.sum(whole * states * dafter, [1, 2])
    unused = torch.add_(dsums[:, -1], dlast)
    # of u
    system = self.delta_system(pairs, b, decays)
    dknown = torch.linalg_solve_triangular(torch.transpose(system, 1, 2), du, upper=True, left=True, unitriangular=True)
    found = torch.matmul(k, states)
    wide_b = torch.unsqueeze(b, 2)
    dv = wide_b * dknown
    db = torch.sum(dknown * (v - e * found), [2])
    dfound = torch.neg(e * dv)
    dk = dk + torch.matmul(dfound, by_state)
    dstates = dstates + torch.matmul(keys, dfound)
    dsums = dsums + torch.sum(dfound * found, [2])
    # of A
    dsystem = torch.tril(torch.neg(torch.matmul(dknown, torch.transpose(u, 1, 2))), -1) * decays
    db = db + torch.sum(dsystem * pairs, [2])
    dsystem = dsystem * wide_b
    dk = dk + torch.matmul(dsystem, k) + torch.matmul(torch.transpose(dsystem, 1, 2), k)
    products = dsystem * pairs
    dsums = dsums + torch.sum(products, [2]) - torch.sum(products, [1])
    return [dq, dk, dv, db, dsums, dstates]

  # Queries, keys and values of T tokens, [E, T, ...] fp32, from what they are before the convolution's silu.
  def delta_heads_of(self: __torch__.Decoder, x: Tensor) -> List[Tensor]:
    keys = self.delta_key_heads * self.delta_key_size
    y = torch.silu(x)
    q = self.unit(y[:, :keys], self.delta_scale())
    k = self.unit(y[:, keys:2 * keys], 1.)
    v = torch.transpose(torch.view(y[:, 2 * keys:], [x.size(0), self.delta_heads, self.delta_value_size]), 0, 1).to(6)
    return [q, k, v]

  def delta_scale(self: __torch__.Decoder) -> float:
    return float(self.delta_key_size) ** -0.5

  # b and g of tokens, [E, N] fp32, from `given`.
  def delta_gates(self: __torch__.Decoder, given: Tensor, a_log: Tensor, a_bias: Tensor) -> List[Tensor]:
    b = torch.sigmoid(given[:, -2 * self.delta_heads:-self.delta_heads]).to(6)
    a = given[:, -self.delta_heads:].to(6)
    g = torch.neg(torch.exp(a_log.to(6))) * torch.softplus(a + a_bias)
    return [torch.t(b), torch.t(g)]

  # Heads' outputs of a row, [E, T, U] fp32, and its state at the end.
  def delta_row(self: __torch__.Decoder,
                x: Tensor,                  # [T, C]
                w: Tensor,                  # [C, 1, taps]
                b: Tensor, g: Tensor,       # [E, T]
                state: Tensor               # flat
                ) -> List[Tensor]:
    q, k, v = self.delta_heads_of(self.convolved(self.delta_tail(state), x, w))
    states = self.delta_states(state)
    outputs = annotate(List[Tensor], [])
    for i in range(self.chunks(x.size(0))):
      o, u, states = self.chunk_of_delta(self.chunk_of(i, q, k, v, b, g), states)
      outputs.append(o)
    seen = torch.cat([self.delta_tail(state), x.to(6)], 0)
    end = torch.cat([torch.flatten(states), torch.flatten(seen[x.size(0):])])
    return [torch.cat(outputs, 1), end]

  # Gradients of x, b and g, and of the state that the row begins with, from those of its outputs and of its state at the end.
  def delta_row_backward(self: __torch__.Decoder, d: Tensor, dend: Tensor, x: Tensor, w: Tensor, dw: Tensor, b: Tensor, g: Tensor, state: Tensor) -> List[Tensor]:
    before = self.convolved(self.delta_tail(state), x, w)
    q, k, v = self.delta_heads_of(before)
    tokens = x.size(0)
    states = [self.delta_states(state)]
    chunks = annotate(List[List[Tensor]], [])
    found = annotate(List[Tensor], [])
    for i in range(self.chunks(tokens)):
      chunks.append(self.chunk_of(i, q, k, v, b, g))
      o, u, after = self.chunk_of_delta(chunks[i], states[i])
      found.append(u)
      states.append(after)
    gradients = [torch.empty_like(q), torch.empty_like(k), torch.empty_like(v), torch.empty_like(b), torch.empty_like(g)]
    dstates = self.delta_states(dend)
    for j in range(len(chunks)):
      i = len(chunks) - 1 - j
      lo = i * self.delta_chunk()
      hi = min(lo + self.delta_chunk(), tokens)
      of = self.chunk_of_delta_backward(d[:, lo:hi], dstates, found[i], chunks[i], states[i])
      of[4] = torch.flip(torch.cumsum(torch.flip(of[4], [1]), 1), [1])
      for n, gradient in enumerate(gradients):
        unused = torch.copy_(gradient[:, lo:hi], of[n])
      dstates = of[5]
    dq, dk, dv, db, dg = gradients
    keys = self.delta_key_heads * self.delta_key_size
    y = torch.silu(before)
    dy = torch.cat([self.unit_backward(dq, y[:, :keys], self.delta_scale()), self.unit_backward(dk, y[:, keys:2 * keys], 1.),
                    torch.reshape(torch.transpose(dv, 0, 1), [tokens, -1])], 1)
    dseen = self.convolved_backward(torch.silu_backward(dy, before.to(6)), self.delta_tail(state), x, w, dw)
    unused = torch.add_(dseen[tokens:], self.delta_tail(dend))
    tail = self.delta_taps - 1
    return [dseen[tail:], db, dg, torch.cat([torch.flatten(dstates), torch.flatten(dseen[:tail])])]

  # Each head's output normed and gated: [N, E U].
  def delta_gated(self: __torch__.Decoder,
                  o: Tensor,              # [N, E, U]
                  given: Tensor,
                  w: Tensor               # [U]
                  ) -> Tensor:
    y, rstd = self.norm_rounding(o, w)
    return torch.type_as(torch.flatten(y.to(6) * torch.silu(self.delta_gate(given).to(6)), 1), o)

  # z, [N, E, U].
  def delta_gate(self: __torch__.Decoder, given: Tensor) -> Tensor:
    first = self.delta_channels()
    width = self.delta_heads * self.delta_value_size
    return torch.view(given[:, first:first + width], [given.size(0), self.delta_heads, self.delta_value_size])

  # As `norm`, rounded before it is multiplied with the weight itself, whatever the other norms of the family do.
  def norm_rounding(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:
    f = x.to(6)
    rstd = self.statistic(f, self.least(x))
    return (torch.type_as(f * rstd, x) * w, rstd)

  # Gradients of o and z; that of w, where it is trained, goes into dw.
  def delta_gated_backward(self: __torch__.Decoder, g: Tensor, o: Tensor, given: Tensor, w: Tensor, dw: Tensor) -> Tuple[Tensor, Tensor]:
    y, rstd = self.norm_rounding(o, w)
    z = self.delta_gate(given).to(6)
    d = torch.view(g, o.size()).to(6)
    dz = torch.silu_backward(d * y.to(6), z)
    dy = d * torch.silu(z)
    unit = o.to(6) * rstd
    if dw.size(0) > 0:
      unused = torch.copy_(dw, torch.sum(dy * torch.type_as(unit, o).to(6), [0, 1]))
    return (self.unit_rows_backward(dy * w, unit, rstd), dz)

  # State with which row i begins: that at the end of another row, that of a prefix, or none.
  def delta_begin(self: __torch__.Decoder, i: int, before: List[int], ends: List[Tensor], prefix: Tensor, start: int) -> Tensor:
    if before[i] >= 0:
      state = ends[before[i]]
    elif start > 0:
      state = prefix
    else:
      state = self.delta_none(prefix)
    return state

  # Outputs of all rows, [N, E, U], and the state at the end of each.
  def delta_rows(self: __torch__.Decoder, given: Tensor, weights: List[Tensor], rows: List[int], before: List[int], prefix: Tensor, start: int) -> Tuple[Tensor, List[Tensor]]:
    b, g = self.delta_gates(given, weights[14], weights[15])
    ends = annotate(List[Tensor], [])
    out = torch.new_empty(given, [given.size(0), self.delta_heads, self.delta_value_size])
    channels = self.delta_channels()
    for i in range(len(rows) - 1):
      lo = rows[i]
      hi = rows[i + 1]
      o, end = self.delta_row(given[lo:hi, :channels], weights[13], b[:, lo:hi], g[:, lo:hi], self.delta_begin(i, before, ends, prefix, start))
      unused = torch.copy_(out[lo:hi], torch.transpose(o, 0, 1))
      ends.append(end)
    return (out, ends)

  # Gradient of `given`, [N, C + E U + 2 E], from that of `delta_gated`, whose `out` is what delta_rows returned. That of the prefix's state is added to dprefix; `dlast` is that of the last row's state at its end, or [0].
  def delta_rows_backward(self: __torch__.Decoder, d: Tensor, out: Tensor, given: Tensor, weights: List[Tensor], dweights: List[Tensor], rows: List[int],
                          before: List[int], prefix: Tensor, start: int, dprefix: Tensor, dlast: Tensor) -> Tensor:
    b, g = self.delta_gates(given, weights[14], weights[15])
    ends = annotate(List[Tensor], [])
    if max(before) >= 0:
      again, ends = self.delta_rows(given, weights, rows, before, prefix, start)
    none = torch.new_zeros(given, [0], dtype=6)
    dw = none
    dnorm = none
    if len(dweights) > 0:
      dw = torch.zero_(dweights[13])
      dnorm = dweights[16]
    of_out, dz = self.delta_gated_backward(d, out, given, weights[16], dnorm)
    dgiven = torch.empty_like(given)
    channels = self.delta_channels()
    db = torch.empty_like(b)
    dg = torch.empty_like(g)
    dends = annotate(List[Tensor], [])
    for row in before:
      dends.append(self.delta_none(given))
    if dlast.size(0) > 0:
      unused = torch.add_(dends[-1], dlast)
    for j in range(len(before)):
      i = len(before) - 1 - j
      lo = rows[i]
      hi = rows[i + 1]
      state = self.delta_begin(i, before, ends, prefix, start)
      of = self.delta_row_backward(torch.transpose(of_out[lo:hi], 0, 1), dends[i], given[lo:hi, :channels], weights[13], dw, b[:, lo:hi], g[:, lo:hi], state)
      unused = torch.copy_(dgiven[lo:hi, :channels], of[0])
      unused = torch.copy_(db[:, lo:hi], of[1])
      unused = torch.copy_(dg[:, lo:hi], of[2])
      if before[i] >= 0:
        unused = torch.add_(dends[before[i]], of[3])
      elif start > 0:
        unused = torch.add_(dprefix, of[3])
    unused = torch.copy_(dgiven[:, channels:channels + dz.size(1) * dz.size(2)], torch.flatten(dz, 1))
    logits = given[:, -self.delta_heads:].to(6) + weights[15]
    rate = torch.neg(torch.exp(weights[14].to(6)))
    da = torch.t(dg) * rate * torch.sigmoid(logits)
    if len(dweights) > 0:
      unused = torch.copy_(dweights[14], torch.sum(dg * g, [1]))
      unused = torch.copy_(dweights[15], torch.sum(da, [0]))
    unused = torch.copy_(dgiven[:, -2 * self.delta_heads:-self.delta_heads], torch.t(db * b * torch.rsub(b, 1.)))
    unused = torch.copy_(dgiven[:, -self.delta_heads:], da)
    return dgiven
