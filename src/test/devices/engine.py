"""Training steps of the engine's programs in Python, as DecoderModel, TrainingPass and AdamW call them in Java, on one thread.

Weights are random; nothing depends on their values but rounding. Shapes are those of `decoder/layer.py`.
"""
import dataclasses

import torch

import programs

SCALE = 2.0
# Numbers of activations in program text.
SILU, MATCHED_RELU = 1, 3
GROUPS = 4


@dataclasses.dataclass(frozen=True)
class Shape:
    """A model's sizes."""
    name: str
    hidden: int
    feed_forward: int
    heads: int
    key_heads: int
    head: int
    layers: int
    vocabulary: int

    def groups(self):
        """Of each group of projections: inputs, outputs, and begin and end of each projection among the outputs."""
        query, keys = self.heads * self.head, self.key_heads * self.head
        feed_forward = self.feed_forward
        return [(self.hidden, query + 2 * keys, [0, query, query, query + keys, query + keys, query + 2 * keys]),
                (query, self.hidden, [0, self.hidden]),
                (self.hidden, 2 * feed_forward, [0, feed_forward, feed_forward, 2 * feed_forward]),
                (feed_forward, self.hidden, [0, self.hidden])]

    def layer_weights(self):
        return sum(into * out for into, out, _ in self.groups())

    def operations(self, rows):
        """Floating-point operations of a step in which all tokens are trained: two products of each frozen weight forward and backward, and attention."""
        tokens = sum(rows)
        frozen = 4 * (self.layers * self.layer_weights() + self.vocabulary * self.hidden) * tokens
        attention = sum(14 * self.layers * self.heads * self.head * row * row / 2 for row in rows)
        return frozen + attention


SHAPES = {"135m": Shape("SmolLM2-135M", 576, 1536, 9, 3, 64, 30, 49152), "1b": Shape("Llama-3.2-1B", 2048, 8192, 32, 8, 64, 16, 128256),
          "8b": Shape("Llama-3.1-8B", 4096, 14336, 32, 8, 128, 32, 128256)}


@dataclasses.dataclass(frozen=True)
class Limits:
    """As DeviceLimits."""
    micro_batch: int = 4096
    block: int = 512
    chunk: int = 512
    few: int = 256


