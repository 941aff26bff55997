  # Continues the class of layer.py: generation, with cached keys and values.

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

  # What all layers with this window do alike with few new tokens of each sequence, n in all: the places of their keys and values in the cache, [n 2 KV]; 0
  # for those of the first `longest` tokens that each sees and -inf for the others, [n, 1, 1, longest]; cosines and sines for queries and keys as they lie in
  # a row, [n, Q + K], where the sine of the first half of what is turned of a head is negative, and that of what is not turned 0; and which pieces of heads
  # these are multiplied with, all of one width.
  def next_tokens(self: __torch__.Decoder,
                  slots: Tensor,         # [n]   int64, of each token that of its sequence
                  positions: Tensor,     # [n]   int64
                  cos: Tensor,           # [n, 1, R / 2], or as `turns` says
                  sin: Tensor,
                  longest: int,          # tokens that attention looks at, those of the longest sequence and the new ones among them
                  cache: Tensor          # of one of these layers, [slots, 2 KV, room, D]
                  ) -> List[Tensor]:
    n = positions.size(0)
    room = cache.size(2)
    device = positions.device
    head = torch.arange(2 * self.kv_heads, dtype=4, device=device)
    heads = torch.add(torch.unsqueeze(slots * (2 * self.kv_heads), 1), head)                      # [n, 2 KV]
    place = torch.view(torch.add_(torch.mul_(heads, room), torch.unsqueeze(positions, 1)), [-1])
    token = torch.arange(longest, dtype=4, device=device)
    position = torch.unsqueeze(positions, 1)                                                      # [n, 1]
    hidden = torch.gt(token, position)                                                            # [n, longest]
    if self.window > 0:
      hidden = torch.logical_or(hidden, torch.le(token, position - self.window))
    mask = torch.masked_fill_(torch.new_zeros(cache, [n, longest]), hidden, -inf)
    turning = self.heads + self.kv_heads
    heads_of_each = [n, turning, self.head_size]
    rest = self.head_size - 2 * cos.size(-1)
    cosines = torch.cat([cos, cos], -1)
    sines = torch.cat([torch.neg(sin), sin], -1)
    if rest > 0:
      cosines = torch.constant_pad_nd(cosines, [0, rest], 1.)
      sines = torch.constant_pad_nd(sines, [0, rest], 0.)
    return [place, torch.view(mask, [n, 1, 1, longest]),
            torch.reshape(torch.expand(cosines, heads_of_each), [n, -1]),
            torch.reshape(torch.expand(sines, heads_of_each), [n, -1]), self.other_pieces(cos.size(-1), positions)]

  # Of each piece of queries and keys that which turns with it: pieces of the first half of what is turned of a head and those of the second, or itself.
  # Their width divides this half, of `half` values, and the head. Where all of a head is turned, its pieces are its halves.
  def other_pieces(self: __torch__.Decoder, half: int, like: Tensor) -> Tensor:
    if 2 * half == self.head_size:
      other = torch.bitwise_xor(torch.arange(2 * (self.heads + self.kv_heads), dtype=4, device=like.device), 1)
    else:
      other = self.pieces_of_parts(half, like)
    return other

  def pieces_of_parts(self: __torch__.Decoder, half: int, like: Tensor) -> Tensor:
    width = half
    rest = self.head_size
    while rest > 0:
      width, rest = rest, width % rest
    of_half = half // width
    of_head = self.head_size // width
    piece = torch.arange(of_head, dtype=4, device=like.device)
    other = torch.cat([piece[of_half:2 * of_half], piece[:of_half], piece[2 * of_half:]])
    head = torch.arange(self.heads + self.kv_heads, dtype=4, device=like.device)
    return torch.view(torch.add(torch.unsqueeze(head * of_head, 1), other), [-1])

  # Turns queries and keys of rows of qkv, [n, Q + 2 K], in place.
  def turn_next(self: __torch__.Decoder, qkv: Tensor, head_norm: Tensor, next: List[Tensor]) -> Tensor:
    n = qkv.size(0)
    own = torch.narrow(qkv, 1, 0, (self.heads + self.kv_heads) * self.head_size)                  # [n, Q + K]
    if head_norm.size(0) > 0:
      heads = torch.view(own, [n, -1, self.head_size])
      unused = torch.copy_(heads, self.normed_heads(heads, head_norm))
    pieces = torch.view(qkv, [n, -1, own.size(1) // next[4].size(0)])
    other = torch.view(torch.index_select(pieces, 1, next[4]), [n, -1])                           # [n, Q + K]
    return torch.addcmul(own * next[2], other, next[3], out=own)

  # End of the rows from `first` on that have one token each; that of the first alone if it has more.
  def single(self: __torch__.Decoder, rows: List[int], first: int) -> int:
    end = first
    while end < len(rows) - 1 and rows[end + 1] - rows[end] == 1:
      end = end + 1
    return max(end, first + 1)

  # Attention of the tokens of one sequence, or of several with one token each.
  def attend_alike(self: __torch__.Decoder, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    shape = [q.size(0), -1, -1, -1]                                   # copies that share memory, one for each token of a sequence
    return torch.scaled_dot_product_attention(q, torch.expand(keys, shape), torch.expand(values, shape), mask, scale=self.attention_scale)

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
      o = torch.scaled_dot_product_attention(q, keys, values, next[1], scale=self.attention_scale)
    elif len(rows) - 1 == 1:
      o = self.attend_alike(q, keys, values, next[1])
    else:
      o = torch.empty_like(q)
      i = 0
      while i < len(rows) - 1:
        j = self.single(rows, i)
        lo = rows[i]
        tokens = rows[j] - lo
        own = self.attend_alike(torch.narrow(q, 0, lo, tokens), torch.narrow(keys, 0, i, j - i), torch.narrow(values, 0, i, j - i),
                                torch.narrow(next[1], 0, lo, tokens))
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

  # Attention in layer i from its normed input.
  def read_attention(self: __torch__.Decoder, h: Tensor, w: List[Tensor], i: int, layers: int, adapters: List[Tensor], segments: List[int],
                     kinds: List[int], betas: List[float], cos: Tensor, sin: Tensor, rows: List[int], past: List[int], next: List[Tensor],
                     cache: Tensor, none: Tensor) -> Tensor:
    qkv = self.adapt(self.product(h, w[1], w[6]), h, 0, i, layers, adapters, segments, kinds, betas, none)
    if len(next) > 0:
      unused = self.turn_next(qkv, w[10], next)
      o = self.attend_next(qkv, next, rows, cache)
    else:
      given = torch.view(qkv, [h.size(0), -1, self.head_size])
      o = self.attend_continuing(self.turned(given, w[10], cos, sin), rows, past, cache)
    return o

  # What a block adds to the residual x, and the sum, as `added` forms it.
  def onto(self: __torch__.Decoder, y: Tensor, x: Tensor, w: Tensor, least: Tensor) -> Tensor:
    return torch.add_(self.norm_least(y, w, least)[0], x)

  # The rest of layer i, onto the residual x.
  def read_after(self: __torch__.Decoder, o: Tensor, x: Tensor, w: List[Tensor], i: int, layers: int, adapters: List[Tensor], segments: List[int],
                 kinds: List[int], betas: List[float], least: Tensor, none: Tensor) -> Tensor:
    x = self.onto(self.adapt(self.product(o, w[2], w[7]), o, 1, i, layers, adapters, segments, kinds, betas, none), x, w[11], least)
    h, rstd = self.norm_least(x, w[3], least)
    gate, up = torch.chunk(self.adapt(self.product(h, w[4], w[8]), h, 2, i, layers, adapters, segments, kinds, betas, none), 2, 1)
    f = torch.mul_(self.gated(gate), up)                              # [N, F]
    return self.onto(self.adapt(self.product(f, w[5], w[9]), f, 3, i, layers, adapters, segments, kinds, betas, none), x, w[12], least)

  # Layers `first` to `last` - 1 for generation: row i continues the sequence in slot `slot` + i of the caches, which take the new keys and values.
  # Returns what enters the wanted layers, in their order, then what leaves the last one, each [N, H].
  def read(self: __torch__.Decoder, x: Tensor, first: int, last: int,
           weights: List[Tensor],      # of these layers, in the order of `layer`
           adapters: List[Tensor],     # of each adapter those of all layers: A and B of the four groups
           segments: List[int],        # of each segment its adapter, its first token and its tokens
           kinds: List[int],           # of each adapter
           betas: List[float],
           cos: Tensor, sin: Tensor, rows: List[int], past: List[int],
           next: List[Tensor],         # as next_tokens returns them in a step of generation; empty where prompts are read
           slot: int,
           caches: List[Tensor],       # of all layers, [slots, 2 KV, room, D]
           wanted: List[int]           # numbers of layers
           ) -> List[Tensor]:
    streams = annotate(List[Tensor], [])
    layers = len(caches)
    n = len(weights) // (last - first)
    none = torch.new_zeros(x, [0])
    least = self.least(x)
    for i in range(first, last):
      if i in wanted:
        streams.append(x)
      w = weights[(i - first) * n:(i - first + 1) * n]
      cache = torch.narrow(caches[i], 0, slot, len(past))
      h, rstd = self.norm_least(x, w[0], least)
      o = self.read_attention(h, w, i, layers, adapters, segments, kinds, betas, cos, sin, rows, past, next, cache, none)
      x = self.read_after(o, x, w, i, layers, adapters, segments, kinds, betas, least, none)
    streams.append(x)
    return streams

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
