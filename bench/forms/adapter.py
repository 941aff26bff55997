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


def hadamard(order):
    """Sylvester's matrix of a power of two: its rows are orthogonal."""
    matrix = torch.ones(1, 1)
    while len(matrix) < order:
        matrix = torch.cat((torch.cat((matrix, matrix), dim=1), torch.cat((matrix, -matrix), dim=1)))
    return matrix


def even(sigma, z):
    return SIGMA[sigma](z) - z / 2


@dataclasses.dataclass(frozen=True)
class Form:
    """One arm. `kind`: lora, ramp, paper, matched, dora, hadamard, square, sparse, full."""

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
    # A and B consist of so many blocks along their diagonals, each of the whole rank, and z is dealt out to the blocks of B: rank and number of values of z are as many
    # times as large, the number of trained values is the same.
    blocks: int = 1
    # The outputs are in so many groups, and each sees x with other signs: A of a group is A times its signs, drawn once, so that what A maps to the same values for one group
    # it does not for the others. With as many trained values as LoRA the result is a LoRA of so many times the rank.
    groups: int = 1
    # Whether inputs have their signs by blocks, as many as there are groups, from the rows of a Hadamard matrix: products of A and the blocks then serve all groups.
    by_blocks: bool = False
    # How A begins: random, or with the directions in which the weights' gradient is largest, or A and B with those of the weights, which are subtracted from these.
    start: str = "random"
    # Of B's learning rate, in A's.
    rate_of_b: float = 1
    alpha: float = 2

    def beta(self, progress):
        if self.sigma is None and self.kind != "ramp":
            return 0.0
        if self.end is None:
            return 1.0
        return max(0.0, 1 - progress / self.end)


