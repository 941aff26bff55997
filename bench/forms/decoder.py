"""A Llama-like decoder in PyTorch that runs several replicas of itself at a time: trainings that differ by seed or learning rate, over the same frozen weights.

Tensors have the replica as first dimension, so that one call computes all replicas, and products with frozen weights are one product.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Decoder:
    """Weights in fp32; `projections` by (layer, name), each [out, in]."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.config = config = json.loads((folder / "config.json").read_text())
        stored = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
        self.embedding = stored["model.embed_tokens.weight"]
        self.head = self.embedding if config["tie_word_embeddings"] else stored["lm_head.weight"]
        self.norm = stored["model.norm.weight"]
        self.layers = range(config["num_hidden_layers"])
        self.head_size = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        self.projections, self.norms = {}, {}
        for layer in self.layers:
            prefix = f"model.layers.{layer}."
            for name in PROJECTIONS:
                part = "self_attn" if name in PROJECTIONS[:4] else "mlp"
                self.projections[layer, name] = stored[f"{prefix}{part}.{name}.weight"]
            for name in ("input_layernorm", "post_attention_layernorm"):
                self.norms[layer, name] = stored[f"{prefix}{name}.weight"]

    def hidden(self, tokens, project):
        """States [replicas, rows, length, width] of tokens [replicas, rows, length]. `project(key, x)` is a projection of x [replicas, tokens, in]."""
        replicas, rows, length = tokens.shape
        cos, sin = self.rotation(length)
        x = self.embedding[tokens].reshape(replicas, rows * length, -1)
        for layer in self.layers:
            y = self.rms(x, self.norms[layer, "input_layernorm"])
            query, key, value = (project((layer, name), y).reshape(replicas * rows, length, -1, self.head_size).transpose(1, 2) for name in PROJECTIONS[:3])
            query, key = rotated(query, cos, sin), rotated(key, cos, sin)
            attended = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
            x = x + project((layer, "o_proj"), attended.transpose(1, 2).reshape(replicas, rows * length, -1))
            y = self.rms(x, self.norms[layer, "post_attention_layernorm"])
            x = x + project((layer, "down_proj"), F.silu(project((layer, "gate_proj"), y)) * project((layer, "up_proj"), y))
        return self.rms(x, self.norm).reshape(replicas, rows, length, -1)

    def losses(self, tokens, labels, project):
        """Sum of the losses, number of labels and of right first choices of each replica; labels of -100 do not count."""
        states = self.hidden(tokens, project)[:, :, :-1]
        wanted = labels[:, :, 1:]
        counted = wanted >= 0
        logits = states[counted] @ self.head.T
        each = F.cross_entropy(logits, wanted[counted], reduction="none")
        replica = torch.arange(len(tokens)).view(-1, 1, 1).expand_as(wanted)[counted]
        sums = torch.zeros(len(tokens)).index_add(0, replica, each)
        right = torch.zeros(len(tokens)).index_add(0, replica, (logits.argmax(1) == wanted[counted]).float())
        return sums, counted.flatten(1).sum(1), right

    def rms(self, x, weight):
        return F.rms_norm(x, weight.shape, weight, self.config["rms_norm_eps"])

    def rotation(self, length):
        base = self.config.get("rope_theta") or self.config["rope_parameters"]["rope_theta"]
        rates = base ** (-torch.arange(0, self.head_size, 2) / self.head_size)
        angles = torch.outer(torch.arange(length), rates).repeat(1, 2)
        return angles.cos(), angles.sin()


def rotated(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin
