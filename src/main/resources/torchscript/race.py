# The draw of next tokens as a race: token v arrives at the time E[v] / p[v] with E exponential, and the first one is drawn. That has the probabilities p,
# and is argmax of log p - log E (Gumbel-max). E depends only on seed, position and token: who draws from other probabilities with the same E mostly
# draws the same token (drafter-invariant sampling, arXiv 2408.07978).
#
# M sequences   V tokens   W columns of a grid [16, W] with the tokens in row order; its last places may be empty
class Race(Module):
  __parameters__ = []
  __buffers__ = []

  # Token ids as the noise needs them: odd numbers, a different one for each id, with all bits stirred (murmur3's scheme). A shift of int32 is arithmetic,
  # so its result is masked; the masks leave the last bit as it is.
  def stirred(self: __torch__.Race,
              ids: Tensor            # [16, W]      int64, below 2^30
              ) -> Tensor:           # [16, W]      int32
    x = ids.to(3) * 2 + 1
    x = torch.bitwise_xor(x, torch.bitwise_and(torch.bitwise_right_shift(x, 16), 65534)) * 569420461
    x = torch.bitwise_xor(x, torch.bitwise_and(torch.bitwise_right_shift(x, 15), 131070)) * 1935289751
    return torch.bitwise_xor(x, torch.bitwise_and(torch.bitwise_right_shift(x, 15), 131070))

  # Random bits: odd numbers from 1 to 2^31 - 1. Exact in integers, so equal on all devices; modulo 2^32, x (2x + 1) of RC6 is a bijection whose high bits
  # depend on all of x.
  def noise(self: __torch__.Race,
            keys: Tensor,            # [2, M, 1, 1] int64, of 32 bits: even, odd
            stirred: Tensor          # [16, W]      int32
            ) -> Tensor:             # [M, 16, W]   int32
    words = keys.to(3)
    x = torch.bitwise_xor(stirred, words[0])
    unused = torch.mul_(x, words[1])
    unused = torch.addcmul_(x, x, x, value=2)
    return torch.abs_(x)

  # Uniform numbers t: (j + 1/2) 2^-30 with 30 random bits j, in fp32. Near 0, where races are decided, no bit is lost: the probability of a token is off by
  # about 2^-31 at most, beside rounding. The factor is the fp32 number before 2^-31, with which no t is rounded to 1.
  def uniform(self: __torch__.Race, noise: Tensor) -> Tensor:
    return noise.to(6) * 4.656612595521636e-10

  # Scores and indices of the winners: E = -log(1 - t).
  def race(self: __torch__.Race,
           scores: Tensor,           # [M, N]       log p, or log p plus a constant; -inf never wins
           t: Tensor                 # [M, N]       between 0 and 1
           ) -> Tuple[Tensor, Tensor]:   # [M, 1] each: as scores, int64
    times = torch.log_(torch.neg_(torch.log1p_(torch.neg(t))))
    return torch.max(scores - times, -1, keepdim=True)

  # Their indices alone.
  def winners(self: __torch__.Race, scores: Tensor, t: Tensor) -> Tensor:
    return torch.squeeze(self.race(scores, t)[1], 1)                         # [M]          int64

  # The tokens drawn. As E > t, no token scores more than the largest score of its column of the grid - log of the smallest t. So only the 24 columns with the
  # highest bounds race, which almost always have the winner; otherwise all columns do whose bound exceeds the best score found.
  def draw(self: __torch__.Race,
           logits: Tensor,           # [M, V]       -inf for tokens that filters took away
           temperature: Tensor,      # [M, 1]       above 0
           keys: Tensor,             # [2, M, 1, 1] int64, of 32 bits: even, odd
           stirred: Tensor           # [16, W]      int32
           ) -> Tensor:              # [M]          int64, indices of logits
    rows, width = stirred.size()
    missing = rows * width - logits.size(1)
    if missing > 0:
      logits = torch.constant_pad_nd(logits, [0, missing], -inf)             # [M, 16 W]
    noise = self.noise(keys, stirred)                                        # [M, 16, W]
    least = torch.amin(noise, [1]).to(6) * 4.656e-10                         # [M, W]       less than t by more than rounding
    largest = torch.amax(logits.view(noise.size()), [1]) / temperature       # [M, W]
    bounds = torch.sub_(largest, torch.log_(least))                          # [M, W]
    begins = torch.arange(0, rows * width, width, device=logits.device)
    noise = torch.flatten(noise, 1)                                          # [M, 16 W]
    count = min(24, width)
    highest, columns = torch.topk(bounds, count, -1)                         # [M, count] each
    best, tokens = self.draw_among(columns, begins, logits, temperature, noise)
    if bool(torch.any(torch.lt(best, torch.narrow(highest, 1, count - 1, 1)))):
      count = int(torch.amax(torch.sum(torch.gt(bounds, best), -1)))
      _, tokens = self.draw_among(torch.topk(bounds, max(count, 1), -1)[1], begins, logits, temperature, noise)
    return torch.squeeze(tokens, 1)

  # The best scores among all tokens of these columns, and their tokens.
  def draw_among(self: __torch__.Race,
                 columns: Tensor,        # [M, K]       int64
                 begins: Tensor,         # [16]         int64, of the rows
                 logits: Tensor,         # [M, 16 W]
                 temperature: Tensor,    # [M, 1]
                 noise: Tensor           # [M, 16 W]
                 ) -> Tuple[Tensor, Tensor]:   # [M, 1] each: fp32, int64
    tokens = torch.flatten(torch.add(torch.unsqueeze(columns, 2), begins), 1)  # [M, 16 K]
    scores = torch.gather(logits, 1, tokens) / temperature
    best, winner = self.race(scores, self.uniform(torch.gather(noise, 1, tokens)))
    return (best, torch.gather(tokens, 1, winner))