class Model:
    """Frozen weights, an adapter on all projections, and its optimizer. Without a seed nothing has values that matter, as on a device that is pretended."""

    def __init__(self, shape, dtype, device, limits=Limits(), rank=16, seed=1, rewritten=None, fused=None, kind=SILU):
        # As DecoderProgram decides, unless it is said.
        self.fused = device != "cpu" and dtype == torch.bfloat16 if fused is None else fused
        self.shape, self.dtype, self.device, self.limits, self.rank, self.kind = shape, dtype, device, limits, rank, kind
        self.generator = None if seed is None else torch.Generator(device=device).manual_seed(seed)
        self.run = programs.decoder(rewritten, heads=shape.heads, kv_heads=shape.key_heads, head_size=shape.head, chunk=limits.chunk, few=limits.few,
                                    block=limits.block)
        self.optimizer = programs.program("optimizer")
        self.adapter = programs.program("adapter")
        self.layers = [self.layer() for _ in range(shape.layers)]
        self.norm = self.ones(shape.hidden)
        self.table = self.normal(0.02, shape.vocabulary, shape.hidden)
        self.frequencies = 10000.0 ** -(torch.arange(0, shape.head, 2, dtype=torch.float32, device=device) / shape.head)
        self.make_adapter()

    def ones(self, *sizes):
        return torch.ones(*sizes, dtype=self.dtype, device=self.device)

    def normal(self, deviation, *sizes, dtype=None):
        return torch.empty(*sizes, dtype=dtype or self.dtype, device=self.device).normal_(0, deviation, generator=self.generator)

    def layer(self):
        matrices = [self.normal(into ** -0.5, out, into) for into, out, _ in self.shape.groups()]
        none = [self.ones(0) for _ in range(7)]
        return [self.ones(self.shape.hidden), matrices[0], matrices[1], self.ones(self.shape.hidden), matrices[2], matrices[3], *none]

    def make_adapter(self):
        groups = self.shape.groups() * self.shape.layers
        self.counts = [len(parts) // 2 for _, _, parts in groups]
        self.ends = [end for _, _, parts in self.shape.groups() for end in parts]
        a_rows = [self.rank * count for count in self.counts]
        a_columns = [into for into, _, _ in groups]
        b_rows = [sum(parts[1::2]) - sum(parts[::2]) for _, _, parts in groups]
        b_columns = [self.rank] * len(groups)
        sizes = [sum(r * c for r, c in zip(a_rows, a_columns)), sum(r * c for r, c in zip(b_rows, b_columns))]
        fp32 = torch.float32
        self.masters = [self.normal(0.02, sizes[0], dtype=fp32), self.normal(0.02, sizes[1], dtype=fp32)]
        self.moments = [[torch.zeros_like(master) for master in self.masters] for _ in range(2)]
        self.total, self.part = ([torch.zeros_like(master) for master in self.masters] for _ in range(2))
        self.a = self.adapter.views(self.masters[0], a_rows, a_columns)
        self.b = self.adapter.views(self.masters[1], b_rows, b_columns)
        self.ga = self.adapter.views(self.part[0], a_rows, a_columns)
        self.gb = self.adapter.views(self.part[1], b_rows, b_columns)
        self.blocks = [torch.zeros(out, rows, dtype=self.dtype, device=self.device) for (_, out, _), rows in zip(groups, a_rows)]

    def apply(self):
        self.adapter.place(self.b, self.blocks, self.counts[:GROUPS], self.ends, SCALE)
        self.applied = [[tensor for group in range(GROUPS) for tensor in (self.a[GROUPS * layer + group].to(self.dtype), self.blocks[GROUPS * layer + group])]
                        for layer in range(self.shape.layers)]

    def forward(self, ids, rows, beta):
        """Output of the last layer, and what each layer has saved."""
        offsets = [0]
        for row in rows:
            offsets.append(offsets[-1] + row)
        positions = torch.cat([torch.arange(row, device=self.device) for row in rows])
        cos, sin = self.run.turns(positions, self.frequencies, 1.0, 0.0, 1, self.norm)
        parts = [parts for _, _, parts in self.shape.groups()]
        batch = (cos, sin, offsets, [-1] * len(rows), *self.spans(offsets, rows), self.norm.new_empty(0), 0)
        x = self.run.embed(ids, self.table)
        saved = []
        for layer in range(self.shape.layers):
            x, *kept = self.run.layer(x, self.layers[layer], self.applied[layer], parts[0], parts[2], *batch, False, [], self.kind, beta, 0.0)
            saved.append(kept)
        return x, saved, batch

    def spans(self, offsets, rows):
        """What fused attention needs of rows that see their own tokens alone, and its longest row."""
        if not self.fused:
            return [], []
        pretended = self.generator is None
        begins = torch.empty(len(offsets), dtype=torch.int32, device=self.device) if pretended else torch.tensor(offsets, dtype=torch.int32, device=self.device)
        return [begins, begins, torch.empty(0, dtype=torch.int64, device=self.device)], [max(rows)] * 2

    def loss_and_gradient(self, ids, rows, beta):
        """Sum of the negative log-likelihoods of all tokens but each row's first; gradients go into the views of `part`."""
        x, saved, batch = self.forward(ids, rows, beta)
        at = torch.cat([torch.arange(row - 1, device=self.device) + begin for row, begin in zip(rows, batch[2])])
        none = self.norm.new_empty(0, dtype=torch.float32)
        sums, _, g = self.run.head(x, self.norm, self.table, at, torch.index_select(ids, 0, at + 1), none, 1.0, [], True)
        parts = [parts for _, _, parts in self.shape.groups()]
        for layer in reversed(range(self.shape.layers)):
            gradients = [tensor for group in range(GROUPS) for tensor in (self.ga[GROUPS * layer + group], self.gb[GROUPS * layer + group])]
            g = self.run.layer_backward(g, saved.pop(), self.layers[layer], self.applied[layer], gradients, [], *parts, *batch, none, none, [], SCALE, self.kind, beta,
                                        0.0)
        return sums.select(0, 0)

    def step(self, rows, number, beta=0.5, rate=1e-4):
        """An optimizer step on random tokens; returns the mean loss."""
        self.apply()
        loss, first = 0, True
        for micro_batch in self.micro_batches(rows):
            ids = torch.randint(0, self.shape.vocabulary, (sum(micro_batch),), device=self.device, generator=self.generator)
            loss = loss + self.loss_and_gradient(ids, micro_batch, beta)
            for total, part in zip(self.total, self.part):
                self.optimizer.accumulate(total, part, first)
            first = False
        trained = sum(rows) - len(rows)
        norm = float(self.optimizer.norm(self.total)) / trained
        for master, gradient, first_moment, second_moment in zip(self.masters, self.total, *self.moments):
            self.optimizer.adamw([master], [gradient], [first_moment], [second_moment], min(1, 1 / (norm + 1e-6)) / trained, rate, 0.01, number)
        return float(loss) / trained

    def micro_batches(self, rows):
        batches = [[]]
        for row in rows:
            if batches[-1] and sum(batches[-1]) + row > self.limits.micro_batch:
                batches.append([])
            batches[-1].append(row)
        return batches
