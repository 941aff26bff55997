"""What is trained beside the frozen weights: forms of an adapter, and all weights.

z = A x, and the projection adds s B phi(z). `paper` is AFA-LoRA's phi (arXiv 2512.22455): beta sigma(z) + (1 - beta) z. silu, relu and gelu obey sigma(z) - sigma(-z) = z,
so sigma(z) = z / 2 + e(z) with e even, and the paper's phi is (1 - beta / 2) z + beta e(z): a linear part whose gain rises from 1/2 to 1, and an even part that vanishes.
"""
import dataclasses
import math

import torch
import torch.nn.functional as F

SIGMA = {"silu": F.silu, "relu": F.relu, "gelu": F.gelu}
# Of the running figures of z, for each step.
MOMENTUM = 0.9


def even(sigma, z):
    return SIGMA[sigma](z) - z / 2


@dataclasses.dataclass(frozen=True)
class Form:
    """One arm. `kind`: lora, ramp, paper, matched, dora, hadamard, sparse, full."""

    kind: str = "lora"
    sigma: str | None = None
    # Where beta reaches 0, as a share of the steps; None: it stays 1, which cannot be merged.
    end: float | None = 0.8
    # e(z / s) s instead of e(z), with the standard deviation s of z.
    scaled: bool = False
    # e less its running mean.
    centred: bool = False
    # Rounds of merge and restart.
    cycles: int = 1
    # Whether the learning rate begins anew when beta is 0.
    warms_again: bool = False
    rslora: bool = False
    alpha: float = 2

    def beta(self, progress):
        if self.sigma is None and self.kind != "ramp":
            return 0.0
        if self.end is None:
            return 1.0
        return max(0.0, 1 - progress / self.end)


class Adapter:
    """Trained values of all replicas of a form, by projection."""

    def __init__(self, form, decoder, rank, seeds, targets=None):
        self.form, self.decoder, self.rank, self.seeds = form, decoder, rank, seeds
        self.beta = form.beta(0)
        self.scale = form.alpha * (math.sqrt(rank) if form.rslora else 1)
        self.keys = [key for key in decoder.projections if form.kind == "full" or targets is None or key[1] in targets]
        self.trained, self.sums, self.places, self.deviation, self.mean, self.figures = {}, {}, {}, {}, {}, None
        self.restart()

    def restart(self, cycle=0):
        """New values. What a round before has learned is added to the weights of each replica."""
        if cycle:
            for key in self.keys:
                delta = self.scale * self.trained[key, "B"].detach() @ self.trained[key, "A"].detach()
                self.sums[key] = self.sums.get(key, 0) + delta
        self.trained = {}
        for index, key in enumerate(self.keys):
            weight = self.decoder.projections[key]
            if self.form.kind == "full":
                self.trained[key, "W"] = weight.repeat(len(self.seeds), 1, 1)
                continue
            bound = 1 / math.sqrt(weight.shape[1])
            draws = [torch.Generator().manual_seed(1_000_003 * seed + 1009 * cycle + index) for seed in self.seeds]
            if self.form.kind == "sparse":
                count = self.rank * sum(weight.shape)
                self.places[key] = torch.stack([torch.randperm(weight.numel(), generator=draw)[:count] for draw in draws])
                self.trained[key, "v"] = torch.zeros(len(self.seeds), count)
                continue
            self.trained[key, "A"] = torch.stack([torch.empty(self.rank, weight.shape[1]).uniform_(-bound, bound, generator=draw) for draw in draws])
            self.trained[key, "B"] = torch.zeros(len(self.seeds), weight.shape[0], self.rank)
            if self.form.kind == "dora":
                self.trained[key, "m"] = weight.norm(dim=1).repeat(len(self.seeds), 1)
        for value in self.trained.values():
            value.requires_grad_(True)

    def project(self, key, x):
        weight = self.decoder.projections[key]
        if (key, "W") in self.trained:
            return x @ self.trained[key, "W"].mT
        if key not in self.keys:
            return x @ weight.T
        if self.form.kind == "sparse":
            added = torch.zeros(len(self.seeds), weight.numel()).scatter(1, self.places[key], self.trained[key, "v"])
            return x @ (weight + self.scale * added.view(-1, *weight.shape)).mT
        a, b = self.trained[key, "A"], self.trained[key, "B"]
        if self.form.kind == "dora":
            whole = weight + self.scale * b @ a
            return x @ (whole * (self.trained[key, "m"] / whole.norm(dim=2).detach()).unsqueeze(2)).mT
        if self.form.kind == "hadamard":
            return x @ (weight * (1 + self.scale / weight.square().mean().sqrt() * b @ a)).mT
        frozen = x @ (weight.T if key not in self.sums else (weight + self.sums[key]).mT)
        return frozen + self.scale * self.phi(key, x @ a.mT) @ b.mT

    def phi(self, key, z):
        form = self.form
        if form.kind == "ramp":
            return (1 - self.beta / 2) * z
        if form.sigma is None or self.beta == 0:
            return z
        if form.scaled:
            self.deviation[key] = self.running(self.deviation.get(key), z.detach().std(dim=(1, 2), keepdim=True))
            bent = self.deviation[key] * even(form.sigma, z / self.deviation[key])
        else:
            bent = even(form.sigma, z)
        if form.centred:
            self.mean[key] = self.running(self.mean.get(key), bent.detach().mean(dim=1, keepdim=True))
            bent = bent - self.mean[key]
        if self.figures is not None:
            self.note(key, z, bent)
        return z * (1 - self.beta / 2) + self.beta * bent if form.kind == "paper" else z + 2 * self.beta * bent

    def running(self, kept, new):
        if kept is None or not torch.is_grad_enabled():
            return new if kept is None else kept
        return MOMENTUM * kept + (1 - MOMENTUM) * new

    def note(self, key, z, bent):
        """Standard deviation of z, and the share of the variance of what is multiplied with B that is even."""
        linear = z * (1 - self.beta / 2) if self.form.kind == "paper" else z
        part = self.beta * bent * (1 if self.form.kind == "paper" else 2)
        share = part.var() / (linear.var() + part.var())
        self.figures.append((key, z.std().item(), share.item()))
