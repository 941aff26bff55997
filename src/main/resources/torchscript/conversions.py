# Bytes to tensors and back, and one element type to another. Type codes: 0 uint8, 4 int64, 5 fp16, 6 fp32, 7 fp64, 15 bf16.
class Conversions(Module):
  __parameters__ = []
  __buffers__ = []

  # x uint8 [bytes], on the host. Copies, so the bytes may go away. view.dtype is not callable from TorchScript, its copying sister is.
  def of_bytes(self: __torch__.Conversions, x: Tensor, code: int, shape: List[int], device: str) -> Tensor:
    return torch.to(torch.view(torch.view_copy(x, dtype=code), shape), torch.device(device))

  # x itself where it lies there already.
  def on_host(self: __torch__.Conversions, x: Tensor) -> Tensor:
    return torch.to(x, torch.device("cpu"))

  def bytes_of(self: __torch__.Conversions, x: Tensor) -> Tensor:
    return torch.view_copy(torch.reshape(x, [-1]), dtype=0)           # [bytes]

  # Bytes of the elements begin to end, in row order.
  def bytes_of_part(self: __torch__.Conversions, x: Tensor, begin: int, end: int) -> Tensor:
    return torch.view_copy(torch.view(x, [-1])[begin:end], dtype=0)   # [bytes]

  # Overwrites the elements of x from begin on, in row order.
  def overwrite(self: __torch__.Conversions, x: Tensor, begin: int, values: Tensor) -> Tensor:
    return torch.copy_(torch.view(x, [-1])[begin:begin + values.size(0)], values)

  def to(self: __torch__.Conversions, x: Tensor, code: int) -> Tensor:
    return torch.to(x, code, copy=True)

  def zeros(self: __torch__.Conversions, shape: List[int], code: int, device: str) -> Tensor:
    return torch.zeros(shape, dtype=code, device=torch.device(device))
