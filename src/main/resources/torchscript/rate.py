# How fast the device multiplies.
class Rate(Module):
  __parameters__ = []
  __buffers__ = []

  # `times` products of tokens with a frozen matrix.
  def products(self: __torch__.Rate,
               x: Tensor,         # [N, H]
               weight: Tensor,    # [W, H]
               out: Tensor,       # [N, W]    overwritten
               times: int) -> Tensor:
    for i in range(times):
      unused = torch.mm(x, torch.t(weight), out=out)
    return out[:1, :1]
