# The draft heads of eagle.py written down plainly, for autograd to differentiate: one row at a time, whole masks instead of blocks, nothing kept or made
# again by hand.
# Numbers travel as 0-d tensors, because calls that build a graph take tensors alone.
class PlainEagle(Module):
  __parameters__ = []
  __buffers__ = []
  eps : float
  heads : int
  kv_heads : int
  kind : int                # 0 relu, 1 silu, 2 gelu
  window : int
  steps : int
  eagle3 : int              # 0 for EAGLE-1; the others are 0 or 1 as well, but for fc_norms
  norm_before_residual : int
  fc_norms : int            # parts that are normed by themselves; 0 for none
  norm_output : int

  def norm(self: __torch__.PlainEagle, x: Tensor, w: Tensor) -> Tensor:
    y = x
    if w.size(0) > 0:
      y = x * torch.rsqrt(torch.mean(x * x, [-1], True) + self.eps) * w
    return y

  # x W^T + bias + s B phi(A x); A and B of one projection lie at `at`.
  def project(self: __torch__.PlainEagle, x: Tensor, w: Tensor, bias: Tensor, at: int, a: List[Tensor], b: List[Tensor], scale: Tensor, beta: Tensor) -> Tensor:
    z = torch.linear(x, a[at])
    if self.kind == 0:
      s = torch.relu(z)
    elif self.kind == 1:
      s = torch.silu(z)
    else:
      s = torch.gelu(z)
    if float(beta) != 0.:
      z = beta * s + (1. - beta) * z
    y = torch.linear(x, w)
    if bias.size(0) > 0:
      y = y + bias
    return y + scale * torch.linear(z, b[at])

  # x [heads, T, D]
  def rotate(self: __torch__.PlainEagle, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    turned = torch.cat([torch.neg(x[..., half:]), x[..., :half]], -1)
    return x * torch.cat([cos, cos], -1) + turned * torch.cat([sin, sin], -1)

  def by_head(self: __torch__.PlainEagle, x: Tensor, heads: int) -> Tensor:
    return torch.transpose(torch.view(x, [x.size(0), heads, -1]), 0, 1)

  # Which keys of all steps up to this one are hidden, [T, T (step + 1)].
  def hidden(self: __torch__.PlainEagle, tokens: int, step: int) -> Tensor:
    ones = torch.ones([tokens, tokens])
    first = torch.triu(ones, 1)
    if self.window > 0:
      first = first + torch.tril(ones, 0 - self.window)
    parts = [first]
    for i in range(step):
      parts.append(ones - torch.diag(ones[0]))
    return torch.cat(parts, 1).to(11)

  # Summed loss of a row: sum over steps and trained tokens of weights[step] KL(target || draft), and for EAGLE-1 of `regression` SmoothL1.
  def loss(self: __torch__.PlainEagle,
           ids: Tensor,           # [T]
           beside: Tensor,        # [T, A H]   streams; in EAGLE-1 states
           states: Tensor,        # [T, H]
           trained: Tensor,       # [T]
           weights: Tensor,       # [steps]
           regression: Tensor,
           embedding: Tensor, taught: Tensor,
           cos: Tensor, sin: Tensor,        # [T + steps, D / 2]
           head: List[Tensor],    # eleven norms, biases and so on, as named below
           a: List[Tensor], b: List[Tensor], scale: Tensor, beta: Tensor) -> Tensor:
    e_norm, h_norm, post_norm, wq, wk, wv, wo, wg, wu, wd, bq, bk, bv, bo, bg, bu, bd, q_norm, k_norm, fc, fc_bias, fc_norm, norm, table = head
    tokens = ids.size(0)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    total = torch.sum(torch.zeros([1]))
    state = beside
    for step in range(self.steps):
      e = torch.embedding(embedding, torch.cat([ids[step + 1:], torch.zeros_like(ids[:min(step + 1, tokens)])]))
      if step == 0:
        g = beside
        if self.eagle3 == 0:
          g = torch.cat([e, beside], 1)
        if self.fc_norms > 0:
          apart = self.norm(torch.view(g, [tokens, self.fc_norms, -1]), torch.view(fc_norm, [self.fc_norms, -1]))
          g = torch.reshape(apart, [tokens, -1])
        state = torch.linear(g, fc)
        if fc_bias.size(0) > 0:
          state = state + fc_bias
      residual = state
      if self.eagle3 == 0:
        u = self.norm(state, e_norm)
      else:
        n = self.norm(state, h_norm)
        u = torch.cat([self.norm(e, e_norm), n], 1)
        if self.norm_before_residual == 1:
          residual = n
      c = cos[step:step + tokens]
      s = sin[step:step + tokens]
      q = self.norm(self.by_head(self.project(u, wq, bq, 0, a, b, scale, beta), self.heads), q_norm)
      k = self.norm(self.by_head(self.project(u, wk, bk, 1, a, b, scale, beta), self.kv_heads), k_norm)
      keys.append(self.rotate(k, c, s))
      values.append(self.by_head(self.project(u, wv, bv, 2, a, b, scale, beta), self.kv_heads))
      groups = self.heads // self.kv_heads
      k = torch.repeat_interleave(torch.cat(keys, 1), groups, 0)
      v = torch.repeat_interleave(torch.cat(values, 1), groups, 0)
      p = torch.matmul(self.rotate(q, c, s), torch.transpose(k, 1, 2)) / (q.size(-1) ** 0.5)
      p = torch.softmax(torch.masked_fill(p, self.hidden(tokens, step), -inf), -1)
      o = torch.reshape(torch.transpose(torch.matmul(p, v), 0, 1), [tokens, -1])
      x = residual + self.project(o, wo, bo, 3, a, b, scale, beta)
      h = self.norm(x, post_norm)
      f = torch.silu(self.project(h, wg, bg, 4, a, b, scale, beta)) * self.project(h, wu, bu, 5, a, b, scale, beta)
      x = x + self.project(f, wd, bd, 6, a, b, scale, beta)
      normed = self.norm(x, norm)
      state = x
      if self.norm_output == 1:
        state = normed
      if tokens > step + 1:
        lq = torch.log_softmax(torch.linear(normed[:tokens - step - 1], table), -1)
        lp = torch.log_softmax(torch.linear(states[step + 1:], taught), -1)
        mask = trained[step + 1:]
        total = total + weights[step] * torch.sum(torch.sum(torch.exp(lp) * (lp - lq), [-1]) * mask)
        total = total + regression * torch.sum(torch.mean(torch.smooth_l1_loss(normed[:tokens - step - 1], states[step + 1:], 0), [-1]) * mask)
    return total
