# The decoder of decoder.py written down plainly, for autograd to differentiate: one row at a time, no fused matrices, no chunks, nothing
# kept or made again by hand.
# Numbers travel as 0-d tensors, because calls that build a graph take tensors alone.
class PlainDecoder(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float
  gain_offset : float       # added to the weights of norms
  gate : int                # 0 silu, 1 gelu by tanh
  heads : int
  kv_heads : int
  attention_scale : float
  embedding_scale : float
  residual_scale : float    # of what layers add to the residual stream
  logit_divisor : float
  kind : int                # 0 relu, 1 silu, 2 gelu, 3 to 5 twice these

  # x W^T + bias + s B phi(A (mask x)); A, B and masks of one projection lie at `at`.
  def project(self: __torch__.PlainDecoder, x: Tensor, w: Tensor, bias: Tensor, at: int, a: List[Tensor], b: List[Tensor], masks: List[Tensor],
              scale: Tensor, beta: Tensor) -> Tensor:
    z = torch.linear(x * masks[at], a[at])
    if self.kind == 0 or self.kind == 3:
      s = torch.relu(z)
    elif self.kind == 1 or self.kind == 4:
      s = torch.silu(z)
    else:
      s = torch.gelu(z)
    if self.kind > 2:
      s = s + s
    if float(beta) != 0.:
      z = beta * s + (1. - beta) * z
    y = torch.linear(x, w)
    if bias.size(0) > 0:
      y = y + bias
    return y + scale * torch.linear(z, b[at])

  # [0] is a norm that the family has not.
  def norm(self: __torch__.PlainDecoder, x: Tensor, w: Tensor) -> Tensor:
    y = x
    if w.size(0) > 0:
      y = torch.rms_norm(x, [x.size(-1)], w + self.gain_offset, self.eps)
    return y

  # Heads of queries or keys, [heads, T, D], of [T, heads D]: normed each by itself, or before they are apart where w has as many weights as they have.
  def apart(self: __torch__.PlainDecoder, x: Tensor, w: Tensor, heads: int) -> Tensor:
    whole = w.size(0) == x.size(1)
    if whole:
      x = self.norm(x, w)
    y = torch.transpose(torch.view(x, [x.size(0), heads, -1]), 0, 1)
    if not whole:
      y = self.norm(y, w)
    return y

  # x [heads, T, D]
  def rotate(self: __torch__.PlainDecoder, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    turned = torch.cat([torch.neg(x[..., half:]), x[..., :half]], -1)
    return x * torch.cat([cos, cos], -1) + turned * torch.cat([sin, sin], -1)

  # q, k, v [T, heads D]
  def attend(self: __torch__.PlainDecoder, q: Tensor, k: Tensor, v: Tensor, q_norm: Tensor, k_norm: Tensor, window: int,
             cos: Tensor, sin: Tensor) -> Tensor:
    tokens = q.size(0)
    q = self.apart(q, q_norm, self.heads)
    k = self.apart(k, k_norm, self.kv_heads)
    q = self.rotate(q, cos, sin)
    k = self.rotate(k, cos, sin)
    v = torch.transpose(torch.view(v, [tokens, self.kv_heads, -1]), 0, 1)
    groups = self.heads // self.kv_heads
    k = torch.repeat_interleave(k, groups, 0)
    v = torch.repeat_interleave(v, groups, 0)
    s = torch.matmul(q, torch.transpose(k, 1, 2)) * self.attention_scale
    hidden = torch.triu(torch.ones_like(s[0]), 1)
    if window > 0:
      hidden = hidden + torch.tril(torch.ones_like(s[0]), 0 - window)
    p = torch.softmax(torch.masked_fill(s, hidden.to(11), -inf), -1)
    return torch.reshape(torch.transpose(torch.matmul(p, v), 0, 1), [tokens, -1])

  # Normed output of the last layer, [T, H]. weights: twenty of each layer, namely two norms, seven matrices, seven biases, norms of query and key heads, those of what is added, empty where
  # the family has none; a, b, masks: seven of each layer; windows: of each layer the tokens that a query sees, 0 for all, and 1 if it
  # rotates queries and keys.
  def hidden(self: __torch__.PlainDecoder, ids: Tensor, cos: Tensor, sin: Tensor, embedding: Tensor, norm: Tensor, windows: Tensor,
             weights: List[Tensor], a: List[Tensor], b: List[Tensor], masks: List[Tensor], scale: Tensor, beta: Tensor) -> Tensor:
    x = torch.embedding(embedding, ids) * self.embedding_scale
    for layer in range(len(weights) // 20):
      norm1, norm2, wq, wk, wv, wo, wg, wu, wd, bq, bk, bv, bo, bg, bu, bd, q_norm, k_norm, norm_o, norm_d = weights[20 * layer:20 * layer + 20]
      first = 7 * layer
      h = self.norm(x, norm1)
      q = self.project(h, wq, bq, first, a, b, masks, scale, beta)
      k = self.project(h, wk, bk, first + 1, a, b, masks, scale, beta)
      v = self.project(h, wv, bv, first + 2, a, b, masks, scale, beta)
      rotated = float(windows[layer][1])
      o = self.attend(q, k, v, q_norm, k_norm, int(windows[layer][0]), cos * rotated + (1. - rotated), sin * rotated)
      x = x + self.norm(self.project(o, wo, bo, first + 3, a, b, masks, scale, beta), norm_o) * self.residual_scale
      h = self.norm(x, norm2)
      gate = self.project(h, wg, bg, first + 4, a, b, masks, scale, beta)
      if self.gate == 0:
        gate = torch.silu(gate)
      else:
        gate = torch.gelu(gate, approximate="tanh")
      up = self.project(h, wu, bu, first + 5, a, b, masks, scale, beta)
      x = x + self.norm(self.project(gate * up, wd, bd, first + 6, a, b, masks, scale, beta), norm_d) * self.residual_scale
    return self.norm(x, norm)

  # [T, V]
  def logits(self: __torch__.PlainDecoder, ids: Tensor, cos: Tensor, sin: Tensor, embedding: Tensor, norm: Tensor, windows: Tensor,
             weights: List[Tensor], a: List[Tensor], b: List[Tensor], masks: List[Tensor], scale: Tensor, beta: Tensor, head: Tensor) -> Tensor:
    h = self.hidden(ids, cos, sin, embedding, norm, windows, weights, a, b, masks, scale, beta)
    return torch.linear(h, head) / self.logit_divisor

  # Summed loss of the targets, which stand behind the tokens `at`.
  def loss(self: __torch__.PlainDecoder, ids: Tensor, cos: Tensor, sin: Tensor, embedding: Tensor, norm: Tensor, windows: Tensor,
           weights: List[Tensor], a: List[Tensor], b: List[Tensor], masks: List[Tensor], scale: Tensor, beta: Tensor, head: Tensor,
           at: Tensor, targets: Tensor) -> Tensor:
    logits = self.logits(ids, cos, sin, embedding, norm, windows, weights, a, b, masks, scale, beta, head)
    logp = torch.log_softmax(torch.index_select(logits, 0, at), -1)
    return torch.neg(torch.sum(torch.gather(logp, 1, torch.unsqueeze(targets, 1))))
