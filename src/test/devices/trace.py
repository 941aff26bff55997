"""What a program asks of a GPU, counted on pretended CUDA tensors: kernels, synchronisations, bytes and floating-point operations of each operator."""
import contextlib
import dataclasses

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils import _pytree, flop_counter
from torch.utils._python_dispatch import TorchDispatchMode

# Operators that start no kernel: they name memory.
WITHOUT_KERNEL = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "_unsafe_view", "detach", "alias", "lift_fresh", "set_"}
# Kernels of operators that start more than one; an accumulating index_put sorts its indices by radix.
KERNELS = {"index_put_": 8, "_index_put_impl_": 8, "sort": 6, "topk": 4, "cumsum": 2, "linalg_vector_norm": 1, "bernoulli_": 1}
# Operators whose result the host waits for.
SYNCHRONISING = {"_local_scalar_dense", "nonzero", "is_nonzero", "equal", "masked_select"}
# Operators that touch as much of a large tensor as the small one has.
PARTIAL = {"embedding", "index_select", "gather", "index_copy_"}


@dataclasses.dataclass(frozen=True)
class Operator:
    """One call of an operator that starts kernels. Bytes are of its tensors, each read or written once."""
    name: str
    dtype: str
    kernels: int
    bytes: int
    operations: int


class Trace(TorchDispatchMode):
    """Records the operators that are called within it."""

    def __init__(self):
        super().__init__()
        self.operators = []
        self.synchronisations = 0

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        out = function(*arguments, **(keywords or {}))
        name = function.overloadpacket.__name__
        tensors = [each for each in _pytree.tree_leaves((arguments, keywords, out)) if isinstance(each, torch.Tensor)]
        devices = {each.device.type for each in tensors}
        if name in SYNCHRONISING or (devices == {"cpu", "cuda"} and name in ("copy_", "_to_copy")):
            self.synchronisations += 1
        rewritten = name == "copy_" and arguments[2:] == (True,)
        if function.namespace == "aten" and "cuda" in devices and not function.is_view and name not in WITHOUT_KERNEL and not rewritten:
            sizes = [each.numel() * each.element_size() for each in tensors]
            moved = 2 * min(sizes) if name in PARTIAL else sum(sizes)
            self.operators.append(Operator(name, dtype_of(out, tensors), KERNELS.get(name, 1), moved, operations(function, arguments, keywords or {}, out)))
        return out


def dtype_of(out, tensors):
    first = out if isinstance(out, torch.Tensor) else tensors[0]
    return str(first.dtype).removeprefix("torch.")


def operations(function, arguments, keywords, out):
    """Of products; others are bound by memory. Of attention two products forward and five backward, half of which a causal mask leaves."""
    name = function.overloadpacket.__name__
    if name.startswith("_flash_attention"):
        first = int(name.endswith("backward"))
        query, begins = arguments[first], arguments[first and 6 or 3]
        longest = arguments[first and 8 or 5] * arguments[first and 9 or 6]
        return (5 if first else 2) * (begins.size(0) - 1) * longest * query.size(1) * query.size(2)
    formula = flop_counter.flop_registry.get(function.overloadpacket)
    return formula(*arguments, **keywords, out_val=out) if formula else 0


@contextlib.contextmanager
def pretended_gpu():
    """Tensors with the device `cuda` have shapes and no values within it."""
    torch.set_grad_enabled(False)
    torch._C._set_graph_executor_optimize(False)
    torch.cuda._lazy_init = lambda: None                              # there is none
    with FakeTensorMode():
        yield


def of(action):
    """The trace of an action within `pretended_gpu`."""
    with Trace() as trace:
        action()
    return trace
