"""What a trace takes on a device: of each operator the longer of moving its bytes and computing its products, and the start of its kernels.

These are computed times, of memory and arithmetic at the rates that a vendor's data sheet gives, and no measurement; a device that was measured corrects
the constants.
"""
import collections
import dataclasses


@dataclasses.dataclass(frozen=True)
class Device:
    """Bytes and operations a second from the data sheet (dense, without sparsity; fp32 outside of the matrix units), seconds to start a kernel."""
    name: str
    bandwidth: float
    bf16: float
    fp32: float
    # Of an operator that TorchScript's interpreter calls; kernels of a graph start faster.
    start: float = 5e-6

    def seconds(self, operator):
        rate = self.bf16 if operator.dtype == "bfloat16" else self.fp32
        return max(operator.bytes / self.bandwidth, operator.operations / rate) + operator.kernels * self.start


DEVICES = {"h100": Device("H100 SXM", 3.35e12, 989e12, 67e12), "a100": Device("A100 80 GB SXM", 2.04e12, 312e12, 19.5e12), "l4": Device("L4", 300e9, 121e12, 30.3e12)}


def seconds(device, operators):
    return sum(device.seconds(operator) for operator in operators)


def costliest(device, operators, count=10):
    """[(name, kernels, seconds)] by what their operators take together."""
    found = collections.defaultdict(lambda: [0, 0.0])
    for operator in operators:
        found[operator.name][0] += operator.kernels
        found[operator.name][1] += device.seconds(operator)
    return sorted(((name, *values) for name, values in found.items()), key=lambda row: -row[2])[:count]
