  # Continues the class of layer.py: attention of all rows of a micro-batch by one kernel forward and another one backward, on CUDA in bf16 (FlashAttention-2,
  # arXiv 2307.08691). The last query of a row sees its last key. Keys that several rows see are read for each of them.
  #
  # spans     begin of each row's queries among the tokens, and of the keys that it sees among all such keys, [rows + 1] int32 each; and where rows continue
  #           others or a prefix, the token that each of these keys is of, counted from the prefix's first one, [K] int64, else [0]
  # longest   queries and keys of a row, at most

  # Spans of rows from begins and tokens in int64.
  def spans(self: __torch__.Decoder, queries: Tensor, keys: Tensor, tokens: Tensor) -> List[Tensor]:
    return [queries.to(3), keys.to(3), tokens]

  # Both kernels for a row of one token: whether they run here.
  def flash_trial(self: __torch__.Decoder, like: Tensor) -> Tensor:
    qkv = torch.new_zeros(like, [1, self.heads + 2 * self.kv_heads, self.head_size])
    begins = torch.arange(2, dtype=3, device=like.device)
    spans = [begins, begins, torch.new_zeros(like, [0], dtype=4)]
    computed = self.attend_fused(qkv, spans, [1, 1], qkv[:0], 0)
    return self.attend_fused_backward(torch.zeros_like(computed[0]), computed, qkv, spans, [1, 1], qkv[:0], 0, qkv[:0])

  # Output [N, heads, D], and what the backward needs.
  def flash(self: __torch__.Decoder, q: Tensor, k: Tensor, v: Tensor, spans: List[Tensor], longest: List[int]) -> List[Tensor]:
    o, logsumexp, state, unused, mask = torch._flash_attention_forward(
      q, k, v, spans[0], spans[1], longest[0], longest[1], 0., True, False, scale=self.attention_scale, window_size_left=self.window - 1, window_size_right=0)
    return [o, logsumexp, state, unused]

  # Gradients of q, k and v.
  def flash_backward(self: __torch__.Decoder, g: Tensor, q: Tensor, k: Tensor, v: Tensor, computed: List[Tensor], spans: List[Tensor],
                     longest: List[int]) -> List[Tensor]:
    o, logsumexp, state, unused = computed
    dq, dk, dv = torch._flash_attention_backward(
      g, q, k, v, o, logsumexp, spans[0], spans[1], longest[0], longest[1], 0., True, state, unused, scale=self.attention_scale,
      window_size_left=self.window - 1, window_size_right=0)
    return [dq, dk, dv]

  # Keys and values that rows see, row after row, [K, 2 KV, D].
  def seen_by_rows(self: __torch__.Decoder, qkv: Tensor, spans: List[Tensor], prefix: Tensor, start: int) -> Tensor:
    kv = qkv[:, self.heads:]
    if start > 0:
      kv = torch.cat([prefix[:start], kv], 0)
    if spans[2].size(0) > 0:
      kv = torch.index_select(kv, 0, spans[2])
    return kv

  # qkv [N, heads + 2 kv_heads, D], queries and keys rotated. Output [N, Q], and what the backward needs besides.
  def attend_fused(self: __torch__.Decoder, qkv: Tensor, spans: List[Tensor], longest: List[int], prefix: Tensor, start: int) -> List[Tensor]:
    kv = self.seen_by_rows(qkv, spans, prefix, start)
    computed = self.flash(qkv[:, :self.heads], kv[:, :self.kv_heads], kv[:, self.kv_heads:], spans, longest)
    return [torch.reshape(computed[0], [qkv.size(0), -1])] + computed[1:]

  # Gradient of qkv. `computed` is what attend_fused returned. That of the prefix's keys and values is added to dprefix, [start, 2 KV, D] fp32. Gradients of keys that several rows see are added in
  # fp32, in no fixed order.
  def attend_fused_backward(self: __torch__.Decoder, g: Tensor, computed: List[Tensor], qkv: Tensor, spans: List[Tensor], longest: List[int],
                            prefix: Tensor, start: int, dprefix: Tensor) -> Tensor:
    kv = self.seen_by_rows(qkv, spans, prefix, start)
    q = qkv[:, :self.heads]
    k = kv[:, :self.kv_heads]
    v = kv[:, self.kv_heads:]
    shape = [qkv.size(0), self.heads, self.head_size]
    forward = [torch.view(computed[0], shape)] + computed[1:]
    dq, dk, dv = self.flash_backward(torch.view(g, shape), q, k, v, forward, spans, longest)
    if spans[2].size(0) > 0:
      dkv = torch.cat([dk, dv], 1)                                    # [K, 2 KV, D]
      sums = torch.new_zeros(dkv, [start + qkv.size(0), dkv.size(1), dkv.size(2)], dtype=6)
      unused = torch.index_add_(sums, 0, spans[2], dkv.to(6))
      if start > 0:
        unused = torch.add_(dprefix, sums[:start])
      d = torch.cat([dq, torch.type_as(sums[start:], dq)], 1)
    else:
      d = torch.cat([dq, dk, dv], 1)
    return d
