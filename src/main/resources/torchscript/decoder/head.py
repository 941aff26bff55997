  # Continues the class of layer.py: logits, and the loss with its gradient.

  # By which logits are divided: what the output embedding reads, and its gradient, are instead.
  def divided(self: __torch__.Decoder, x: Tensor) -> Tensor:
    y = x
    if self.logit_divisor != 1.:
      y = torch.div(x, self.logit_divisor)
    return y

  # Hidden states as the output embedding reads them, and the statistic of their norm.
  def last_norm(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:
    h, rstd = self.norm(x, w)
    return (self.divided(h), rstd)

  # fp32 logits of chosen tokens.
  def logits(self: __torch__.Decoder, x: Tensor, at: Tensor, norm: Tensor, table: Tensor) -> Tensor:
    h, rstd = self.last_norm(torch.index_select(x, 0, at), norm)
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
    h, rstd = self.last_norm(chosen, norm)
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
      result.append(self.head_backward(dh, x, chosen, norm, rstd, at, dweights))
    return result

  # Gradient of x from that of the hidden states of chosen tokens as the output embedding reads them.
  def head_backward(self: __torch__.Decoder, dh: Tensor, x: Tensor, chosen: Tensor, norm: Tensor, rstd: Tensor, at: Tensor, dweights: List[Tensor]) -> Tensor:
    dh = self.divided(dh)
    if len(dweights) > 0:
      unused = torch.copy_(dweights[0], self.norm_weight_gradient(dh, chosen, rstd))
    dx = torch.zeros_like(x)
    return torch.index_copy_(dx, 0, at, self.norm_backward(dh, chosen, norm, rstd))

  # Hidden states of chosen tokens as the output embedding reads them.
  def states(self: __torch__.Decoder, x: Tensor, at: Tensor, norm: Tensor) -> Tensor:
    return self.last_norm(torch.index_select(x, 0, at), norm)[0]      # [M, H]

  # KL divergence of a few pairs of distributions, of which the logarithms are given, [few, V] to [few].
  def divergence(self: __torch__.Decoder, p: Tensor, lp: Tensor, lq: Tensor) -> Tensor:
    return torch.sum(torch.mul_(lp - lq, p), [-1])

  # Gradient of a function of q = softmax(logits) with respect to the logits, from that with respect to q.
  def through_softmax(self: __torch__.Decoder, g: Tensor, q: Tensor) -> Tensor:
    return (g - torch.sum(g * q, [-1], True)) * q

  # Divergence of a few of a draft's distributions q from a target's p, [few], and its gradient with respect to the draft's logits, [few, V].
  # kind: 0 KL(p || q), 1 KL(q || p), 2 total variation, 3 cross entropy with the most likely token, 4 Jensen-Shannon, 5 negative logarithm of the
  # acceptance sum min(p, q), 6 KL and total variation in shares b and 1 - b with b = exp(-3 sum min(p, q)), 7 cross entropy with p.
  def diverging(self: __torch__.Decoder, lp: Tensor, lq: Tensor, common: Tensor, kind: int) -> Tuple[Tensor, Tensor]:
    p = torch.exp(lp)
    q = torch.exp(lq)
    if kind == 0:
      loss = self.divergence(p, lp, lq)
      gradient = q - p
    elif kind == 1:
      loss = self.divergence(q, lq, lp)
      gradient = self.through_softmax(lq - lp, q)
    elif kind == 2:
      loss = 1. - common
      gradient = self.through_softmax(torch.neg(torch.lt(q, p).to(6)), q)
    elif kind == 3:
      best = torch.argmax(lp, -1, True)
      loss = torch.neg(torch.squeeze(torch.gather(lq, 1, best), 1))
      gradient = torch.scatter_add_(q, 1, best, torch.new_full(q, best.size(), -1.))
    elif kind == 4:
      lm = torch.logaddexp(lp, lq) - 0.6931471805599453
      loss = 0.5 * (self.divergence(p, lp, lm) + self.divergence(q, lq, lm))
      gradient = self.through_softmax(0.5 * (lq - lm), q)
    elif kind == 5:
      least = 1e-5
      loss = torch.neg(torch.log(torch.clamp(common, least)))
      slope = torch.div(torch.gt(common, least), torch.clamp(common, least))
      gradient = self.through_softmax(torch.neg(torch.lt(q, p).to(6)), q) * torch.unsqueeze(slope, 1)
    elif kind == 6:
      share = torch.exp(-3. * common)
      loss = share * self.divergence(p, lp, lq) + (1. - share) * (1. - common)
      below = self.through_softmax(torch.neg(torch.lt(q, p).to(6)), q)
      gradient = torch.lerp(below, q - p, torch.unsqueeze(share, 1))
    else:
      loss = torch.neg(torch.sum(p * lq, [-1]))
      gradient = q - p
    return (loss, gradient)

  # Divergence at a few positions. The draft's logits become their own gradient in place, times the positions' weights.
  def diverge(self: __torch__.Decoder,
              logits: Tensor,        # [few, V]   the draft's
              taught: Tensor,        # [few, V]   the target's
              weights: Tensor,       # [few] or [0]   fp32
              kind: int,
              each: Tensor           # [3, few]   fp32, takes the divergence, whether the most likely tokens are equal, and sum min(p, q)
              ) -> Tensor:           # [3]        fp64, their sums
    lp = torch.log_softmax(taught.to(6), -1)
    lq = torch.log_softmax(logits.to(6), -1)
    common = torch.sum(torch.exp(torch.minimum(lp, lq)), [-1])        # [few]   sum min(p, q)
    unused = torch.copy_(each[1], torch.eq(torch.argmax(lq, -1), torch.argmax(lp, -1)))
    unused = torch.copy_(each[2], common)
    loss, gradient = self.diverging(lp, lq, common, kind)
    unused = torch.copy_(each[0], loss)
    if weights.size(0) > 0:
      gradient = torch.mul_(gradient, torch.unsqueeze(weights, 1))
    unused = torch.copy_(logits, gradient)
    return torch.sum(each, [-1], dtype=7)

  # A draft learns at chosen positions the distributions that a target's states give, chunk by chunk. Returns the gradient of h, and the three numbers of
  # `diverge` for each position, [3, M]; that of the table is added to dtable.
  def learn(self: __torch__.Decoder,
            h: Tensor,             # [M, H]   the draft's, normed
            table: Tensor,         # [V, H]
            states: Tensor,        # [M, H']  the target's, normed
            taught: Tensor,        # [V, H']  the target's output embedding
            weights: Tensor,       # [M] or [0]   fp32
            kind: int,
            dtable: Tensor,        # [V, H] or [0]   fp32
            sums: Tensor,          # [3]      fp64, takes the sums of the three numbers
            backward: bool) -> Tuple[Tensor, Tensor]:
    dh = torch.empty_like(h)
    each = torch.new_empty(h, [3, h.size(0)], dtype=6)
    for i in range((h.size(0) + self.chunk - 1) // self.chunk):
      lo = i * self.chunk
      hi = min(lo + self.chunk, h.size(0))
      q = torch.linear(h[lo:hi], table)                               # [c, V]   logits
      p = torch.linear(states[lo:hi], taught)                         # [c, V]
      for j in range((hi - lo + self.few - 1) // self.few):
        begin = j * self.few
        end = min(begin + self.few, hi - lo)
        unused = torch.add_(sums, self.diverge(q[begin:end], p[begin:end], weights[lo + begin:lo + end], kind, each[:, lo + begin:lo + end]))
      if backward:
        unused = torch.mm(q, table, out=dh[lo:hi])
        if dtable.size(0) > 0:
          unused = torch.add_(dtable, torch.matmul(torch.t(q), h[lo:hi]))
    return (dh, each)

  # As `head`, but the draft learns the distributions that a target's normed hidden states give at the trained positions, instead of single tokens.
  # Returns [sum of the divergences, equal most likely tokens, sum of sum min(p, q)] in fp64, the three of each position, [3, M] fp32, and the gradient.
  def distil(self: __torch__.Decoder,
             x: Tensor,             # [N, H]
             norm: Tensor,          # [H]
             table: Tensor,         # [V, H]
             at: Tensor,            # [M]      int64, trained positions
             states: Tensor,        # [M, H']  the target's
             taught: Tensor,        # [V, H']  the target's output embedding
             kind: int,             # of divergence
             dweights: List[Tensor],
             backward: bool) -> List[Tensor]:
    chosen = torch.index_select(x, 0, at)                             # [M, H]
    h, rstd = self.last_norm(chosen, norm)
    sums = torch.new_zeros(x, [3], dtype=7)
    dtable = torch.new_zeros(x, [0], dtype=6)
    if len(dweights) > 0:
      dtable = torch.zero_(dweights[1])
    dh, each = self.learn(h, table, states, taught, torch.new_zeros(x, [0], dtype=6), kind, dtable, sums, backward)
    result = [sums, each]
    if backward:
      result.append(self.head_backward(dh, x, chosen, norm, rstd, at, dweights))
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