class Adapter:
    """Trained values of all replicas of a form, by projection."""

    def __init__(self, form, decoder, rank, seeds, targets=None, gradients=None):
        """`gradients` of the weights by projection, where the form starts with them."""
        self.form, self.decoder, self.rank, self.seeds, self.gradients = form, decoder, rank, seeds, gradients
        self.beta = form.beta(0)
        self.scale = form.alpha * (math.sqrt(rank) if form.rslora else 1)
        self.keys = [key for key in decoder.projections if form.kind == "full" or targets is None or key[1] in targets]
        self.trained, self.sums, self.places, self.deviation, self.mean, self.figures = {}, {}, {}, {}, {}, None
        self.restart()

    def restart(self, cycle=0):
        """New values. What a round before has learned is added to the weights of each replica."""
        if cycle:
            for key in self.keys:
                self.add(key, self.product(key).detach())
        self.trained = {}
        for index, key in enumerate(self.keys):
            draws = [torch.Generator().manual_seed(1_000_003 * seed + 1009 * cycle + index) for seed in self.seeds]
            self.trained.update({(key, name): value for name, value in self.begin(key, draws).items()})
        for value in self.trained.values():
            value.requires_grad_(True)

    def begin(self, key, draws):
        """New values of a projection; what is added to its weights is 0 with them."""
        form, weight, replicas = self.form, self.decoder.projections[key], len(self.seeds)
        out, width = weight.shape
        if form.kind == "full":
            return {"W": weight.repeat(replicas, 1, 1)}
        if form.kind == "sparse":
            count = self.rank * (out + width)
            self.places[key] = torch.stack([torch.randperm(weight.numel(), generator=draw)[:count] for draw in draws])
            return {"v": torch.zeros(replicas, count)}
        if form.kind == "square":
            side = math.isqrt(self.rank * (out + width))
            return {"M": torch.zeros(replicas, side, side)}
        bound = 1 / math.sqrt(width)
        values = {
            "A": torch.stack([torch.empty(self.rank, width).uniform_(-bound, bound, generator=draw) for draw in draws]),
            "B": torch.zeros(replicas, out, self.rank),
        }
        if form.kind == "dora":
            values["m"] = weight.norm(dim=1).repeat(replicas, 1)
        if form.start == "gradient":
            # With the norm that random rows have.
            values["A"] = torch.linalg.svd(self.gradients[key], full_matrices=False).Vh[:self.rank].repeat(replicas, 1, 1) / math.sqrt(3)
        if form.start == "principal":
            left, sizes, right = torch.linalg.svd(weight, full_matrices=False)
            roots = (sizes[:self.rank] / self.scale).sqrt()
            values["A"] = (roots.unsqueeze(1) * right[:self.rank]).repeat(replicas, 1, 1)
            values["B"] = (left[:, :self.rank] * roots).repeat(replicas, 1, 1)
            self.add(key, -self.scale * values["B"] @ values["A"])
        return values

    def rates(self):
        """Of each trained value, as a multiple of the learning rate."""
        return [self.form.rate_of_b if name == "B" else 1.0 for _, name in self.trained]

    def add(self, key, delta):
        self.sums[key] = self.sums.get(key, 0) + delta

    def product(self, key):
        return self.scale * self.trained[key, "B"] @ self.trained[key, "A"]

    def project(self, key, x):
        if key not in self.keys:
            return x @ self.decoder.projections[key].T
        if self.form.kind in ("full", "sparse", "dora", "hadamard"):
            return x @ self.weight(key).mT
        frozen = x @ (self.decoder.projections[key].T if key not in self.sums else (self.decoder.projections[key] + self.sums[key]).mT)
        if self.form.kind == "square":
            return frozen + self.scale * self.squared(key, x, frozen.shape[2])
        return frozen + self.scale * self.blocked(key, x)

    def weight(self, key):
        """Of a form that changes the weights themselves: [replicas, out, in]."""
        weight = self.decoder.projections[key]
        if self.form.kind == "full":
            return self.trained[key, "W"]
        if self.form.kind == "sparse":
            added = torch.zeros(len(self.seeds), weight.numel()).scatter(1, self.places[key], self.trained[key, "v"])
            return weight + self.scale * added.view(-1, *weight.shape)
        if self.form.kind == "hadamard":
            return weight * (1 + self.product(key) / weight.square().mean().sqrt())
        whole = weight + self.product(key)
        return whole * (self.trained[key, "m"] / whole.norm(dim=2).detach()).unsqueeze(2)

    def squared(self, key, x, out):
        """x in pieces of M's side, each turned by the angles of its place and multiplied with M; the results one after the other, and again until there are enough."""
        side = self.trained[key, "M"].shape[1]
        count = -(-x.shape[2] // side)
        pieces = F.pad(x, (0, count * side - x.shape[2])).unflatten(2, (count, side))
        angles = torch.outer(torch.arange(count), 10_000 ** (-torch.arange(side // 2) / (side // 2)))
        even_, odd, rest = pieces[..., 0:side // 2 * 2:2], pieces[..., 1:side // 2 * 2:2], pieces[..., side // 2 * 2:]
        turned = torch.cat((even_ * angles.cos() - odd * angles.sin(), even_ * angles.sin() + odd * angles.cos(), rest), dim=3)
        result = (turned.flatten(1, 2) @ self.trained[key, "M"].mT).unflatten(1, (x.shape[1], count)).flatten(2)
        return result.repeat(1, 1, -(-out // result.shape[2]))[..., :out]

    def blocked(self, key, x):
        """B phi(A x), with A and B in blocks."""
        a, b, blocks = self.trained[key, "A"], self.trained[key, "B"], self.form.blocks
        if self.form.groups > 1:
            return self.grouped(key, x, a, b)
        if blocks == 1:
            return self.phi(key, x @ a.mT) @ b.mT
        z = torch.einsum("ptni,prni->ptnr", x.unflatten(2, (blocks, -1)), a.unflatten(2, (blocks, -1)))
        dealt = self.phi(key, z.flatten(2)).unflatten(2, (blocks, blocks, -1)).transpose(2, 3).flatten(3)
        return torch.einsum("ptnr,pnor->ptno", dealt, b.unflatten(1, (blocks, -1))).flatten(2)

    def grouped(self, key, x, a, b):
        groups = self.form.groups
        if self.form.by_blocks:
            products = torch.einsum("ptgi,prgi->ptgr", x.unflatten(2, (groups, -1)), a.unflatten(2, (groups, -1)))
            z = self.phi(key, torch.einsum("hg,ptgr->pthr", hadamard(groups), products).flatten(2))
        else:
            z = self.phi(key, x @ (a.unsqueeze(1) * self.signs(key)).flatten(1, 2).mT)
        z = z.unflatten(2, (groups, -1))
        return torch.einsum("ptgr,pgor->ptgo", z, b.unflatten(1, (groups, -1))).flatten(2)

    def signs(self, key):
        """Of each group and input, the same for all replicas: [groups, 1, in]."""
        if key not in self.places:
            width = self.decoder.projections[key].shape[1]
            draw = torch.Generator().manual_seed(self.keys.index(key))
            self.places[key] = torch.randint(0, 2, (self.form.groups, 1, width), generator=draw) * 2.0 - 1
        return self.places[key]

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
