  # Continues the class of layer.py: draft heads as EAGLE-1 (arXiv:2401.15077) and EAGLE-3 (arXiv:2503.01840) have them.
  #
  # A draft reads pairs of a token and a state of the token before it, and predicts the distribution that the target gives after the token. `fc` makes the
  # state of what the target's layers hold; where the target has not been yet, it is what the draft's own layer made of the pair before.
  # In training this is rehearsed step by step ("training-time test"): step k pairs the token k further on in the text with the state that step k - 1 made.
  # In attention it sees what step 0 sees, and of the steps 1 to k the pair at its own place: those that would come in between.
  # EAGLE-3: the layer's attention reads [norm(embedding); norm(state)], and the state, normed or not, is its residual. EAGLE-1: fc reads [embedding; state],
  # the layer what fc makes of them, with or without a norm; one step alone.
  #
  # Weights of the layer are in the order of `layer`, the first that of the embedding's norm (EAGLE-3) or of the layer's input (EAGLE-1).
  # k steps after step 0   X width of the layer's attention input: 2 H in EAGLE-3, H in EAGLE-1   A residual streams   B queries of a block

  # Tensors of the same tokens beside one another.
  def beside(self: __torch__.Decoder, parts: List[Tensor]) -> Tensor:
    return torch.cat(parts, 1)

  # A norm's output alone.
  def normed(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tensor:
    return self.norm(x, w)[0]

  # Rows of A H numbers as `parts` that are normed each by itself.
  def in_parts(self: __torch__.Decoder, x: Tensor, parts: int) -> Tensor:
    return torch.view(x, [-1, parts, x.size(-1) // parts])

  # The state that the layer begins with, and the statistic of the norms.
  def fc(self: __torch__.Decoder,
         x: Tensor,             # [N, A H], in EAGLE-1 [N, 2 H]
         norm: Tensor,          # [A H] or [0]
         parts: int,            # norms that it consists of
         w: Tensor,             # [H, A H]
         bias: Tensor           # [H] or [0]
         ) -> List[Tensor]:
    h = x
    rstd = norm[:0]
    if parts > 0:
      apart, rstd = self.norm(self.in_parts(x, parts), self.in_parts(norm, parts))
      h = torch.view(apart, [x.size(0), -1])
    return [self.product(h, w, bias), rstd]

  # Gradients of fc's weights. What it reads is the target's or the embedding's, which are frozen.
  def fc_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, rstd: Tensor, norm: Tensor, parts: int, w: Tensor, dnorm: Tensor, dw: Tensor, dbias: Tensor) -> Tensor:
    h = x
    if parts > 0:
      apart = self.in_parts(x, parts)
      h = torch.view(self.norm_again(apart, self.in_parts(norm, parts), rstd), [x.size(0), -1])
      if dnorm.size(0) > 0:
        unused = self.norm_gradient(self.in_parts(torch.matmul(g, w), parts), apart, rstd, torch.view(dnorm, [parts, -1]), False)
    return self.weight_gradients(g, h, dw, dbias, False)

  # Attention input and residual of EAGLE-3, and what the backward needs.
  def pair(self: __torch__.Decoder,
           e: Tensor,             # [N, H]   embedding
           h: Tensor,             # [N, H]   state
           e_norm: Tensor, h_norm: Tensor,
           normed: bool           # whether the residual is the normed state
           ) -> List[Tensor]:
    left, rstd_e = self.norm(e, e_norm)
    right, rstd_h = self.norm(h, h_norm)
    residual = h
    if normed:
      residual = right
    return [torch.cat([left, right], 1), residual, rstd_e, rstd_h]

  # Gradient of the state.
  def pair_backward(self: __torch__.Decoder,
                    g: Tensor,             # [N, 2 H]
                    g_residual: Tensor,    # [N, H]
                    e: Tensor, h: Tensor, rstd_e: Tensor, rstd_h: Tensor, h_norm: Tensor, de_norm: Tensor, dh_norm: Tensor,
                    normed: bool, add: bool) -> Tensor:
    left, right = torch.chunk(g, 2, 1)
    unused = self.norm_gradient(left, e, rstd_e, de_norm, add)
    if normed:
      right = right + g_residual
    unused = self.norm_gradient(right, h, rstd_h, dh_norm, add)
    d = self.norm_backward(right, h, h_norm, rstd_h)
    if not normed:
      d = d + g_residual
    return d

  # Attention input of EAGLE-1, whose residual is x, and the norm's statistic.
  def single_input(self: __torch__.Decoder, x: Tensor, norm: Tensor) -> List[Tensor]:
    h, rstd = self.norm(x, norm)
    return [h, rstd]

  def single_input_backward(self: __torch__.Decoder, g: Tensor, g_residual: Tensor, x: Tensor, rstd: Tensor, norm: Tensor, dnorm: Tensor) -> Tensor:
    unused = self.norm_gradient(g, x, rstd, dnorm, False)
    return self.norm_backward(g, x, norm, rstd) + g_residual

  # A block's numbers by token, [KV, B, G, *], from those that lie by query head, [KV, G B, *], and the way back.
  def by_token(self: __torch__.Decoder, x: Tensor) -> Tensor:
    groups = self.heads // self.kv_heads
    return torch.transpose(torch.view(x, [self.kv_heads, groups, -1, x.size(2)]), 1, 2)

  def by_head(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.reshape(torch.transpose(x, 1, 2), [self.kv_heads, -1, x.size(3)])

  # Keys and values of a row's later steps, [2 KV, T, k, D].
  def own_of(self: __torch__.Decoder, steps: List[Tensor], lo: int, hi: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    for step in steps[1:]:
      parts.append(step[lo:hi, self.heads:])
    return torch.permute(torch.stack(parts, 1), [2, 0, 1, 3])

  # Attention weights of a block of queries over the keys of step 0, and in the last k columns over those of later steps.
  def weights_of_step(self: __torch__.Decoder,
                      q: Tensor,             # [KV, G B, D]
                      k: Tensor,             # [KV, past + B, D]   of step 0
                      own: Tensor            # [KV, B, k, D]       keys of later steps
                      ) -> Tensor:           # [KV, G B, past + B + k]
    mine = torch.matmul(self.by_token(q), torch.transpose(own, 2, 3)) * self.attention_scale        # [KV, B, G, k]
    s = torch.cat([self.scores(q, k), self.by_head(mine)], 2)
    return torch._softmax(s, -1, False, out=s)

  # Attention of the last of `steps`, queries, keys and values of each step, [N, heads + 2 kv_heads, D].
  def attend_step(self: __torch__.Decoder, steps: List[Tensor], rows: List[int]) -> Tensor:
    queries = steps[-1]
    out = torch.new_empty(queries, [queries.size(0), self.heads, self.head_size])
    for i in range(len(rows) - 1):
      own = self.own_of(steps, rows[i], rows[i + 1])
      kv = torch.transpose(steps[0][rows[i]:rows[i + 1], self.heads:], 0, 1)                          # [2 KV, T, D]
      q = queries[rows[i]:rows[i + 1], :self.heads]
      for j in range(self.blocks(q.size(0))):
        lo = j * self.block
        hi = min(lo + self.block, q.size(0))
        first = self.first_key(lo)
        p = self.weights_of_step(self.fold(q[lo:hi]), kv[:self.kv_heads, first:hi], own[:self.kv_heads, lo:hi])
        o = torch.matmul(p[:, :, :hi - first], kv[self.kv_heads:, first:hi])                          # [KV, G B, D]
        mine = torch.matmul(self.by_token(p[:, :, hi - first:]), own[self.kv_heads:, lo:hi])          # [KV, B, G, D]
        unused = self.unfold(o + self.by_head(mine), out[rows[i] + lo:rows[i] + hi])
    return torch.view(out, [queries.size(0), -1])

  # Gradient of the last step's queries, [N, heads, D]; that of all steps' keys and values is added to dkv, [N, 2 KV, D] each.
  def attend_step_backward(self: __torch__.Decoder, g: Tensor, steps: List[Tensor], rows: List[int], dkv: List[Tensor]) -> Tensor:
    queries = steps[-1]
    dq = torch.new_empty(queries, [queries.size(0), self.heads, self.head_size])
    g = torch.view(g, [queries.size(0), self.heads, self.head_size])
    for i in range(len(rows) - 1):
      begin = rows[i]
      end = rows[i + 1]
      own = self.own_of(steps, begin, end)
      kv = torch.transpose(steps[0][begin:end, self.heads:], 0, 1)
      down = torch.zeros_like(own)
      d = torch.transpose(dkv[0][begin:end], 0, 1)
      for j in range(self.blocks(end - begin)):
        lo = j * self.block
        hi = min(lo + self.block, end - begin)
        first = self.first_key(lo)
        q = self.fold(queries[begin + lo:begin + hi, :self.heads])
        e = self.fold(g[begin + lo:begin + hi])
        folded = self.block_backward(e, q, kv[:, first:hi], own[:, lo:hi], d[:, first:hi], down[:, lo:hi])
        unused = self.unfold(folded, dq[begin + lo:begin + hi])
      for step in range(1, len(steps)):
        unused = torch.add_(dkv[step][begin:end], torch.transpose(down[:, :, step - 1], 0, 1))
    return dq

  # Gradient of a block's queries; those of the keys and values that it sees are added to d and down.
  def block_backward(self: __torch__.Decoder,
                     e: Tensor,             # [KV, G B, D]     gradient of what they attended to
                     q: Tensor,             # [KV, G B, D]
                     kv: Tensor,            # [2 KV, seen, D]  of step 0
                     own: Tensor,           # [2 KV, B, k, D]  of later steps
                     d: Tensor, down: Tensor) -> Tensor:
    k, v = torch.chunk(kv, 2)
    own_k, own_v = torch.chunk(own, 2)
    dk, dv = torch.chunk(d, 2)
    down_k, down_v = torch.chunk(down, 2)
    seen = k.size(1)
    scale = self.attention_scale
    p = self.weights_of_step(q, k, own_k)
    e_own = self.by_token(e)                                          # [KV, B, G, D]
    q_own = self.by_token(q)
    p_own = self.by_token(p[:, :, seen:])                             # [KV, B, G, k]
    unused = torch.add_(dv, torch.matmul(torch.transpose(p[:, :, :seen], 1, 2), e))
    unused = torch.add_(down_v, torch.matmul(torch.transpose(p_own, 2, 3), e_own))
    dp = torch.cat([torch.matmul(e, torch.transpose(v, 1, 2)), self.by_head(torch.matmul(e_own, torch.transpose(own_v, 2, 3)))], 2)
    ds = torch._softmax_backward_data(dp, p, -1, p.dtype, grad_input=dp)
    ds0 = ds[:, :, :seen]
    ds_own = self.by_token(ds[:, :, seen:]) * scale                   # [KV, B, G, k]
    unused = torch.add_(dk, self.scaled(torch.transpose(ds0, 1, 2), q))
    unused = torch.add_(down_k, torch.matmul(torch.transpose(ds_own, 2, 3), q_own))
    return self.scaled(ds0, k) + self.by_head(torch.matmul(ds_own, own_k))

  # A step of the draft's layer. Returns its output and what the backward needs, then queries, keys and values for later steps.
  def draft_layer(self: __torch__.Decoder,
                  u: Tensor,             # [N, X]   attention input
                  residual: Tensor,      # [N, H]
                  earlier: List[Tensor], # queries, keys and values of the steps before
                  weights: List[Tensor], adapter: List[Tensor], qkv_parts: List[int], ffn_parts: List[int], cos: Tensor, sin: Tensor,
                  rows: List[int], seeds: List[int], kind: int, beta: float, dropout: float) -> List[Tensor]:
    given, z = self.attention_input(u, weights, adapter, qkv_parts, rows, seeds, kind, beta, dropout)
    qkv = self.turned(given, weights[10], cos, sin)
    if len(earlier) > 0:
      o = self.attend_step(earlier + [qkv], rows)
    else:
      o = self.attend(qkv, rows, self.nothing_before(rows), qkv[:0], 0)
    return self.after_attention(o, residual, weights, adapter, ffn_parts, rows, seeds, kind, beta, dropout) + [z, given, qkv]

  # Rows that continue no other.
  def nothing_before(self: __torch__.Decoder, rows: List[int]) -> List[int]:
    before = annotate(List[int], [])
    for row in rows[1:]:
      before.append(-1)
    return before

  # Gradients of attention input and residual. dkv has for each step up to this one what later steps added to the gradient of its keys and values, and this
  # one adds to it. Weights and adapters are used in each step: their gradients are overwritten by the first backward and added to by the others.
  def draft_layer_backward(self: __torch__.Decoder, g: Tensor, saved: List[Tensor], u: Tensor, steps: List[Tensor], dkv: List[Tensor],
                           weights: List[Tensor], adapter: List[Tensor], grads: List[Tensor], dweights: List[Tensor],
                           qkv_parts: List[int], o_parts: List[int], ffn_parts: List[int], down_parts: List[int], cos: Tensor, sin: Tensor,
                           rows: List[int], seeds: List[int], scale: float, kind: int, beta: float, dropout: float, add: bool) -> List[Tensor]:
    z, given = saved[9:]
    qkv = steps[-1]
    g, do = self.after_attention_backward(g, saved[:9], weights, adapter, grads, dweights, o_parts, ffn_parts, down_parts, rows, seeds, scale, kind, beta, dropout, add)
    own = dkv[-1]
    if len(steps) > 1:
      d = torch.empty_like(qkv)
      unused = torch.copy_(d[:, :self.heads], self.attend_step_backward(do, steps, rows, dkv))
      unused = torch.copy_(d[:, self.heads:], own)
    else:
      d = self.attend_backward(do, qkv, rows, self.nothing_before(rows), qkv[:0], 0, qkv[:0])
      unused = torch.add_(d[:, self.heads:], own)
    dnorm = weights[10][:0]
    if len(dweights) > 0:
      dnorm = dweights[10]
    d = self.turned_backward(d, given, weights[10], dnorm, cos, sin, add)
    du = self.attention_input_backward(d, u, z, weights, adapter, grads, dweights, qkv_parts, rows, seeds, scale, kind, beta, dropout, add)
    return [du, g]

  # What a step learns at chosen tokens, of which it made x, from the target's states of other tokens. Returns the three numbers of `diverge` for each, and
  # the gradient of x.
  def draft_head(self: __torch__.Decoder,
                 x: Tensor,             # [N, H]
                 norm: Tensor,          # [H] or [0]
                 table: Tensor,         # [D, H]
                 at: Tensor,            # [M]      int64
                 states: Tensor,        # [N, H]   the target's, normed
                 states_at: Tensor,     # [M]      int64
                 taught: Tensor,        # [D, H]
                 weights: Tensor,       # [M]      fp32
                 kind: int,
                 dnorm: Tensor, dtable: Tensor,
                 add: bool, backward: bool) -> List[Tensor]:
    chosen = torch.index_select(x, 0, at)                             # [M, H]
    h, rstd = self.single_input(chosen, norm)
    if backward and not add:
      unused = torch.zero_(dtable)
    sums = torch.new_zeros(x, [3], dtype=7)
    dh, each = self.learn(h, table, torch.index_select(states, 0, states_at), taught, weights, kind, dtable, sums, backward)
    result = [each]
    if backward:
      unused = self.norm_gradient(dh, chosen, rstd, dnorm, add)
      dh = self.norm_backward(dh, chosen, norm, rstd)
      result.append(torch.index_copy_(torch.zeros_like(x), 0, at, dh))
    return result

  # Adds to dx, the gradient of a step's output, what comes from the state that the next step was given: the output, or where `normed` its norm.
  def fed_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, norm: Tensor, dnorm: Tensor, normed: bool, dx: Tensor) -> Tensor:
    d = g
    if normed:
      y, rstd = self.norm(x, norm)
      unused = self.norm_gradient(g, x, rstd, dnorm, True)
      d = self.norm_backward(g, x, norm, rstd)
    return torch.add_(dx, d)

  # SmoothL1 of EAGLE-1 between what the draft made of chosen tokens and the target's states, its mean over the features, [M] fp32. The gradient of its
  # weighted sum is added to dx.
  def regress(self: __torch__.Decoder,
              x: Tensor,             # [N, H]
              at: Tensor,            # [M]      int64
              states: Tensor,        # [N, H]   the target's, normed
              states_at: Tensor,     # [M]      int64
              weights: Tensor,       # [M]      fp32
              dx: Tensor             # [N, H]
              ) -> Tensor:
    d = torch.index_select(x, 0, at).to(6) - torch.index_select(states, 0, states_at).to(6)
    slope = torch.clamp(d, -1., 1.)
    loss = torch.mean(slope * (d - 0.5 * slope), [-1])                # |d| < 1: d^2 / 2, else |d| - 1/2
    g = torch.mul_(slope, torch.unsqueeze(weights / float(x.size(1)), 1))
    unused = torch.index_add_(dx, 0, at, torch.type_as(g, dx))
    return loss

  # Reads new tokens of drafted sequences: attention goes over what the cache holds of them. The arguments are those of `read` for one layer.
  def draft_read(self: __torch__.Decoder,
                 u: Tensor,             # [N, X]   attention input
                 residual: Tensor,      # [N, H]
                 weights: List[Tensor], adapter: List[Tensor], segments: List[int], kinds: List[int], betas: List[float],
                 cos: Tensor, sin: Tensor, rows: List[int], past: List[int], next: List[Tensor], slot: int, cache: Tensor) -> Tensor:
    none = torch.new_zeros(u, [0])
    own = torch.narrow(cache, 0, slot, len(past))
    o = self.read_attention(u, weights, 0, 1, adapter, segments, kinds, betas, cos, sin, rows, past, next, own, none)
    return self.read_after(o, residual, weights, 0, 1, adapter, segments, kinds, betas, self.least(residual), none)

  # fp32 logits from the layer's output; norm [0] for none.
  def draft_logits(self: __torch__.Decoder, x: Tensor, norm: Tensor, table: Tensor) -> Tensor:
    return self.product(self.normed(x, norm), table, torch.new_zeros(x, [0])).to(6)   # [N, D]

  # Logits of a draft's vocabulary as those of its target's, -inf for tokens that the draft does not know.
  def spread(self: __torch__.Decoder,
             logits: Tensor,        # [N, D]
             ids: Tensor,           # [D]      int64, the target's
             size: int              # V
             ) -> Tensor:           # [N, V]
    return torch.index_copy_(torch.new_full(logits, [logits.size(0), size], -inf), 1, ids, logits)

  # Rows of a table.
  def rows_of(self: __torch__.Decoder, table: Tensor, ids: Tensor) -> Tensor:
    return torch.index_select(table, 0, ids)

  # Several states of a row's tokens, copied to the host.
  def states_of_row(self: __torch__.Decoder,
                    states: List[Tensor],  # [N, H] each
                    begin: int,
                    end: int
                    ) -> Tensor:           # [states, end - begin, H]
    own = annotate(List[Tensor], [])
    for x in states:
      own.append(x[begin:end])
    return torch.to(torch.stack(own), torch.device("cpu"))

  # Those of rows one after another, [N, H] each.
  def states_of_rows(self: __torch__.Decoder, rows: List[Tensor], device: str) -> List[Tensor]:
    return torch.unbind(torch.to(torch.cat(rows, 1), torch.device(device)))

  # What a new head begins with. The projections of attention read embedding and state alike; their sum has the length of what they read before.
  def widened(self: __torch__.Decoder, w: Tensor) -> Tensor:
    return torch.cat([w, w], 1) * 2. ** -0.5

  # fc that hands on the last of `parts` states, or the sum of the last `count`.
  def handing_on(self: __torch__.Decoder, like: Tensor, parts: int, count: int) -> Tensor:
    size = like.size(0)
    w = torch.new_zeros(like, [size, parts * size])
    for i in range(parts - count, parts):
      unused = torch.fill_(torch.diagonal(w[:, i * size:(i + 1) * size]), 1.)
    return w

  def ones(self: __torch__.Decoder, like: Tensor, size: int) -> Tensor:
    return torch.new_full(like, [size], 1.)

  def own(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.clone(x, memory_format=0)
