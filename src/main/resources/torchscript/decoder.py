# A decoder of the Llama kind with AFA-LoRA adapters whose gradients are derived by hand: nothing here is differentiated by autograd, so call it with gradients off.
# A plain decoder among the tests (plain_decoder.py) is differentiated by autograd, and both are compared on random shapes.
#
# Rows of a micro-batch lie one after another without padding. Everything but attention looks at tokens alone; attention goes row by row, and a row may
# continue another one, whose keys and values it sees before its own. All of them may continue a prefix that other passes compute: `prefix` holds its keys
# and values in this layer, [P, 2 KV, D], of which the rows see the first `start`.
# Arithmetic is that of the frozen weights (bf16 or fp32); statistics, phi, softmax and adapter gradients are fp32.
#
# N tokens of the micro-batch   M trained positions   T tokens of one row   H hidden   F feed-forward   V vocabulary   D head size
# Q heads * D   K kv_heads * D   G query heads of a key head   r rank   n adapted projections that share an input   S = n * r
#
# Projections that share an input form a group: (q, k, v), (o), (gate, up), (down). A group's weights are one matrix; the A of its adapted projections are
# stacked, [S, in], and their B, times s, form one block matrix, [out, S], with zeros where a projection is not adapted or belongs to another A.
# `parts` lists begin and end of each adapted projection in the group's output. Without adapters in a group S is 0.
# What a family does not have, biases or the norm of queries and keys, comes as an empty tensor, [0].
class Decoder(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float               # of the norms
  heads : int
  kv_heads : int
  head_size : int
  chunk : int               # trained positions whose logits exist at one time
  few : int                 # of them, how many are in fp32 at one time
  block : int               # queries of a row whose attention weights exist at one time
  window : int              # tokens that a query sees, itself among them; 0 for all
  padding : int             # id whose row of the input embedding its occurrences do not train; -1 for none

  # eps as a tensor, [1] fp32.
  def least(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.new_full(x, [1], self.eps, dtype=6)

  # Root mean square norm; its fp32 statistic is kept for the backward.
  def norm(self: __torch__.Decoder,
           x: Tensor,             # [N, H]
           w: Tensor              # [H]
           ) -> Tuple[Tensor, Tensor]:
    return self.norm_least(x, w, self.least(x))

  def norm_least(self: __torch__.Decoder, x: Tensor, w: Tensor, least: Tensor) -> Tuple[Tensor, Tensor]:
    f = x.to(6)
    length = torch.linalg_vector_norm(f, 2, [-1], True)               # [N, 1]   fp32
    rstd = torch.rsqrt_(torch.addcmul(least, length, length, value=1. / float(x.size(-1))))
    return (torch.type_as(f * rstd, x) * w, rstd)

  def norm_again(self: __torch__.Decoder, x: Tensor, w: Tensor, rstd: Tensor) -> Tensor:
    return torch.type_as(x.to(6) * rstd, x) * w                       # [N, H]

  # d = rstd (g w - unit mean(g w unit)), unit = x rstd
  def norm_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, w: Tensor, rstd: Tensor) -> Tensor:
    gw = (g * w).to(6)                                                # [N, H]
    unit = x.to(6) * rstd                                             # [N, H]
    mean = torch.mean(gw * unit, [-1], True)                          # [N, 1]
    return torch.type_as(torch.mul_(torch.addcmul(gw, unit, mean, value=-1), rstd), g)

  # Gradient of a norm's weight, [H], from that of its output.
  def norm_weight_gradient(self: __torch__.Decoder, g: Tensor, x: Tensor, rstd: Tensor) -> Tensor:
    return torch.sum(g.to(6) * torch.type_as(x.to(6) * rstd, x).to(6), [0])

  # Gradients of a group's own weight and bias, where all weights are trained: into dw and dbias (fp32, overwritten).
  def weight_gradients(self: __torch__.Decoder,
                       g: Tensor,           # [N, out]
                       x: Tensor,           # [N, in]
                       dw: Tensor,          # [out, in]
                       dbias: Tensor        # [out] or [0]
                       ) -> Tensor:
    if dbias.size(0) > 0:
      unused = torch.copy_(dbias, torch.sum(g.to(6), [0]))
    return torch.copy_(dw, torch.matmul(torch.t(g), x))

  # phi(z) = (1 - beta) z + beta sigma(z). At beta = 0 sigma is not evaluated: 0 * inf would be NaN. kind: 0 relu, 1 silu, 2 gelu.
  def phi(self: __torch__.Decoder, z: Tensor, kind: int, beta: float) -> Tensor:
    y = z
    if beta != 0.:
      f = z.to(6)
      if kind == 0:
        s = torch.relu(f)
      elif kind == 1:
        s = torch.silu(f)
      else:
        s = torch.gelu(f)
      y = torch.type_as(torch.lerp(f, s, beta), z)
    return y

  def phi_backward(self: __torch__.Decoder, g: Tensor, z: Tensor, kind: int, beta: float) -> Tensor:
    y = g
    if beta != 0.:
      f = z.to(6)
      e = g.to(6)
      if kind == 0:
        s = torch.threshold_backward(e, f, 0)
      elif kind == 1:
        s = torch.silu_backward(e, f)
      else:
        s = torch.gelu_backward(e, f)
      y = torch.type_as(torch.lerp(e, s, beta), g)
    return y

  # Mask of one projection's dropout, 0 or 1 / (1 - p). It depends on the seed of each row alone, so the backward makes it again. Drawn on the CPU, whose
  # generator this is: every device gets the same mask.
  def mask(self: __torch__.Decoder, x: Tensor, rows: List[int], seeds: List[int], projection: int, dropout: float) -> Tensor:
    m = torch.empty_like(x, device=torch.device("cpu"))               # [N, in]
    for i in range(len(seeds)):
      generator = torch.Generator(seed=seeds[i] + projection)
      unused = torch.bernoulli_(m[rows[i]:rows[i + 1]], 1. - dropout, generator=generator)
    return torch.type_as(torch.mul_(m, 1. / (1. - dropout)), x)

  # z = A dropout(x), each adapted projection with a mask of its own.
  def narrow(self: __torch__.Decoder, x: Tensor, a: Tensor, n: int, rows: List[int], seeds: List[int], first: int, dropout: float) -> Tensor:
    if a.size(0) == 0:
      z = torch.new_empty(x, [x.size(0), 0])
    elif dropout == 0.:
      z = torch.linear(x, a)                                          # [N, S]
    else:
      parts = annotate(List[Tensor], [])
      for i, part in enumerate(torch.chunk(a, n)):
        parts.append(torch.linear(x * self.mask(x, rows, seeds, first + i, dropout), part))
      z = torch.cat(parts, 1)
    return z

  # x W^T + bias, bias [0] for none. w may be packed.
  def product(self: __torch__.Decoder, x: Tensor, w: Tensor, bias: Tensor) -> Tensor:
    if ops.prim.is_mkldnn(w):
      own = annotate(Optional[Tensor], None)
      if bias.size(0) > 0:
        own = bias
      y = ops.mkldnn._linear_pointwise(x, w, own, "none", annotate(List[Optional[number]], []), "")
    elif bias.size(0) > 0:
      y = torch.linear(x, w, bias)
    else:
      y = torch.linear(x, w)
    return y

  # A matrix in the blocks in which oneDNN multiplies few rows with it, so that they need not be formed each time.
  def packed(self: __torch__.Decoder, w: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(w, 8)

  # How many numbers of rows' products are not the same where more rows are multiplied at one time. w is packed.
  def dependent(self: __torch__.Decoder, w: Tensor) -> Tensor:
    x = torch.sin(torch.arange(64 * w.size(1), dtype=6)).to(15)
    x = torch.view(x, [64, -1])
    none = torch.new_zeros(x, [0])
    count = torch.zeros([1], dtype=4)
    all = self.product(x, w, none)
    for rows in [1, 2, 3, 4, 8, 16, 32]:
      unused = torch.add_(count, torch.sum(torch.ne(self.product(x[:rows], w, none), all[:rows])))
    return count

  # x W^T + bias + s phi(z) B^T of a whole group. b holds s.
  def widen(self: __torch__.Decoder, x: Tensor, w: Tensor, bias: Tensor, z: Tensor, b: Tensor, kind: int, beta: float) -> Tensor:
    y = self.product(x, w, bias)                                      # [N, out]
    if b.size(1) > 0:
      y = torch.addmm_(y, self.phi(z, kind, beta), torch.t(b))
    return y

  # Backward of a group: gradients of A and B into ga and gb (fp32, overwritten), gradient of x returned.
  def group_backward(self: __torch__.Decoder,
                     g: Tensor,             # [N, out]
                     x: Tensor,             # [N, in]
                     w: Tensor,             # [out, in]
                     z: Tensor,             # [N, S]     before phi
                     a: Tensor,             # [S, in]
                     b: Tensor,             # [out, S]   holds s
                     ga: Tensor,            # [S, in]
                     gb: Tensor,            # [sum of the adapted outs, r]
                     parts: List[int], rows: List[int], seeds: List[int], first: int,
                     scale: float, kind: int, beta: float, dropout: float) -> Tensor:
    dx = torch.matmul(g, w)                                           # [N, in]
    n = len(parts) // 2
    if n > 0:
      f = torch.chunk(self.phi(z, kind, beta), n, 1)                  # n of [N, r]
      at = 0
      for i in range(n):
        lo = parts[2 * i]
        hi = parts[2 * i + 1]
        db = torch.matmul(torch.t(g[:, lo:hi]), f[i])                 # [out of one, r]
        unused = torch.mul_(torch.copy_(gb[at:at + hi - lo], db), scale)
        at = at + hi - lo
      dz = self.phi_backward(torch.matmul(g, b), z, kind, beta)       # [N, S]
      if dropout == 0.:
        unused = torch.copy_(ga, torch.matmul(torch.t(dz), x))
        dx = torch.addmm_(dx, dz, a)
      else:
        r = a.size(0) // n
        for i, d in enumerate(torch.chunk(dz, n, 1)):
          m = self.mask(x, rows, seeds, first + i, dropout)
          unused = torch.copy_(ga[i * r:(i + 1) * r], torch.matmul(torch.t(d), x * m))
          dx = torch.addcmul_(dx, torch.matmul(d, a[i * r:(i + 1) * r]), m)
    return dx

  # Turns the two halves of each head by its position's angle. With the sine negated it is its own backward.
  def rotate(self: __torch__.Decoder, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = torch.chunk(x, 2, -1)                                      # [N, heads, D / 2]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

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

  # x y / sqrt(D) of each key head. With beta = 0 the first argument's values are not read.
  def scaled(self: __torch__.Decoder, x: Tensor, y: Tensor) -> Tensor:
    return torch.baddbmm(torch.new_empty(x, [1, 1, 1]), x, y, beta=0, alpha=self.head_size ** -0.5)

  # Attention weights of a block of queries, of which the last sees the last key.
  def weights_of(self: __torch__.Decoder, q: Tensor, k: Tensor) -> Tensor:
    groups = self.heads // self.kv_heads
    s = self.scaled(q, torch.transpose(k, 1, 2))                      # [KV, G * T, past + T]
    tokens = s.size(1) // groups
    past = k.size(1) - tokens
    unused = self.hide(torch.view(s, [self.kv_heads, groups, tokens, -1]), past)
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

  # Queries, keys and values as attention takes them: heads of queries and keys normed where the family does so, then rotated. Without a norm that
  # happens in place, and what is given is what is returned.
  def turned(self: __torch__.Decoder,
             given: Tensor,             # [N, heads + 2 kv_heads, D]
             head_norm: Tensor,         # [(heads + kv_heads) D] or [0]
             cos: Tensor, sin: Tensor) -> Tensor:
    qkv = given
    turning = given[:, :self.heads + self.kv_heads]
    if head_norm.size(0) > 0:
      qkv = torch.empty_like(given)
      unused = torch.copy_(qkv[:, self.heads + self.kv_heads:], given[:, self.heads + self.kv_heads:])
      turning, rstd = self.norm(turning, torch.view(head_norm, [-1, self.head_size]))
    unused = torch.copy_(qkv[:, :self.heads + self.kv_heads], self.rotate(turning, cos, sin))
    return qkv

  # Gradient of what `turned` was given, from that of what it returned, which is overwritten. dnorm, [2, D] or [0], takes the gradients of the one
  # weight that all query heads are normed with and of that of the key heads.
  def turned_backward(self: __torch__.Decoder, g: Tensor, given: Tensor, head_norm: Tensor, dnorm: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turning = g[:, :self.heads + self.kv_heads]
    d = self.rotate(turning, cos, torch.neg(sin))
    if head_norm.size(0) > 0:
      w = torch.view(head_norm, [-1, self.head_size])
      x = given[:, :self.heads + self.kv_heads]
      unnormed, rstd = self.norm(x, w)
      if dnorm.size(0) > 0:
        of_heads = self.norm_weight_gradient(d, x, rstd)              # [heads + kv_heads, D]
        unused = torch.copy_(dnorm[0], torch.sum(of_heads[:self.heads], [0]))
        unused = torch.copy_(dnorm[1], torch.sum(of_heads[self.heads:], [0]))
      d = self.norm_backward(d, x, w, rstd)
    unused = torch.copy_(turning, d)
    return g

  # One decoder layer. Returns its output and what the backward needs, in the order in which layer_backward takes it.
  def layer(self: __torch__.Decoder,
            x: Tensor,                  # [N, H]
            weights: List[Tensor],      # norm, q k v, o, norm, gate up, down, biases of the four groups, norm of query and key heads
            adapter: List[Tensor],      # A and B of each group
            qkv_parts: List[int], ffn_parts: List[int],
            cos: Tensor, sin: Tensor,   # [N, 1, D / 2]
            rows: List[int],            # begin of each row, then N
            before: List[int],          # of each row the one that it continues, or -1
            prefix: Tensor, start: int,
            keep: bool,                 # whether prefix takes the keys and values of these tokens, behind the first `start`
            seeds: List[int],           # of each row in this layer; unused without dropout
            kind: int, beta: float, dropout: float) -> List[Tensor]:
    h, rstd1 = self.norm(x, weights[0])
    z1 = self.narrow(h, adapter[0], len(qkv_parts) // 2, rows, seeds, 0, dropout)
    given = torch.view(self.widen(h, weights[1], weights[6], z1, adapter[1], kind, beta), [x.size(0), -1, self.head_size])
    qkv = self.turned(given, weights[10], cos, sin)
    if keep:
      unused = torch.copy_(prefix[start:start + x.size(0)], qkv[:, self.heads:])
    o = self.attend(qkv, rows, before, prefix, start)
    zo = self.narrow(o, adapter[2], 1, rows, seeds, 3, dropout)
    y = torch.add_(self.widen(o, weights[2], weights[7], zo, adapter[3], kind, beta), x)
    h, rstd2 = self.norm(y, weights[3])
    zf = self.narrow(h, adapter[4], len(ffn_parts) // 2, rows, seeds, 4, dropout)
    gate_up = self.widen(h, weights[4], weights[8], zf, adapter[5], kind, beta)  # [N, 2 F]
    gate, up = torch.chunk(gate_up, 2, 1)
    f = torch.mul_(torch.silu(gate), up)                              # [N, F]
    zd = self.narrow(f, adapter[6], 1, rows, seeds, 6, dropout)
    out = torch.add_(self.widen(f, weights[5], weights[9], zd, adapter[7], kind, beta), y)
    return [out, x, rstd1, z1, given, o, zo, y, rstd2, zf, gate_up, zd]

  # Gradient of the layer's input; adapter gradients go into `grads`, A and B of each group as `adapter` has them, B without its zeros. Those of the
  # weights go into `dweights`, as `weights` has them but for the norm of query and key heads, [2, D]; it is empty where the weights are frozen. Where
  # these tokens are a part of the prefix, `dkv`, [P, 2 KV, D] fp32, holds what other passes add to the gradient of its keys and values; else [0].
  def layer_backward(self: __torch__.Decoder, g: Tensor, saved: List[Tensor], weights: List[Tensor], adapter: List[Tensor], grads: List[Tensor],
                     dweights: List[Tensor], qkv_parts: List[int], o_parts: List[int], ffn_parts: List[int], down_parts: List[int], cos: Tensor, sin: Tensor,
                     rows: List[int], before: List[int], prefix: Tensor, start: int, dprefix: Tensor, dkv: Tensor,
                     seeds: List[int], scale: float, kind: int, beta: float, dropout: float) -> Tensor:
    x, rstd1, z1, given, o, zo, y, rstd2, zf, gate_up, zd = saved
    norm1, w_qkv, w_o, norm2, w_ffn, w_down, b_qkv, b_o, b_ffn, b_down, head_norm = weights
    a1, b1, ao, bo, af, bf, ad, bd = adapter
    ga1, gb1, gao, gbo, gaf, gbf, gad, gbd = grads
    whole = len(dweights) > 0
    gate, up = torch.chunk(gate_up, 2, 1)
    act = torch.silu(gate)
    f = act * up
    if whole:
      unused = self.weight_gradients(g, f, dweights[5], dweights[9])
    df = self.group_backward(g, f, w_down, zd, ad, bd, gad, gbd, down_parts, rows, seeds, 6, scale, kind, beta, dropout)
    d_ffn = torch.empty_like(gate_up)                                 # [N, 2 F]
    d_gate, d_up = torch.chunk(d_ffn, 2, 1)
    unused = torch.silu_backward(df * up, gate, grad_input=d_gate)
    unused = torch.mul(df, act, out=d_up)
    h = self.norm_again(y, norm2, rstd2)
    if whole:
      unused = self.weight_gradients(d_ffn, h, dweights[4], dweights[8])
    dh = self.group_backward(d_ffn, h, w_ffn, zf, af, bf, gaf, gbf, ffn_parts, rows, seeds, 4, scale, kind, beta, dropout)
    if whole:
      unused = torch.copy_(dweights[3], self.norm_weight_gradient(dh, y, rstd2))
    g = g + self.norm_backward(dh, y, norm2, rstd2)
    if whole:
      unused = self.weight_gradients(g, o, dweights[2], dweights[7])
    do = self.group_backward(g, o, w_o, zo, ao, bo, gao, gbo, o_parts, rows, seeds, 3, scale, kind, beta, dropout)
    qkv = given
    if head_norm.size(0) > 0:
      qkv = self.turned(given, head_norm, cos, sin)
    dnorm = head_norm[:0]
    if whole:
      dnorm = dweights[10]
    d_qkv = self.attend_backward(do, qkv, rows, before, prefix, start, dprefix)
    if dkv.size(0) > 0:
      unused = torch.add_(d_qkv[:, self.heads:], dkv[start:start + x.size(0)])
    d_qkv = self.turned_backward(d_qkv, given, head_norm, dnorm, cos, sin)
    h = self.norm_again(x, norm1, rstd1)
    if whole:
      unused = self.weight_gradients(torch.view(d_qkv, [x.size(0), -1]), h, dweights[1], dweights[6])
    dh = self.group_backward(torch.view(d_qkv, [x.size(0), -1]), h, w_qkv, z1, a1, b1, ga1, gb1, qkv_parts, rows, seeds, 0, scale, kind, beta, dropout)
    if whole:
      unused = torch.copy_(dweights[0], self.norm_weight_gradient(dh, x, rstd1))
    return g + self.norm_backward(dh, x, norm1, rstd1)

  # What all layers with this window do alike with few new tokens of each sequence, n in all: the places of their keys and values in the cache, [n 2 KV]; 0
  # for those of the first `longest` tokens that each sees and -inf for the others, [n, 1, 1, longest]; cosines and sines for queries and keys as they lie in
  # a row, [n, Q + K], where the sine of the first half of a head is negative; and which halves of heads these are multiplied with, [2 (heads + KV)].
  def next_tokens(self: __torch__.Decoder,
                  slots: Tensor,         # [n]   int64, of each token that of its sequence
                  positions: Tensor,     # [n]   int64
                  cos: Tensor,           # [n, 1, D / 2]
                  sin: Tensor,
                  longest: int,          # tokens that attention looks at, those of the longest sequence and the new ones among them
                  room: int              # tokens of a sequence that the cache has room for
                  ) -> List[Tensor]:
    n = positions.size(0)
    device = positions.device
    head = torch.arange(2 * self.kv_heads, dtype=4, device=device)
    heads = torch.add(torch.unsqueeze(slots * (2 * self.kv_heads), 1), head)                      # [n, 2 KV]
    place = torch.view(torch.add_(torch.mul_(heads, room), torch.unsqueeze(positions, 1)), [-1])
    token = torch.arange(longest, dtype=4, device=device)
    position = torch.unsqueeze(positions, 1)                                                      # [n, 1]
    hidden = torch.gt(token, position)                                                            # [n, longest]
    if self.window > 0:
      hidden = torch.logical_or(hidden, torch.le(token, position - self.window))
    mask = torch.masked_fill_(torch.new_zeros(cos, [n, longest]), hidden, -inf)
    turning = self.heads + self.kv_heads
    half = torch.arange(2 * turning, dtype=4, device=device)
    other = torch.bitwise_xor(half, 1)
    return [place, torch.view(mask, [n, 1, 1, longest]),
            torch.view(torch.repeat(torch.cat([cos, cos], -1), [1, turning, 1]), [n, -1]),
            torch.view(torch.repeat(torch.cat([torch.neg(sin), sin], -1), [1, turning, 1]), [n, -1]), other]

  # Turns queries and keys of rows of qkv, [n, Q + 2 K], in place.
  def turn_next(self: __torch__.Decoder, qkv: Tensor, head_norm: Tensor, next: List[Tensor]) -> Tensor:
    n = qkv.size(0)
    own = torch.narrow(qkv, 1, 0, (self.heads + self.kv_heads) * self.head_size)                  # [n, Q + K]
    if head_norm.size(0) > 0:
      heads = torch.view(own, [n, -1, self.head_size])
      unused = torch.copy_(heads, self.norm(heads, torch.view(head_norm, [-1, self.head_size]))[0])
    halves = torch.view(qkv, [n, -1, self.head_size // 2])
    other = torch.view(torch.index_select(halves, 1, next[4]), [n, -1])                           # [n, Q + K]
    return torch.addcmul(own * next[2], other, next[3], out=own)

  # End of the rows from `first` on that have one token each; that of the first alone if it has more.
  def single(self: __torch__.Decoder, rows: List[int], first: int) -> int:
    end = first
    while end < len(rows) - 1 and rows[end + 1] - rows[end] == 1:
      end = end + 1
    return max(end, first + 1)

  # Attention of few new tokens of each sequence over the cache: for neighbours with one token each at one time, for one with more by itself. A token's bits
  # are the same either way, because each is a query of its own.
  def attend_next(self: __torch__.Decoder,
                  qkv: Tensor,           # [n, Q + 2 K], turned
                  next: List[Tensor],
                  rows: List[int],
                  cache: Tensor          # [slots, 2 KV, room, D]    takes the new keys and values
                  ) -> Tensor:           # [n, Q]
    n = qkv.size(0)
    queries = self.heads * self.head_size
    longest = next[1].size(3)
    unused = torch.index_copy_(torch.view(cache, [-1, self.head_size]), 0, next[0], torch.reshape(torch.narrow(qkv, 1, queries, 2 * self.kv_heads * self.head_size), [-1, self.head_size]))
    # Threads of libtorch's kernel on a CPU have parts of one buffer, and last bits depend on where such a part begins: four queries of a key head, or eight,
    # make all parts begin alike.
    groups = self.heads // self.kv_heads
    q = torch.view(torch.narrow(qkv, 1, 0, queries), [n, self.kv_heads, groups, self.head_size])  # [n, KV, G, D]
    if groups % 4 > 0:
      q = torch.constant_pad_nd(q, [0, 0, 0, 4 - groups % 4])
    seen = torch.narrow(cache, 2, 0, longest)
    keys, values = torch.chunk(seen, 2, 1)
    if len(rows) - 1 == n:
      o = torch.scaled_dot_product_attention(q, keys, values, next[1])
    else:
      o = torch.empty_like(q)
      i = 0
      while i < len(rows) - 1:
        j = self.single(rows, i)
        lo = rows[i]
        tokens = rows[j] - lo
        # Copies that share memory, one for each token of a sequence.
        shape = [tokens, -1, -1, -1]
        k = torch.expand(torch.narrow(keys, 0, i, j - i), shape)
        v = torch.expand(torch.narrow(values, 0, i, j - i), shape)
        own = torch.scaled_dot_product_attention(torch.narrow(q, 0, lo, tokens), k, v, torch.narrow(next[1], 0, lo, tokens))
        unused = torch.copy_(torch.narrow(o, 0, lo, tokens), own)
        i = j
    return torch.reshape(torch.narrow(o, 2, 0, groups), [n, -1])

  # Attention of rows of any lengths, row after row, over what the cache holds of their sequences.
  def attend_continuing(self: __torch__.Decoder, qkv: Tensor, rows: List[int], past: List[int], cache: Tensor) -> Tensor:
    out = torch.new_empty(qkv, [qkv.size(0), self.heads, self.head_size])
    for i in range(len(past)):
      row = qkv[rows[i]:rows[i + 1]]
      end = past[i] + row.size(0)
      unused = torch.copy_(cache[i, :, past[i]:end], torch.transpose(row[:, self.heads:], 0, 1))
      unused = self.attend_row(row[:, :self.heads], cache[i, :self.kv_heads, :end], cache[i, self.kv_heads:, :end], past[i], out[rows[i]:rows[i + 1]])
    return torch.view(out, [qkv.size(0), -1])

  # y + z w^T, rounded once. w is packed.
  def product_onto(self: __torch__.Decoder, y: Tensor, z: Tensor, w: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(z, y, w, annotate(Optional[Tensor], None), "add")

  # Adds s phi(A x) B^T of a group to y, in place, to each segment of tokens by its own adapter, which may be packed.
  def adapt(self: __torch__.Decoder, y: Tensor, x: Tensor, group: int, layer: int, layers: int, adapters: List[Tensor], segments: List[int],
            kinds: List[int], betas: List[float], none: Tensor) -> Tensor:
    for i in range(len(segments) // 3):
      own = segments[3 * i]
      at = ((own * layers + layer) * 4 + group) * 2
      b = adapters[at + 1]
      if b.size(1) > 0:
        begin = segments[3 * i + 1]
        tokens = segments[3 * i + 2]
        z = self.phi(self.product(torch.narrow(x, 0, begin, tokens), adapters[at], none), kinds[own], betas[own])
        part = torch.narrow(y, 0, begin, tokens)
        if ops.prim.is_mkldnn(b):
          unused = torch.copy_(part, self.product_onto(part, z, b))
        else:
          unused = torch.addmm_(part, z, torch.t(b))
    return y

  # Layers `first` to `last` - 1 for generation: row i continues the sequence in slot `slot` + i of the caches, which take the new keys and values.
  # Returns [N, H].
  def read(self: __torch__.Decoder, x: Tensor, first: int, last: int,
           weights: List[Tensor],      # of all layers, in the order of `layer`
           adapters: List[Tensor],     # of each adapter those of all layers: A and B of the four groups
           segments: List[int],        # of each segment its adapter, its first token and its tokens
           kinds: List[int],           # of each adapter
           betas: List[float],
           cos: Tensor, sin: Tensor, rows: List[int], past: List[int],
           next: List[Tensor],         # as next_tokens returns them in a step of generation; empty where prompts are read
           slot: int,
           caches: List[Tensor]        # of all layers, [slots, 2 KV, room, D]
           ) -> Tensor:
    layers = len(caches)
    n = len(weights) // layers
    none = torch.new_zeros(x, [0])
    least = self.least(x)
    for i in range(first, last):
      w = weights[i * n:(i + 1) * n]
      cache = torch.narrow(caches[i], 0, slot, len(past))
      h, rstd = self.norm_least(x, w[0], least)
      qkv = self.adapt(self.product(h, w[1], w[6]), h, 0, i, layers, adapters, segments, kinds, betas, none)
      if len(next) > 0:
        unused = self.turn_next(qkv, w[10], next)
        o = self.attend_next(qkv, next, rows, cache)
      else:
        given = torch.view(qkv, [x.size(0), -1, self.head_size])
        o = self.attend_continuing(self.turned(given, w[10], cos, sin), rows, past, cache)
      x = torch.add_(self.adapt(self.product(o, w[2], w[7]), o, 1, i, layers, adapters, segments, kinds, betas, none), x)
      h, rstd = self.norm_least(x, w[3], least)
      gate, up = torch.chunk(self.adapt(self.product(h, w[4], w[8]), h, 2, i, layers, adapters, segments, kinds, betas, none), 2, 1)
      f = torch.mul_(torch.silu(gate), up)                              # [N, F]
      x = torch.add_(self.adapt(self.product(f, w[5], w[9]), f, 3, i, layers, adapters, segments, kinds, betas, none), x)
    return x

  # A sequence of `length` tokens goes from one slot of all layers' keys and values to another.
  def copy(self: __torch__.Decoder, caches: List[Tensor], source: int, target: int, length: int) -> Tensor:
    for cache in caches:
      unused = torch.copy_(cache[target, :, :length], cache[source, :, :length])
    return caches[0]

  # Copies of the first `length` tokens of a slot in all layers, [2 KV, length, D].
  def copied(self: __torch__.Decoder, caches: List[Tensor], slot: int, length: int) -> List[Tensor]:
    copies = annotate(List[Tensor], [])
    for cache in caches:
      copies.append(torch.clone(cache[slot, :, :length], memory_format=0))
    return copies

  # The first `length` of copied tokens become those of a slot in all layers.
  def restore(self: __torch__.Decoder, caches: List[Tensor], copies: List[Tensor], slot: int, length: int) -> Tensor:
    for i, cache in enumerate(caches):
      unused = torch.copy_(cache[slot, :, :length], copies[i][:, :length])
    return caches[0]

  # The tokens `first` to `end` - 1 of a slot become zero in all layers.
  def clear(self: __torch__.Decoder, caches: List[Tensor], slot: int, first: int, end: int) -> Tensor:
    for cache in caches:
      unused = torch.zero_(cache[slot, :, first:end])
    return caches[0]

  # Keys and values into a tensor with room for longer sequences.
  def grow(self: __torch__.Decoder, smaller: Tensor, larger: Tensor) -> Tensor:
    return torch.copy_(larger[:, :, :smaller.size(2)], smaller)

  # Cosines and sines of the angles by which tokens are turned. Angles are fp32 products, as transformers forms them.
  def turns(self: __torch__.Decoder,
            positions: Tensor,        # [N]       int64
            frequencies: Tensor,      # [D / 2]   fp32
            like: Tensor              # of the precision wanted
            ) -> List[Tensor]:
    angles = torch.mul(positions.to(6).unsqueeze(1), frequencies).unsqueeze(1).to(7)
    return [torch.cos(angles).to(6).type_as(like), torch.sin(angles).to(6).type_as(like)]     # [N, 1, D / 2]

  # Matrices with one input as one matrix.
  def fuse(self: __torch__.Decoder, weights: List[Tensor]) -> Tensor:
    return torch.cat(weights, 0)

  def embed(self: __torch__.Decoder, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)                                # [N, H]

  # Adds the gradient of the embedding's rows to dtable, [V, H] fp32, or to zeros in its place; rows of one id are added in the order of the tokens.
  def embed_backward(self: __torch__.Decoder, g: Tensor, ids: Tensor, dtable: Tensor, anew: bool) -> Tensor:
    if anew:
      unused = torch.zero_(dtable)
    trained = torch.masked_fill(g.to(6), torch.unsqueeze(torch.eq(ids, self.padding), 1), 0.)
    return torch.index_put_(dtable, annotate(List[Optional[Tensor]], [ids]), trained, True)

  # Trained masters, fp32, into the weights that the model computes with.
  def refresh(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    return torch.copy_(weight, master)

  # As `refresh`, of the two weights of query and key heads, [2, D], which each head has a row of.
  def refresh_head_norm(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    rows = torch.view(weight, [-1, self.head_size])
    unused = torch.copy_(rows[:self.heads], master[0])
    return torch.copy_(rows[self.heads:], master[1])

  # fp32 logits of chosen tokens.
  def logits(self: __torch__.Decoder, x: Tensor, at: Tensor, norm: Tensor, table: Tensor) -> Tensor:
    h, rstd = self.norm(torch.index_select(x, 0, at), norm)
    return self.product(h, table, norm[:0]).to(6)                               # [M, V]

  # Loss of a few positions, whose logits become their own gradient in place. In fp32, and few, so that the passes over them stay in the cache.
  def loss(self: __torch__.Decoder,
           logits: Tensor,        # [few, V]
           targets: Tensor,       # [few]   int64
           counts: Tensor,        # [few] or [0]   fp32, how often each counts
           out: Tensor            # [few]   fp32, takes the negative log-likelihoods
           ) -> Tensor:
    target = torch.unsqueeze(targets, 1)                              # [few, 1]
    p = logits.to(6)                                                  # [few, V]
    own = torch.gather(p, 1, target)
    others = torch.amax(torch.scatter_(p, 1, target, -inf), [1], True)
    unused = torch.scatter_(p, 1, target, own)
    top = torch.maximum(own, others)
    p = torch._softmax(p, -1, False, out=p)
    # log p(target) = logit - largest logit + log p(largest): finite however small p(target) is.
    nll = top - own - torch.log(torch.amax(p, [1], True))
    # p - 1 of a confident target is small: it is formed in fp32 and rounded once.
    p = torch.scatter_add_(p, 1, target, torch.neg(torch.ones_like(own)))
    right = torch.gt(own, others)
    unused = torch.copy_(out, torch.squeeze(nll, 1))
    if counts.size(0) > 0:
      weight = torch.unsqueeze(counts, 1)
      p = torch.mul_(p, weight)
      nll = nll * weight
      right = right * weight
    unused = torch.copy_(logits, p)
    return torch.stack([torch.sum(nll, dtype=7), torch.sum(right, dtype=7)])

  # Keys and values of a shorter prefix become the first ones of a longer one that continues it.
  def copy_first(self: __torch__.Decoder, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target[:source.size(0)], source)

  # The first gradients of a prefix's keys and values are added to those of a shorter one that it continues.
  def add_all(self: __torch__.Decoder, total: Tensor, more: Tensor) -> Tensor:
    return torch.add_(total, more[:total.size(0)])

  # Adds gradients of a prefix's first keys and values to their sum.
  def add_first(self: __torch__.Decoder, total: Tensor, more: Tensor) -> Tensor:
    return torch.add_(total[:more.size(0)], more)

  # Loss of the trained positions, chunk by chunk.
  # Returns [sum of the negative log-likelihoods, right predictions] in fp64, the negative log-likelihoods, [M] fp32, and, where asked for, the gradient
  # of their sum with respect to x.
  # A target counts as predicted when every other logit is smaller. Where all weights are trained, `dweights` holds fp32 tensors for the gradients of norm
  # and table; it is empty where they are frozen.
  def head(self: __torch__.Decoder,
           x: Tensor,             # [N, H]
           norm: Tensor,          # [H]
           table: Tensor,         # [V, H]
           at: Tensor,            # [M]   int64, tokens that predict a trained one
           targets: Tensor,       # [M]   int64
           counts: Tensor,        # [M]   fp32, rows that each is trained in; [0] if it is one everywhere
           temperature: float,    # by which logits are divided
           dweights: List[Tensor],
           backward: bool) -> List[Tensor]:
    chosen = torch.index_select(x, 0, at)                             # [M, H]
    h, rstd = self.norm(chosen, norm)
    dh = torch.empty_like(h)
    sums = torch.new_zeros(x, [2], dtype=7)
    each = torch.new_empty(x, [h.size(0)], dtype=6)
    if len(dweights) > 0:
      unused = torch.zero_(dweights[1])
    for i in range((h.size(0) + self.chunk - 1) // self.chunk):
      lo = i * self.chunk
      hi = min(lo + self.chunk, h.size(0))
      p = torch.linear(h[lo:hi], table)                               # [c, V]   logits
      if temperature != 1.:
        unused = torch.div_(p, temperature)
      for j in range((hi - lo + self.few - 1) // self.few):
        begin = j * self.few
        end = min(begin + self.few, hi - lo)
        unused = torch.add_(sums, self.loss(p[begin:end], targets[lo + begin:lo + end], counts[lo + begin:lo + end], each[lo + begin:lo + end]))
      if backward:
        unused = torch.mm(p, table, out=dh[lo:hi])
        if len(dweights) > 0:
          unused = torch.add_(dweights[1], torch.matmul(torch.t(p), h[lo:hi]), alpha=1. / temperature)
    result = [sums, each]
    if backward:
      if temperature != 1.:
        unused = torch.div_(dh, temperature)
      if len(dweights) > 0:
        unused = torch.copy_(dweights[0], self.norm_weight_gradient(dh, chosen, rstd))
      dx = torch.zeros_like(x)
      result.append(torch.index_copy_(dx, 0, at, self.norm_backward(dh, chosen, norm, rstd)))
    return result

  # The gradient of a sum of the tokens' log-likelihoods, each times a weight, from that of the sum of their negatives: a token's logits have a gradient
  # of their own. In place.
  def weigh(self: __torch__.Decoder,
            dx: Tensor,            # [N, H]
            at: Tensor,            # [M]   int64, other rows are 0
            weights: Tensor        # [M]   fp32, derivatives of what is minimised with respect to the log-likelihoods
            ) -> Tensor:
    chosen = torch.index_select(dx, 0, at) * torch.unsqueeze(torch.neg(weights), 1)
    return torch.index_copy_(dx, 0, at, torch.type_as(chosen, dx))
