# What next tokens are chosen from: temperature, top-k, top-p and min-p, each with a value of its own for every sequence, in this order and with the rules of
# transformers' generate. fp32. race.py draws tokens.
#
# M sequences   V vocabulary
class Sampling(Module):
  __parameters__ = []
  __buffers__ = []

  # Logits of some sequences.
  def rows(self: __torch__.Sampling,
           logits: Tensor,        # [M, V]
           at: Tensor             # [N]      int64
           ) -> Tensor:           # [N, V]
    return torch.index_select(logits, 0, at)

  # Logits at a temperature of what the filters leave, -inf elsewhere. Tokens that tie with the k-th largest stay.
  def filtered(self: __torch__.Sampling,
               logits: Tensor,        # [M, V]
               temperature: Tensor,   # [M, 1]   above 0
               top_k: Tensor,         # [M, 1]   int64, 1 to V
               top_p: Tensor,         # [M, 1]   1 to keep all
               min_p: Tensor          # [M, 1]   0 to keep all
               ) -> Tensor:           # [M, V]
    scores = logits / temperature
    ascending, order = torch.sort(scores, -1)                         # [M, V]
    least = torch.gather(ascending, 1, ascending.size(1) - top_k)     # [M, 1]
    ascending = torch.masked_fill(ascending, torch.lt(ascending, least), -inf)
    p = torch.softmax(ascending, -1)
    gone = torch.le(torch.cumsum(p, -1), 1. - top_p)
    unused = torch.fill_(gone[:, -1:], False)
    gone = torch.logical_or(gone, torch.lt(p, min_p * p[:, -1:]))
    return torch.scatter_(scores, 1, order, torch.masked_fill(ascending, gone, -inf))

  # The most likely tokens; of equal ones the first.
  def largest(self: __torch__.Sampling, logits: Tensor) -> Tensor:
    return torch.argmax(logits, -1)                                   # [M]      int64

  # Log-probabilities as the model gives them, at temperature 1 and without filters.
  def logprobs(self: __torch__.Sampling, logits: Tensor) -> Tensor:
    return torch.log_softmax(logits, -1)                              # [M, V]

  # Those of the tokens that were chosen.
  def logprobs_of(self: __torch__.Sampling,
                  logprobs: Tensor,      # [M, V]
                  tokens: Tensor         # [M, 1]   int64
                  ) -> Tensor:           # [M, 1]
    return torch.gather(logprobs, 1, tokens)

  # The most likely tokens and their log-probabilities, most likely first.
  def most_likely(self: __torch__.Sampling,
                  logprobs: Tensor,      # [M, V]
                  count: int
                  ) -> List[Tensor]:     # [M, count] each: fp32, int64
    values, tokens = torch.topk(logprobs, count, -1)
    return [values, tokens]
