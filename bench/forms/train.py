"""Trains replicas of a form, each with its learning rate and seed, and measures them."""
import math
import random

import torch

from .adapter import Adapter, Form

WARM_UP = 0.03
BETAS = (0.9, 0.999)
EPSILON = 1e-8
MOST_NORM = 1.0
# The loss of a training that ended without one.
DIVERGED = 99.0


def padded(batches):
    """Rows of all replicas as [replicas, rows, longest]."""
    longest = max(len(ids) for batch in batches for ids, _ in batch)
    tokens = torch.zeros(len(batches), len(batches[0]), longest, dtype=torch.long)
    labels = torch.full_like(tokens, -100)
    for replica, batch in enumerate(batches):
        for row, (ids, wanted) in enumerate(batch):
            tokens[replica, row, :len(ids)] = torch.tensor(ids)
            labels[replica, row, :len(ids)] = torch.tensor(wanted)
    return tokens, labels


def order(rows, seed, steps, batch):
    """The rows of each step: epochs in an order of their own, one after the other."""
    draw = random.Random(seed)
    pool = []
    for _ in range(steps):
        if len(pool) < batch:
            epoch = list(range(len(rows)))
            draw.shuffle(epoch)
            pool = pool + epoch
        yield [rows[index] for index in pool[:batch]]
        pool = pool[batch:]


def factor(step, steps, form):
    """Of the learning rate: linear warm-up, then linearly to 0, in each cycle, and once more where beta has become 0."""
    length = steps // form.cycles
    within = step % length
    if form.warms_again:
        linear = math.ceil(form.end * length)
        within, length = (within, linear) if within < linear else (within - linear, length - linear)
    warm = max(1, round(WARM_UP * length))
    return (within + 1) / warm if within < warm else (length - within) / (length - warm)


class Optimizer:
    """AdamW without weight decay, a learning rate for each replica, and gradients clipped for each."""

    def __init__(self, values, factors, rates):
        """`factors` of the learning rate by value, `rates` by replica."""
        self.values, self.factors, self.rates, self.count = list(values), factors, rates, 0
        self.first = [torch.zeros_like(value) for value in self.values]
        self.second = [torch.zeros_like(value) for value in self.values]

    @torch.no_grad()
    def step(self, scale):
        self.count += 1
        gradients = [value.grad for value in self.values]
        norms = sum(gradient.flatten(1).square().sum(1) for gradient in gradients).sqrt()
        clip = (MOST_NORM / (norms + 1e-6)).clamp(max=1)
        root = math.sqrt(1 - BETAS[1] ** self.count)
        for value, factor_, gradient, first, second in zip(self.values, self.factors, gradients, self.first, self.second):
            shape = (-1,) + (1,) * (value.dim() - 1)
            gradient.mul_(clip.view(shape))
            first.lerp_(gradient, 1 - BETAS[0])
            second.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
            value.sub_((self.rates * factor_ * scale / (1 - BETAS[0] ** self.count)).view(shape) * first / (second.sqrt() / root + EPSILON))
            value.grad = None


def weight_gradients(decoder, task, count=128):
    """Gradients of the frozen weights, of the mean loss of the first rows."""
    whole = Adapter(Form("full"), decoder, None, [0])
    sums, counts, _ = decoder.losses(*padded([task.train[:count]]), whole.project)
    (sums / counts).sum().backward()
    return {key: whole.trained[key, "W"].grad[0] for key in whole.keys}


def train(decoder, form, task, rank, rates, seeds):
    """The trained adapter of a replica for each pair of rate and seed."""
    adapter = Adapter(form, decoder, rank, seeds, task.targets, weight_gradients(decoder, task) if form.start == "gradient" else None)
    rates = torch.tensor(rates)
    orders = [order(task.train, seed, task.steps, task.batch) for seed in seeds]
    cycle, length = 0, task.steps // form.cycles
    optimizer = Optimizer(adapter.trained.values(), adapter.rates(), rates)
    for step in range(task.steps):
        if step // length != cycle and step < length * form.cycles:
            cycle = step // length
            adapter.restart(cycle)
            optimizer = Optimizer(adapter.trained.values(), adapter.rates(), rates)
        adapter.beta = form.beta(step % length / length)
        tokens, labels = padded([next(each) for each in orders])
        sums, counts, _ = decoder.losses(tokens, labels, adapter.project)
        (sums / counts).sum().backward()
        optimizer.step(factor(step, task.steps, form))
    adapter.beta = 0.0 if form.end is not None else 1.0
    return adapter


@torch.no_grad()
def measure(decoder, adapter, rows, size=64):
    """Mean loss of a label for each replica."""
    sums, counts = 0, 0
    for begin in range(0, len(rows), size):
        batch = rows[begin:begin + size]
        tokens, labels = padded([batch] * len(adapter.seeds))
        total, count, _ = decoder.losses(tokens, labels, adapter.project)
        sums, counts = sums + total, counts + count
    return [loss if math.isfinite(loss) else DIVERGED for loss in (sums / counts).tolist()]
