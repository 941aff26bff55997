"""The same decoder in plain PyTorch, differentiated by autograd: in fp64 on the CPU what the programs are held against."""
import torch
from torch.nn import functional

import engine


def norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight


def rotated(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def phi(z, kind, beta):
    sigma = (functional.relu, functional.silu, functional.gelu)[kind % 3](z)
    return beta * (2 * sigma if kind > 2 else sigma) + (1 - beta) * z


def adapted(x, weight, a, b, parts, rank, kind, beta):
    """x W^T + s phi(A x) B^T of a group whose A are stacked and whose B lie one under another."""
    z = phi(functional.linear(x, a), kind, beta)
    outs, at = [], 0
    for number in range(len(parts) // 2):
        size = parts[2 * number + 1] - parts[2 * number]
        outs.append(functional.linear(z[:, number * rank:(number + 1) * rank], b[at:at + size]))
        at += size
    return functional.linear(x, weight) + engine.SCALE * torch.cat(outs, 1)


def attention(qkv, shape, rows, cos, sin):
    outs, begin = [], 0
    for row in rows:
        own, turn = qkv[begin:begin + row].view(row, -1, shape.head), slice(begin, begin + row)
        q, k, v = own.split([shape.heads, shape.key_heads, shape.key_heads], 1)
        q, k = rotated(q, cos[turn], sin[turn]), rotated(k, cos[turn], sin[turn])
        k, v = (each.repeat_interleave(shape.heads // shape.key_heads, 1) for each in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q, k) * shape.head ** -0.5
        scores = scores + torch.full_like(scores[0], float("-inf")).triu(1)
        outs.append(torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(row, -1))
        begin += row
    return torch.cat(outs)


def loss_and_gradients(model, ids, rows, beta):
    """Loss and gradients of all A and of all B of an engine.Model, in fp64 on the CPU, from its own weights as they are rounded."""
    shape, rank = model.shape, model.rank

    def exact(tensor):
        return tensor.detach().to("cpu", torch.float64)

    # The decoder multiplies with A rounded to its own type, and with s B.
    with torch.enable_grad():
        a = [exact(tensor.to(model.dtype)).requires_grad_() for tensor in model.a]
        b = [(exact((tensor * engine.SCALE).to(model.dtype)) / engine.SCALE).requires_grad_() for tensor in model.b]
        positions = torch.cat([torch.arange(row) for row in rows])
        angles = (positions.float()[:, None] * model.frequencies.cpu()).to(torch.float64)
        cos, sin = (each.to(torch.float32).to(model.dtype).to(torch.float64)[:, None] for each in (angles.cos(), angles.sin()))
        x = exact(model.table)[ids.cpu()]
        parts = [parts for _, _, parts in shape.groups()]
        for layer in range(shape.layers):
            weights = [exact(tensor) for tensor in model.layers[layer][:6]]

            def group(x, number, weight):
                return adapted(x, weight, a[4 * layer + number], b[4 * layer + number], parts[number], rank, model.kind, beta)

            x = x + group(attention(group(norm(x, weights[0]), 0, weights[1]), shape, rows, cos, sin), 1, weights[2])
            gate, up = group(norm(x, weights[3]), 2, weights[4]).chunk(2, 1)
            x = x + group(functional.silu(gate) * up, 3, weights[5])
        logits = functional.linear(norm(x, exact(model.norm)), exact(model.table))
        losses, begin = [], 0
        for row in rows:
            losses.append(functional.cross_entropy(logits[begin:begin + row - 1], ids.cpu()[begin + 1:begin + row], reduction="sum"))
            begin += row
        loss = sum(losses)
        loss.backward()
    return loss.item(), torch.cat([each.grad.flatten() for each in a]), torch.cat([each.grad.flatten() for each in b])
