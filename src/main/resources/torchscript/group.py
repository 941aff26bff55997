# Tensors of several processes, combined by libtorch's c10d under the name of an open group. Each call waits for all ranks.
class Group(Module):
  __parameters__ = []
  __buffers__ = []

  def open(self: __torch__.Group, name: str, meeting: str, file: str, host: str, port: int, rank: int, size: int, address: str, timeout_ms: int) -> Tensor:
    ops.anneal.open_group(name, meeting, file, host, port, rank, size, address, timeout_ms)
    return torch.zeros([0])

  def close(self: __torch__.Group, name: str) -> Tensor:
    ops.anneal.close_group(name)
    return torch.zeros([0])

  # In place, the sums of all ranks: the same bits on each of them. A wait whose result is not used would be taken for dead code.
  def sum(self: __torch__.Group, name: str, tensors: List[Tensor]) -> List[Tensor]:
    sums = annotate(List[Tensor], [])
    for t in ops._c10d_functional.all_reduce_coalesced_(tensors, "sum", name):
      unused = torch.append(sums, ops._c10d_functional.wait_tensor(t))
    return sums

  # In place, the tensor of rank `source`.
  def broadcast(self: __torch__.Group, name: str, t: Tensor, source: int) -> Tensor:
    return ops._c10d_functional.wait_tensor(ops._c10d_functional.broadcast_(t, source, name))

  # Overwrites `out` with the tensors of all ranks, which have one shape, one after another.
  def gather_into(self: __torch__.Group, name: str, t: Tensor, size: int, out: Tensor) -> Tensor:
    return ops._c10d_functional.wait_tensor(ops._c10d_functional.all_gather_into_tensor_out(t, size, name, out=out))

  # The tensors of all ranks, which have one shape, one after another.
  def gather(self: __torch__.Group, name: str, t: Tensor, size: int) -> Tensor:
    return ops._c10d_functional.wait_tensor(ops._c10d_functional.all_gather_into_tensor(t, size, name))
