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
# Adapters with groups of signs have a ninth tensor, the signs, B without zeros, and z in another shape: signs.py.
# What a family does not have, biases or the norm of queries and keys, comes as an empty tensor, [0].
class Decoder(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float               # of the norms
  gain_offset : float       # 0, or 1 where norms multiply with 1 + w
  gain_rounds : int         # 1 if what they multiply is first rounded to the weights' type, else 0
  whole_norms : int         # 1 if queries and keys are normed over all heads of a token, 0 if over each
  gate : int                # 0 silu, 1 gelu by tanh
  attention_scale : float   # of products of queries and keys
  embedding_scale : float   # of the input embedding's rows
  embedding_rounds : int    # 1 if that is first rounded to the embedding's type, else 0
  logit_divisor : float
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

  # Root mean square norm; its fp32 statistic is kept for the backward. A norm that the family has not, [0], leaves x as it is, here and below.
  def norm(self: __torch__.Decoder,
           x: Tensor,             # [N, H]
           w: Tensor              # [H]
           ) -> Tuple[Tensor, Tensor]:
    least = w
    if w.size(0) > 0:
      least = self.least(x)
    return self.norm_least(x, w, least)

  def norm_least(self: __torch__.Decoder, x: Tensor, w: Tensor, least: Tensor) -> Tuple[Tensor, Tensor]:
    y = x
    rstd = w
    if w.size(0) > 0:
      f = x.to(6)
      rstd = self.statistic(f, least)
      y = self.gained(f * rstd, x, w)
    return (y, rstd)

  # The factor that makes each row's mean square 1, [N, 1] fp32.
  def statistic(self: __torch__.Decoder, f: Tensor, least: Tensor) -> Tensor:
    length = torch.linalg_vector_norm(f, 2, [-1], True)               # [N, 1]   fp32
    return torch.rsqrt_(torch.addcmul(least, length, length, value=1. / float(f.size(-1))))

  def norm_again(self: __torch__.Decoder, x: Tensor, w: Tensor, rstd: Tensor) -> Tensor:
    y = x
    if w.size(0) > 0:
      y = self.gained(x.to(6) * rstd, x, w)                           # [N, H]
    return y

  # A unit row, fp32, times w, before which it is rounded to x's type, or times w or 1 + w, after which it is.
  def gained(self: __torch__.Decoder, unit: Tensor, x: Tensor, w: Tensor) -> Tensor:
    if self.gain_rounds == 1:
      y = torch.type_as(unit, x) * w
    else:
      y = torch.type_as(unit * torch.add(w.to(6), self.gain_offset), x)
    return y

  # d = rstd (g w - unit mean(g w unit)), unit = x rstd
  def norm_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, w: Tensor, rstd: Tensor) -> Tensor:
    d = g
    if w.size(0) > 0:
      if self.gain_rounds == 1:
        gw = (g * w).to(6)                                            # [N, H]
      else:
        gw = g.to(6) * torch.add(w.to(6), self.gain_offset)
      d = torch.type_as(self.unit_rows_backward(gw, x.to(6) * rstd, rstd), g)
    return d

  # Gradient of rows, fp32, from that of their unit rows.
  def unit_rows_backward(self: __torch__.Decoder, g: Tensor, unit: Tensor, rstd: Tensor) -> Tensor:
    mean = torch.mean(g * unit, [-1], True)                           # [N, 1]
    return torch.mul_(torch.addcmul(g, unit, mean, value=-1), rstd)

  # Gradient of a norm's weight, [H], from that of its output.
  def norm_weight_gradient(self: __torch__.Decoder, g: Tensor, x: Tensor, rstd: Tensor) -> Tensor:
    unit = x.to(6) * rstd
    if self.gain_rounds == 1:
      unit = torch.type_as(unit, x).to(6)
    return torch.sum(g.to(6) * unit, [0])

  # A gradient times `scale` into `out`, fp32: overwritten, or added to where a weight is used more than once.
  def put(self: __torch__.Decoder, out: Tensor, gradient: Tensor, scale: float, add: bool) -> Tensor:
    if add:
      unused = torch.add_(out, gradient, alpha=scale)
    else:
      unused = torch.copy_(out, gradient)
      if scale != 1.:
        unused = torch.mul_(out, scale)
    return out

  # Gradients of a group's own weight and bias, where they are trained: into dw and dbias.
  def weight_gradients(self: __torch__.Decoder,
                       g: Tensor,           # [N, out]
                       x: Tensor,           # [N, in]
                       dw: Tensor,          # [out, in] or [0]
                       dbias: Tensor,       # [out] or [0]
                       add: bool) -> Tensor:
    if dbias.size(0) > 0:
      unused = self.put(dbias, torch.sum(g.to(6), [0]), 1., add)
    if dw.size(0) > 0:
      unused = self.put(dw, torch.matmul(torch.t(g), x), 1., add)
    return dw

  # Gradient of a norm's weight, where it is trained: into dw, [H] or [0].
  def norm_gradient(self: __torch__.Decoder, g: Tensor, x: Tensor, rstd: Tensor, dw: Tensor, add: bool) -> Tensor:
    if dw.size(0) > 0:
      unused = self.put(dw, self.norm_weight_gradient(g, x, rstd), 1., add)
    return dw

  # phi(z) = (1 - beta) z + beta sigma(z). At beta = 0 sigma is not evaluated: 0 * inf would be NaN. kind: 0 relu, 1 silu, 2 gelu; 3, 4
  # and 5 twice these, whose linear part is z. On CUDA those of relu are leaky relus, one or two kernels instead of five.
  def phi(self: __torch__.Decoder, z: Tensor, kind: int, beta: float) -> Tensor:
    y = z
    if beta != 0. and kind % 3 == 0 and z.is_cuda:
      y = torch.leaky_relu(z, self.slope(kind, beta))
      if kind > 2:
        y = torch.mul_(y, 1. + beta)
    elif beta != 0.:
      f = z.to(6)
      if kind % 3 == 0:
        s = torch.relu(f)
      elif kind % 3 == 1:
        s = torch.silu(f)
      else:
        s = torch.gelu(f)
      if kind > 2:
        s = torch.mul_(s, 2.)
      y = torch.type_as(torch.lerp(f, s, beta), z)
    return y

  # How steep phi is below 0, of relu, as a part of how steep it is above.
  def slope(self: __torch__.Decoder, kind: int, beta: float) -> float:
    if kind > 2:
      slope = (1. - beta) / (1. + beta)
    else:
      slope = 1. - beta
    return slope

  def phi_backward(self: __torch__.Decoder, g: Tensor, z: Tensor, kind: int, beta: float) -> Tensor:
    y = g
    if beta != 0. and kind % 3 == 0 and z.is_cuda:
      y = torch.leaky_relu_backward(g, z, self.slope(kind, beta), False)
      if kind > 2:
        y = torch.mul_(y, 1. + beta)
    elif beta != 0.:
      f = z.to(6)
      e = g.to(6)
      if kind % 3 == 0:
        s = torch.threshold_backward(e, f, 0)
      elif kind % 3 == 1:
        s = torch.silu_backward(e, f)
      else:
        s = torch.gelu_backward(e, f)
      if kind > 2:
        s = torch.mul_(s, 2.)
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

  # z = A x; of an adapter with groups, `signs` has theirs, here and below.
  def through(self: __torch__.Decoder, x: Tensor, a: Tensor, signs: List[Tensor]) -> Tensor:
    if len(signs) > 0:
      z = self.narrow_signed(x, a, signs[0])
    else:
      z = torch.linear(x, a)                                          # [N, S]
    return z

  # z = A dropout(x) of a group, each of its n adapted projections with a mask of its own.
  def narrow(self: __torch__.Decoder, x: Tensor, adapter: List[Tensor], group: int, n: int, rows: List[int], seeds: List[int], first: int,
             dropout: float) -> Tensor:
    a = adapter[2 * group]
    signs = adapter[8:]
    if a.size(0) == 0:
      z = torch.new_empty(x, [x.size(0), 0])
    elif dropout == 0.:
      z = self.through(x, a, signs)
    else:
      parts = annotate(List[Tensor], [])
      for i, part in enumerate(torch.chunk(a, n)):
        parts.append(self.through(x * self.mask(x, rows, seeds, first + i, dropout), part, signs))
      z = torch.cat(parts, -1)
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

  # x W^T + bias + s phi(z) B^T of a whole group. b holds s.
  def widen(self: __torch__.Decoder, x: Tensor, w: Tensor, bias: Tensor, z: Tensor, adapter: List[Tensor], group: int, parts: List[int],
            kind: int, beta: float) -> Tensor:
    y = self.product(x, w, bias)                                      # [N, out]
    b = adapter[2 * group + 1]
    if adapter[2 * group].size(0) > 0:
      f = self.phi(z, kind, beta)
      signs = adapter[8:]
      if len(signs) > 0:
        unused = self.widen_signed(y, f, b, signs[0], parts)
      else:
        y = torch.addmm_(y, f, torch.t(b))
    return y

  # Gradient of z, [N, S]; that of B goes into gb.
  def widen_backward(self: __torch__.Decoder, g: Tensor, z: Tensor, b: Tensor, gb: Tensor, parts: List[int],
                     scale: float, kind: int, beta: float, add: bool) -> Tensor:
    n = len(parts) // 2
    f = torch.chunk(self.phi(z, kind, beta), n, 1)                    # n of [N, r]
    at = 0
    for i in range(n):
      lo = parts[2 * i]
      hi = parts[2 * i + 1]
      db = torch.matmul(torch.t(g[:, lo:hi]), f[i])                   # [out of one, r]
      unused = self.put(gb[at:at + hi - lo], db, scale, add)
      at = at + hi - lo
    return self.phi_backward(torch.matmul(g, b), z, kind, beta)

  # Gradients of A, into ga, and of x, added to dx.
  def narrow_backward(self: __torch__.Decoder, dz: Tensor, x: Tensor, a: Tensor, signs: List[Tensor], ga: Tensor, dx: Tensor, add: bool) -> Tensor:
    if len(signs) > 0:
      dx = self.narrow_signed_backward(dz, x, a, signs[0], ga, dx, add)
    else:
      unused = self.put(ga, torch.matmul(torch.t(dz), x), 1., add)
      dx = torch.addmm_(dx, dz, a)
    return dx

  # Backward of a group: gradients of A and B into grads, gradient of x returned.
  def group_backward(self: __torch__.Decoder,
                     g: Tensor,             # [N, out]
                     x: Tensor,             # [N, in]
                     w: Tensor,             # [out, in]
                     z: Tensor,             # before phi
                     adapter: List[Tensor], grads: List[Tensor], group: int,
                     parts: List[int], rows: List[int], seeds: List[int], first: int,
                     scale: float, kind: int, beta: float, dropout: float, add: bool) -> Tensor:
    dx = torch.matmul(g, w)                                           # [N, in]
    n = len(parts) // 2
    if n > 0:
      a = adapter[2 * group]
      b = adapter[2 * group + 1]
      ga = grads[2 * group]
      gb = grads[2 * group + 1]
      signs = adapter[8:]
      if len(signs) > 0:
        dz = self.widen_signed_backward(g, z, b, signs[0], gb, parts, scale, kind, beta, add)
      else:
        dz = self.widen_backward(g, z, b, gb, parts, scale, kind, beta, add)
      if dropout == 0.:
        dx = self.narrow_backward(dz, x, a, signs, ga, dx, add)
      else:
        r = a.size(0) // n
        for i, d in enumerate(torch.chunk(dz, n, -1)):
          m = self.mask(x, rows, seeds, first + i, dropout)
          own = self.narrow_backward(d, x * m, a[i * r:(i + 1) * r], signs, ga[i * r:(i + 1) * r], torch.zeros_like(dx), add)
          dx = torch.addcmul_(dx, own, m)
    return dx

  # Turns the two halves of the first R values of each head by its position's angle, in the type of the more precise of x and the cosines. With the sine
  # negated it is its own backward.
  def rotate(self: __torch__.Decoder, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turned = 2 * cos.size(-1)
    a, b = torch.chunk(x[:, :, :turned], 2, -1)                       # [N, heads, R / 2]
    parts = [a * cos - b * sin, b * cos + a * sin]
    if turned < self.head_size:
      parts.append(x[:, :, turned:])
    return torch.cat(parts, -1)

  # Queries and keys, [N, heads + kv_heads, D], as rows that are normed each by itself, with their weights: one of heads, or two of all heads of a token.
  def norm_rows(self: __torch__.Decoder, x: Tensor, w: Tensor) -> List[Tuple[Tensor, Tensor]]:
    weights = torch.view(w, [-1, self.head_size])                     # [heads + kv_heads, D]
    if self.whole_norms == 1:
      rows = [(torch.flatten(x[:, :self.heads], 1), torch.flatten(weights[:self.heads])),
              (torch.flatten(x[:, self.heads:], 1), torch.flatten(weights[self.heads:]))]
    else:
      rows = [(x, weights)]
    return rows

  # Such rows beside one another, in the shape of `like`.
  def of_rows(self: __torch__.Decoder, rows: List[Tensor], like: Tensor) -> Tensor:
    y = rows[0]
    if len(rows) > 1:
      y = torch.reshape(torch.cat(rows, 1), like.size())
    return y

  # Normed queries and keys.
  def normed_heads(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tensor:
    normed = annotate(List[Tensor], [])
    for own, weight in self.norm_rows(x, w):
      normed.append(self.norm(own, weight)[0])
    return self.of_rows(normed, x)

  # Gradient of x from that of normed_heads. dw takes those of the weights, as `layer_backward` says, or is [0].
  def normed_heads_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, w: Tensor, dw: Tensor, add: bool) -> Tensor:
    gradients = self.norm_rows(torch.type_as(g, x), w)
    of_weights = annotate(List[Tensor], [])
    of_rows = annotate(List[Tensor], [])
    for i, (own, weight) in enumerate(self.norm_rows(x, w)):
      d = gradients[i][0]
      normed, rstd = self.norm(own, weight)
      if dw.size(0) > 0:
        of_weights.append(self.norm_weight_gradient(d, own, rstd))
      of_rows.append(self.norm_backward(d, own, weight, rstd))
    if dw.size(0) > 0:
      if self.whole_norms == 1:
        unused = self.put(dw, torch.cat(of_weights), 1., add)
      else:
        unused = self.put(dw[0], torch.sum(of_weights[0][:self.heads], [0]), 1., add)
        unused = self.put(dw[1], torch.sum(of_weights[0][self.heads:], [0]), 1., add)
    return self.of_rows(of_rows, x)

  # Queries, keys and values as attention takes them: queries and keys normed where the family does so, then rotated. Without a norm that
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
      turning = self.normed_heads(turning, head_norm)
    unused = torch.copy_(qkv[:, :self.heads + self.kv_heads], self.rotate(turning, cos, sin))
    return qkv

  # Gradient of what `turned` was given, from that of what it returned, which is overwritten. dnorm, or [0], takes those of the norms' weights.
  def turned_backward(self: __torch__.Decoder, g: Tensor, given: Tensor, head_norm: Tensor, dnorm: Tensor, cos: Tensor, sin: Tensor, add: bool) -> Tensor:
    turning = g[:, :self.heads + self.kv_heads]
    d = self.rotate(turning, cos, torch.neg(sin))
    if head_norm.size(0) > 0:
      d = self.normed_heads_backward(d, given[:, :self.heads + self.kv_heads], head_norm, dnorm, add)
    unused = torch.copy_(turning, d)
    return g

  # Queries, keys and values of a normed input, as they are before they are turned, and z of their adapters.
  def attention_input(self: __torch__.Decoder, h: Tensor, weights: List[Tensor], adapter: List[Tensor], parts: List[int], rows: List[int], seeds: List[int],
                      kind: int, beta: float, dropout: float) -> Tuple[Tensor, Tensor]:
    z = self.narrow(h, adapter, 0, len(parts) // 2, rows, seeds, 0, dropout)
    given = self.widen(h, weights[1], weights[6], z, adapter, 0, parts, kind, beta)
    return (torch.view(given, [h.size(0), -1, self.head_size]), z)

  # Gradient of that input.
  def attention_input_backward(self: __torch__.Decoder,
                               g: Tensor,             # [N, heads + 2 kv_heads, D]
                               h: Tensor, z: Tensor, weights: List[Tensor], adapter: List[Tensor], grads: List[Tensor], dweights: List[Tensor],
                               parts: List[int], rows: List[int], seeds: List[int], scale: float, kind: int, beta: float, dropout: float,
                               add: bool) -> Tensor:
    flat = torch.view(g, [h.size(0), -1])
    if len(dweights) > 0:
      unused = self.weight_gradients(flat, h, dweights[1], dweights[6], add)
    return self.group_backward(flat, h, weights[1], z, adapter, grads, 0, parts, rows, seeds, 0, scale, kind, beta, dropout, add)

  # What a block adds to the residual stream, and the sum: the block's output y, which changes, or its norm with w where the family has one. Returns the
  # sum, and y where its backward needs it, else [0].
  def added(self: __torch__.Decoder, y: Tensor, residual: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:
    kept = w
    if w.size(0) > 0:
      kept = y
      y, rstd = self.norm(y, w)
    return (torch.add_(y, residual), kept)

  # Gradient of y from that of the sum; that of w, where it is trained, goes into dw.
  def added_backward(self: __torch__.Decoder, g: Tensor, kept: Tensor, w: Tensor, place: int, dweights: List[Tensor], add: bool) -> Tensor:
    unused, rstd = self.norm(kept, w)
    if len(dweights) > 0:
      unused = self.norm_gradient(g, kept, rstd, dweights[place], add)
    return self.norm_backward(g, kept, w, rstd)

  def gated(self: __torch__.Decoder, gate: Tensor) -> Tensor:
    if self.gate == 0:
      y = torch.silu(gate)
    else:
      y = torch.gelu(gate, approximate="tanh")
    return y

  def gated_backward(self: __torch__.Decoder, g: Tensor, gate: Tensor, out: Tensor) -> Tensor:
    if self.gate == 0:
      unused = torch.silu_backward(g, gate, grad_input=out)
    else:
      unused = torch.gelu_backward(g, gate, approximate="tanh", grad_input=out)
    return out

  # What follows attention: its output projection, added to the residual, and the feed-forward. Returns the output of the layer, and then what the
  # backward needs.
  def after_attention(self: __torch__.Decoder,
                      o: Tensor,              # [N, Q]
                      residual: Tensor,       # [N, H]
                      weights: List[Tensor], adapter: List[Tensor], ffn_parts: List[int], rows: List[int], seeds: List[int],
                      kind: int, beta: float, dropout: float) -> List[Tensor]:
    zo = self.narrow(o, adapter, 1, 1, rows, seeds, 3, dropout)
    hidden = [0, residual.size(1)]
    y, attended = self.added(self.widen(o, weights[2], weights[7], zo, adapter, 1, hidden, kind, beta), residual, weights[11])
    h, rstd = self.norm(y, weights[3])
    zf = self.narrow(h, adapter, 2, len(ffn_parts) // 2, rows, seeds, 4, dropout)
    gate_up = self.widen(h, weights[4], weights[8], zf, adapter, 2, ffn_parts, kind, beta)  # [N, 2 F]
    gate, up = torch.chunk(gate_up, 2, 1)
    f = torch.mul_(self.gated(gate), up)                              # [N, F]
    zd = self.narrow(f, adapter, 3, 1, rows, seeds, 6, dropout)
    out, fed = self.added(self.widen(f, weights[5], weights[9], zd, adapter, 3, hidden, kind, beta), y, weights[12])
    return [out, o, zo, y, rstd, zf, gate_up, zd, attended, fed]

  # Gradients of the residual and of attention's output.
  def after_attention_backward(self: __torch__.Decoder, g: Tensor, saved: List[Tensor], weights: List[Tensor], adapter: List[Tensor], grads: List[Tensor],
                               dweights: List[Tensor], o_parts: List[int], ffn_parts: List[int], down_parts: List[int], rows: List[int], seeds: List[int],
                               scale: float, kind: int, beta: float, dropout: float, add: bool) -> Tuple[Tensor, Tensor]:
    o, zo, y, rstd, zf, gate_up, zd, attended, fed = saved
    whole = len(dweights) > 0
    gate, up = torch.chunk(gate_up, 2, 1)
    act = self.gated(gate)
    f = act * up
    d = self.added_backward(g, fed, weights[12], 12, dweights, add)
    if whole:
      unused = self.weight_gradients(d, f, dweights[5], dweights[9], add)
    df = self.group_backward(d, f, weights[5], zd, adapter, grads, 3, down_parts, rows, seeds, 6, scale, kind, beta, dropout, add)
    d_ffn = torch.empty_like(gate_up)                                 # [N, 2 F]
    d_gate, d_up = torch.chunk(d_ffn, 2, 1)
    unused = self.gated_backward(df * up, gate, d_gate)
    unused = torch.mul(df, act, out=d_up)
    h = self.norm_again(y, weights[3], rstd)
    if whole:
      unused = self.weight_gradients(d_ffn, h, dweights[4], dweights[8], add)
    dh = self.group_backward(d_ffn, h, weights[4], zf, adapter, grads, 2, ffn_parts, rows, seeds, 4, scale, kind, beta, dropout, add)
    if whole:
      unused = self.norm_gradient(dh, y, rstd, dweights[3], add)
    g = g + self.norm_backward(dh, y, weights[3], rstd)
    d = self.added_backward(g, attended, weights[11], 11, dweights, add)
    if whole:
      unused = self.weight_gradients(d, o, dweights[2], dweights[7], add)
    return (g, self.group_backward(d, o, weights[2], zo, adapter, grads, 1, o_parts, rows, seeds, 3, scale, kind, beta, dropout, add))

  # One decoder layer. Returns its output and what the backward needs, in the order in which layer_backward takes it.
  def layer(self: __torch__.Decoder,
            x: Tensor,                  # [N, H]
            weights: List[Tensor],      # norm, q k v, o, norm, gate up, down, biases of the four groups, norms of query and key heads and of what each
                                        # of the two blocks adds
            adapter: List[Tensor],      # A and B of each group
            qkv_parts: List[int], ffn_parts: List[int],
            cos: Tensor, sin: Tensor,   # [N, 1, R / 2], or as `turns` says
            rows: List[int],            # begin of each row, then N
            before: List[int],          # of each row the one that it continues, or -1
            spans: List[Tensor], longest: List[int],             # fused.py; empty where attention goes row by row
            prefix: Tensor, start: int,
            keep: bool,                 # whether prefix takes the keys and values of these tokens, behind the first `start`
            seeds: List[int],           # of each row in this layer; unused without dropout
            kind: int, beta: float, dropout: float) -> List[Tensor]:
    h, rstd = self.norm(x, weights[0])
    given, z = self.attention_input(h, weights, adapter, qkv_parts, rows, seeds, kind, beta, dropout)
    qkv = self.turned(given, weights[10], cos, sin)
    if keep:
      unused = torch.copy_(prefix[start:start + x.size(0)], qkv[:, self.heads:])
    if len(spans) > 0:
      attended = self.attend_fused(qkv, spans, longest, prefix, start)
    else:
      attended = [self.attend(qkv, rows, before, prefix, start)]
    after = self.after_attention(attended[0], x, weights, adapter, ffn_parts, rows, seeds, kind, beta, dropout)
    return after + [x, rstd, z, given] + attended[1:]

  # Gradient of the layer's input; adapter gradients go into `grads`, A and B of each group as `adapter` has them, B without its zeros. Those of the
  # weights go into `dweights`, as `weights` has them but for a norm of heads, [2, D], one row for queries and one for keys; it is empty where the weights are frozen. Where
  # these tokens are a part of the prefix, `dkv`, [P, 2 KV, D] fp32, holds what other passes add to the gradient of its keys and values; else [0].
  def layer_backward(self: __torch__.Decoder, g: Tensor, saved: List[Tensor], weights: List[Tensor], adapter: List[Tensor], grads: List[Tensor],
                     dweights: List[Tensor], qkv_parts: List[int], o_parts: List[int], ffn_parts: List[int], down_parts: List[int], cos: Tensor, sin: Tensor,
                     rows: List[int], before: List[int], spans: List[Tensor], longest: List[int], prefix: Tensor, start: int, dprefix: Tensor, dkv: Tensor,
                     seeds: List[int], scale: float, kind: int, beta: float, dropout: float) -> Tensor:
    x, rstd, z, given = saved[9:13]
    head_norm = weights[10]
    g, do = self.after_attention_backward(g, saved[:9], weights, adapter, grads, dweights, o_parts, ffn_parts, down_parts, rows, seeds, scale, kind, beta, dropout, False)
    qkv = given
    if head_norm.size(0) > 0:
      qkv = self.turned(given, head_norm, cos, sin)
    dnorm = head_norm[:0]
    if len(dweights) > 0:
      dnorm = dweights[10]
    if len(spans) > 0:
      d_qkv = self.attend_fused_backward(do, saved[:1] + saved[13:], qkv, spans, longest, prefix, start, dprefix)
    else:
      d_qkv = self.attend_backward(do, qkv, rows, before, prefix, start, dprefix)
    if dkv.size(0) > 0:
      unused = torch.add_(d_qkv[:, self.heads:], dkv[start:start + x.size(0)])
    d_qkv = self.turned_backward(d_qkv, given, head_norm, dnorm, cos, sin, False)
    h = self.norm_again(x, weights[0], rstd)
    dh = self.attention_input_backward(d_qkv, h, z, weights, adapter, grads, dweights, qkv_parts, rows, seeds, scale, kind, beta, dropout, False)
    if len(dweights) > 0:
      unused = self.norm_gradient(dh, x, rstd, dweights[0], False)
    return g + self.norm_backward(dh, x, weights[0], rstd)

  # Cosines and sines of the angles by which tokens are turned, times a factor. Angles are fp32 products, as transformers forms them. Where queries grow,
  # by 1 + growth ln(1 + floor(position / every)), each head has its own: [N, heads + kv_heads, R / 2].
  def turns(self: __torch__.Decoder,
            positions: Tensor,        # [N]       int64
            frequencies: Tensor,      # [R / 2]   fp32
            factor: float,
            growth: float,            # 0 where queries do not grow
            every: int,
            like: Tensor              # of the precision wanted
            ) -> List[Tensor]:
    angles = torch.mul(positions.to(6).unsqueeze(1), frequencies).unsqueeze(1).to(7)
    cos = torch.cos(angles).to(6)
    sin = torch.sin(angles).to(6)
    if factor != 1.:
      cos = torch.mul(cos, factor)
      sin = torch.mul(sin, factor)
    if growth != 0.:
      steps = torch.floor_divide(positions, every).to(6)              # [N]
      scale = torch.add(torch.mul(torch.log1p(steps), growth), 1.)
      scales = torch.cat([torch.repeat(scale.unsqueeze(1), [1, self.heads]), torch.new_ones(scale, [positions.size(0), self.kv_heads])], 1).unsqueeze(2)
      cos = torch.mul(cos, scales)
      sin = torch.mul(sin, scales)
    return [cos.type_as(like), sin.type_as(like)]                     # [N, 1, R / 2]

  # Matrices with one input as one matrix.
  def fuse(self: __torch__.Decoder, weights: List[Tensor]) -> Tensor:
    return torch.cat(weights, 0)

  # Rows of the input embedding as the first layer reads them, or their gradient, of an embedding of the type of `like`.
  def embedded(self: __torch__.Decoder, x: Tensor, like: Tensor) -> Tensor:
    y = x
    if self.embedding_rounds != 0:
      y = torch.mul(x, torch.new_full(like, [1], self.embedding_scale))
    elif self.embedding_scale != 1.:
      y = torch.mul(x, self.embedding_scale)
    return y

  def embed(self: __torch__.Decoder, ids: Tensor, table: Tensor) -> Tensor:
    return self.embedded(torch.embedding(table, ids), table)          # [N, H]

  # Adds the gradient of the embedding's rows to dtable, [V, H] fp32, or to zeros in its place; rows of one id are added in the order of the tokens.
  def embed_backward(self: __torch__.Decoder, g: Tensor, ids: Tensor, dtable: Tensor, anew: bool) -> Tensor:
    if anew:
      unused = torch.zero_(dtable)
    trained = torch.masked_fill(self.embedded(g.to(6), g), torch.unsqueeze(torch.eq(ids, self.padding), 1), 0.)
    return torch.index_put_(dtable, annotate(List[Optional[Tensor]], [ids]), trained, True)

  # Trained masters, fp32, into the weights that the model computes with.
  def refresh(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    return torch.copy_(weight, master)

  # As `refresh`, of the two weights of query and key heads, [2, D], which each head has a row of.
  def refresh_head_norm(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    rows = torch.view(weight, [-1, self.head_size])
    unused = torch.copy_(rows[:self.heads], master[0])
    return torch.copy_(rows[self.heads:], master[1])

  # Weights into their masters, the way back.
  def take(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    return torch.copy_(master, weight)

  def take_head_norm(self: __torch__.Decoder, weight: Tensor, master: Tensor) -> Tensor:
    rows = torch.view(weight, [-1, self.head_size])
    unused = torch.copy_(master[0], rows[0])
    return torch.copy_(master[1], rows[self.heads])

  # Keys and values of a shorter prefix become the first ones of a longer one that continues it.
  def copy_first(self: __torch__.Decoder, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target[:source.size(0)], source)

  # The first gradients of a prefix's keys and values are added to those of a shorter one that it continues.
  def add_all(self: __torch__.Decoder, total: Tensor, more: Tensor) -> Tensor:
    return torch.add_(total, more[:total.size(0)])

  # Adds gradients of a prefix's first keys and values to their sum.
  def add_first(self: __torch__.Decoder, total: Tensor, more: Tensor) -> Tensor:
    return torch.add_(total[:more.size(0)], more)

  # Of a group: the even share of the variance of phi(z), and the norm of s phi(z) B^T against that of the rest of y. [2]
  def group_shares(self: __torch__.Decoder, z: Tensor, y: Tensor, adapter: List[Tensor], group: int, parts: List[int], kind: int, beta: float) -> Tensor:
    f = z.to(6)
    p = self.phi(f, kind, beta)
    n = self.phi(torch.neg(f), kind, beta)
    even = torch.sum(torch.var(p + n, [-2]))                          # over the tokens
    odd = torch.sum(torch.var(p - n, [-2]))
    whole = y.to(6)
    b = adapter[2 * group + 1].to(6)
    signs = adapter[8:]
    if len(signs) > 0:
      part = self.widen_signed(torch.zeros_like(whole), p, b, signs[0], parts)
    else:
      part = torch.matmul(p, torch.t(b))                              # [N, out]
    return torch.stack([even / (even + odd), torch.norm(part) / torch.norm(whole - part)])

  # Those of each adapted group of a layer, from what `layer` returned. [groups, 2]
  def shares(self: __torch__.Decoder, computed: List[Tensor], adapter: List[Tensor], qkv_parts: List[int], o_parts: List[int], ffn_parts: List[int],
             down_parts: List[int], kind: int, beta: float) -> Tensor:
    parts = [qkv_parts, o_parts, ffn_parts, down_parts]
    out, o, zo, y, rstd, zf, gate_up, zd, attended, fed, x, before, z, given = computed[:14]
    zs = [z, zo, zf, zd]
    if attended.size(0) == 0:
      attended = y - x
    if fed.size(0) == 0:
      fed = out - y
    ys = [torch.view(given, [x.size(0), -1]), attended, gate_up, fed]
    found = annotate(List[Tensor], [])
    for i in range(4):
      if adapter[2 * i].size(0) > 0:
        found.append(self.group_shares(zs[i], ys[i], adapter, i, parts[i], kind, beta))
    return torch.stack(found)
