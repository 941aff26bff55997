"""Whether layers that carry a state, of Qwen3.5, compute what transformers' do, and the gradients of their equations in fp64: rows, what they continue, a prefix.

decoder/delta is not yet a part of the engine's decoder, so its attributes are declared here.
"""
import copy
import itertools

import torch
from transformers.models.qwen3_5.configuration_qwen3_5 import Qwen3_5TextConfig
from transformers.models.qwen3_5.modeling_qwen3_5 import Qwen3_5GatedDeltaNet

import programs

# Heads, key heads, widths of keys and values, tokens that the convolution sees.
SHAPES = ((4, 2, 6, 10, 4), (3, 3, 8, 4, 2), (2, 1, 5, 7, 4))
# More than a chunk, a chunk and less than the convolution sees.
LENGTHS = (100, 64, 1, 2)
# Of each row the one that it continues: none, and two trees.
TREES = ([-1, -1, -1, -1], [-1, 0, 0, 2], [-1, -1, 1, 1])
PREFIXES = (0, 9)
BOUND = 5e-5
# Gradients of decays are sums of terms that cancel; transformers' own in fp32 differ as much.
BOUND_OF_DECAYS = 2e-3
DECAYS = ("weight 14", "weight 15")
NAMES = ("delta_heads", "delta_key_heads", "delta_key_size", "delta_value_size", "delta_taps")
FIRST = "  heads : int\n"


def net(heads, key_heads, key_size, value_size, taps):
    config = Qwen3_5TextConfig(hidden_size=12, num_hidden_layers=1, layer_types=["linear_attention"], linear_num_value_heads=heads,
                               linear_num_key_heads=key_heads, linear_key_head_dim=key_size, linear_value_head_dim=value_size, linear_conv_kernel_dim=taps)
    module = Qwen3_5GatedDeltaNet(config, 0)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    module.out_proj.weight = torch.nn.Parameter(torch.eye(heads * value_size), requires_grad=False)
    return module


def decoder(shape):
    declared = {FIRST: "".join(f"  {name} : int\n" for name in NAMES) + FIRST}
    return programs.decoder(declared, heads=2, kv_heads=1, head_size=4, chunk=8, few=4, block=8, **dict(zip(NAMES, shape)), eps=1e-6)


def plain(module, shape, x):
    """The layer as its equations have it, token by token, in the type of x."""
    heads, key_heads, key_size, value_size, taps = shape
    qkv = torch.nn.functional.pad(module.in_proj_qkv(x), (0, 0, taps - 1, 0))
    convolved = sum(qkv[i:i + len(x)] * module.conv1d.weight[:, 0, i] for i in range(taps))
    q, k, v = torch.split(torch.nn.functional.silu(convolved), [key_heads * key_size, key_heads * key_size, heads * value_size], -1)
    q, k = (each.view(-1, key_heads, key_size) for each in (q, k))
    q, k = ((each * torch.rsqrt((each * each).sum(-1, True) + 1e-6)).repeat_interleave(heads // key_heads, 1) for each in (q, k))
    b = torch.sigmoid(module.in_proj_b(x))
    g = -module.A_log.exp() * torch.nn.functional.softplus(module.in_proj_a(x) + module.dt_bias)
    state = x.new_zeros(heads, key_size, value_size)
    out = []
    for i, value in enumerate(v.view(-1, heads, value_size)):
        state = g[i].exp()[:, None, None] * state
        new = b[i][:, None] * (value - torch.einsum("hkv,hk->hv", state, k[i]))
        state = state + torch.einsum("hk,hv->hkv", k[i], new)
        out.append(torch.einsum("hkv,hk->hv", state, q[i]) * key_size ** -0.5)
    o = torch.stack(out)
    normed = o * torch.rsqrt((o * o).mean(-1, True) + 1e-6) * module.norm.weight
    return (normed * torch.nn.functional.silu(module.in_proj_z(x).view_as(o))).flatten(1)


def texts(rows, tree, prefix):
    """The whole text of each row."""
    whole = []
    for row, before in zip(rows, tree):
        whole.append(torch.cat([whole[before] if before >= 0 else prefix, row]))
    return whole


def difference(own, expected):
    return float((own - expected).norm() / expected.norm())


def differences(shape, tree, tokens):
    module = net(*shape)
    program = decoder(shape)
    x = torch.randn(tokens + sum(LENGTHS), 12)
    exact = copy.deepcopy(module).double()
    input = x.double().requires_grad_(True)
    prefix, *rows = torch.split(input, (tokens,) + LENGTHS)
    expected = torch.cat([plain(exact, shape, text)[-len(row):] for text, row in zip(texts(rows, tree, prefix), rows)])
    g = torch.randn(expected.size())
    expected.backward(g.double())
    with torch.no_grad():
        weights = [torch.zeros(0)] * 13 + [module.conv1d.weight, module.A_log, module.dt_bias, module.norm.weight]
        projections = torch.cat([module.in_proj_qkv.weight, module.in_proj_z.weight, module.in_proj_b.weight, module.in_proj_a.weight])
        given = x @ projections.t()
        prefix, *rows = torch.split(x, (tokens,) + LENGTHS)
        theirs = torch.cat([module(text.unsqueeze(0))[0][-len(row):] for text, row in zip(texts(rows, tree, prefix), rows)])
        none = torch.zeros(0)
        offsets = [0] + list(itertools.accumulate(LENGTHS))
        of_prefix, ends = program.delta_rows(given[:tokens], weights, [0, tokens], [-1], none, 0) if tokens else (none, [none])
        out, unused = program.delta_rows(given[tokens:], weights, offsets, tree, ends[0], tokens)
        own = program.delta_gated(out, given[tokens:], weights[16])
        found = {"output": difference(own, expected), "output of transformers": difference(own, theirs)}
        dweights = [torch.zeros_like(weight) for weight in weights]
        dstate = torch.zeros_like(ends[0])
        dgiven = program.delta_rows_backward(g, out, given[tokens:], weights, dweights, offsets, tree, ends[0], tokens, dstate, none)
        if tokens:
            more = [torch.zeros_like(weight) for weight in weights]
            none_of_output = torch.zeros(tokens, g.size(1))
            d = program.delta_rows_backward(none_of_output, of_prefix, given[:tokens], weights, more, [0, tokens], [-1], none, 0, none, dstate)
            dgiven = torch.cat([d, dgiven])
            dweights = [one + other for one, other in zip(dweights, more)]
        found["input"] = difference(dgiven @ projections, input.grad)
        for place, parameter in enumerate((exact.conv1d.weight, exact.A_log, exact.dt_bias, exact.norm.weight), 13):
            found[f"weight {place}"] = difference(dweights[place], parameter.grad)
    return found


programs.PARTS["decoder"].append("decoder/delta")
torch.manual_seed(0)
cases = 0
for case in itertools.product(SHAPES, TREES, PREFIXES):
    for what, far in differences(*case).items():
        assert far <= (BOUND_OF_DECAYS if what in DECAYS else BOUND), (case, what, far)
    cases += 1
print(f"states are carried as in transformers, with the gradients of their equations, in {cases} cases")
