# Takes every kind of argument that the engine passes.
class Arguments(Module):
  __parameters__ = []
  __buffers__ = []
  gain : float
  least : int

  def weigh(self: __torch__.Arguments, xs: List[Tensor], span: List[int], times: int, factor: float, sliced: bool) -> Tensor:
    y = xs[0] + xs[1]
    if sliced:
      y = y[span[0]:span[1]]
    return y * (self.gain * factor * times)

  def halves(self: __torch__.Arguments, x: Tensor) -> List[Tensor]:
    assert x.size(0) % self.least == 0, "needs an even length"
    return [x[:x.size(0) // 2], x[x.size(0) // 2:]]
