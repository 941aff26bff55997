  # Continues the class of layer.py: attention in training, row after row, over keys and values of the row itself and of what it continues. On CUDA in bf16
  # fused.py takes its place.

  # [T, heads, D] of one row to [KV, G * T, D]: the query heads of a key head lie under one another, so that keys are never repeated.
  def fold(self: __torch__.Decoder, x: Tensor) -> Tensor:
    groups = self.heads // self.kv_heads
    x = torch.view(x, [x.size(0), self.kv_heads, groups, self.head_size])
    return torch.reshape(torch.permute(x, [1, 2, 0, 3]), [self.kv_heads, -1, self.head_size])

  # The way back, into `out` [T, heads, D].
  def unfold(self: __torch__.Decoder, x: Tensor, out: Tensor) -> Tensor:
    groups = self.heads // self.kv_heads
    x = torch.view(x, [self.kv_heads, groups, -1, self.head_size])
    out = torch.view(out, [out.size(0), self.kv_heads, groups, self.head_size])
    return torch.copy_(out, torch.permute(x, [2, 0, 1, 3]))

  # -inf where a key comes after its query, or before the query's window. That concerns as many keys at either end as there are queries.
  def hide(self: __torch__.Decoder,
           s: Tensor,             # [KV, G, T, past + T]
           past: int              # keys before the first query
           ) -> Tensor:
    tokens = s.size(2)
    hidden = torch.new_full(s, [tokens, tokens], -inf)
    unused = torch.add_(s[:, :, :, past:], torch.triu(hidden, 1))
    if self.window > 0:
      unused = torch.add_(s[:, :, :, :tokens], torch.tril(hidden, past - self.window))
    return s

  # x y of each key head, times attention's scale. With beta = 0 the first argument's values are not read.
  def scaled(self: __torch__.Decoder, x: Tensor, y: Tensor) -> Tensor:
    return torch.baddbmm(torch.new_empty(x, [1, 1, 1]), x, y, beta=0, alpha=self.attention_scale)

  # Logarithms of the attention weights of a block of queries, of which the last sees the last key, before they are normalised.
  def scores(self: __torch__.Decoder, q: Tensor, k: Tensor) -> Tensor:
    groups = self.heads // self.kv_heads
    s = self.scaled(q, torch.transpose(k, 1, 2))                      # [KV, G * T, past + T]
    tokens = s.size(1) // groups
    past = k.size(1) - tokens
    unused = self.hide(torch.view(s, [self.kv_heads, groups, tokens, -1]), past)
    return s

  def weights_of(self: __torch__.Decoder, q: Tensor, k: Tensor) -> Tensor:
    s = self.scores(q, k)
    return torch._softmax(s, -1, False, out=s)

  # First key that a query sees.
  def first_key(self: __torch__.Decoder, query: int) -> int:
    first = 0
    if self.window > 0:
      first = max(query + 1 - self.window, 0)
    return first

  # Queries of one row that are weighed at one time: their weights, not those of the whole row, are in memory, and keys behind them are not looked at.
  def blocks(self: __torch__.Decoder, tokens: int) -> int:
    return (tokens + self.block - 1) // self.block

  # Attention of a row's queries over keys and values of which the first `past` come before it.
  def attend_row(self: __torch__.Decoder,
                 q: Tensor,             # [T, heads, D]         rotated
                 k: Tensor,             # [KV, past + T, D]     rotated
                 v: Tensor,             # [KV, past + T, D]
                 past: int,
                 out: Tensor            # [T, heads, D]         overwritten
                 ) -> Tensor:
    for i in range(self.blocks(q.size(0))):
      lo = i * self.block
      hi = min(lo + self.block, q.size(0))
      first = self.first_key(past + lo)
      p = self.weights_of(self.fold(q[lo:hi]), k[:, first:past + hi])
      unused = self.unfold(torch.matmul(p, v[:, first:past + hi]), out[lo:hi])
    return out

  # Keys and values that a row sees, of all before it and its own: [past + T, 2 KV, D].
  def seen(self: __torch__.Decoder, qkv: Tensor, rows: List[int], before: List[int], i: int, prefix: Tensor, start: int) -> Tensor:
    kv = qkv[rows[i]:rows[i + 1], self.heads:]
    p = before[i]
    if p >= 0 or start > 0:
      parts = [kv]
      while p >= 0:
        parts.append(qkv[rows[p]:rows[p + 1], self.heads:])
        p = before[p]
      if start > 0:
        parts.append(prefix[:start])
      parts.reverse()
      kv = torch.cat(parts, 0)
    return kv

  # qkv [N, heads + 2 kv_heads, D], queries and keys rotated.
  def attend(self: __torch__.Decoder, qkv: Tensor, rows: List[int], before: List[int], prefix: Tensor, start: int) -> Tensor:
    out = torch.new_empty(qkv, [qkv.size(0), self.heads, self.head_size])
    for i in range(len(rows) - 1):
      kv = self.seen(qkv, rows, before, i, prefix, start)
      k = torch.transpose(kv[:, :self.kv_heads], 0, 1)
      v = torch.transpose(kv[:, self.kv_heads:], 0, 1)
      past = kv.size(0) - (rows[i + 1] - rows[i])
      unused = self.attend_row(qkv[rows[i]:rows[i + 1], :self.heads], k, v, past, out[rows[i]:rows[i + 1]])
    return torch.view(out, [qkv.size(0), -1])                         # [N, Q]

  # Gradient of qkv. That of the prefix's keys and values is added to dprefix, [start, 2 KV, D] fp32.
  # The weights are made again: keeping them would cost T^2 for each head.
  def attend_backward(self: __torch__.Decoder, g: Tensor, qkv: Tensor, rows: List[int], before: List[int], prefix: Tensor, start: int, dprefix: Tensor) -> Tensor:
    d = torch.zeros_like(qkv)
    for i in range(len(rows) - 1):
      lo = rows[i]
      hi = rows[i + 1]
      own = d[lo:hi, self.heads:]
      kv = self.seen(qkv, rows, before, i, prefix, start)
      past = kv.size(0) - (hi - lo)
      if past > 0:
        dkv = torch.zeros_like(kv)
        unused = self.attend_row_backward(g[lo:hi], qkv[lo:hi, :self.heads], kv, past, d[lo:hi, :self.heads], dkv)
        unused = torch.add_(own, dkv[past:])
        p = before[i]
        while p >= 0:
          end = past
          past = end - (rows[p + 1] - rows[p])
          unused = torch.add_(d[rows[p]:rows[p + 1], self.heads:], dkv[past:end])
          p = before[p]
        if start > 0:
          unused = torch.add_(dprefix, dkv[:start])
      else:
        unused = self.attend_row_backward(g[lo:hi], qkv[lo:hi, :self.heads], kv, 0, d[lo:hi, :self.heads], own)
    return d

  # Gradients of a row's queries, into dq [T, heads, D], and of the keys and values that they see, into dkv [past + T, 2 KV, D], which must come as zeros.
  def attend_row_backward(self: __torch__.Decoder,
                          g: Tensor,            # [T, Q]
                          q: Tensor,            # [T, heads, D]            rotated
                          kv: Tensor,           # [past + T, 2 KV, D]
                          past: int, dq: Tensor, dkv: Tensor) -> Tensor:
    k = torch.transpose(kv[:, :self.kv_heads], 0, 1)
    v = torch.transpose(kv[:, self.kv_heads:], 0, 1)
    dk = torch.transpose(dkv[:, :self.kv_heads], 0, 1)
    dv = torch.transpose(dkv[:, self.kv_heads:], 0, 1)
    g = torch.view(g, [g.size(0), self.heads, self.head_size])
    for i in range(self.blocks(g.size(0))):
      lo = i * self.block
      hi = min(lo + self.block, g.size(0))
      first = self.first_key(past + lo)
      end = past + hi
      folded = self.fold(q[lo:hi])                                    # [KV, G * block, D]
      p = self.weights_of(folded, k[:, first:end])
      e = self.fold(g[lo:hi])
      unused = torch.add_(dv[:, first:end], torch.matmul(torch.transpose(p, 1, 2), e))
      dp = torch.matmul(e, torch.transpose(v[:, first:end], 1, 2))    # [KV, G * block, end - first]
      ds = torch._softmax_backward_data(dp, p, -1, p.dtype, grad_input=dp)         # p (dp - sum(dp p))
      unused = self.unfold(self.scaled(ds, k[:, first:end]), dq[lo:hi])
      unused = torch.add_(dk[:, first:end], self.scaled(torch.transpose(ds, 1, 2), folded))
    return dkv
