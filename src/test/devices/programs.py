"""Loads the engine's programs in Python, in the archives that the engine makes of them (ScriptArchive)."""
import io
import pathlib
import struct
import zipfile

import torch

# Programs whose class is in several files: the first one begins it.
PARTS = {"decoder": ["decoder/layer", "decoder/attention", "decoder/fused", "decoder/signs", "decoder/head", "decoder/decoding", "decoder/eagle"]}
# For FakeTensorMode, which does not know operators with `out` arguments within programs: the same with copies, told from others by `True`, non-blocking.
REWRITTEN = {
    "unused = torch.silu_backward(g, gate, grad_input=out)": "unused = torch.copy_(out, torch.silu_backward(g, gate), True)",
    "unused = torch.gelu_backward(g, gate, approximate=\"tanh\", grad_input=out)": "unused = torch.copy_(out, torch.gelu_backward(g, gate, approximate=\"tanh\"), True)",
    "unused = torch.mul(df, act, out=d_up)": "unused = torch.copy_(d_up, torch.mul(df, act), True)",
    "unused = torch.mm(p, table, out=dh[lo:hi])": "unused = torch.copy_(dh[lo:hi], torch.mm(p, table), True)",
    "unused = torch.mm(q, table, out=dh[lo:hi])": "unused = torch.copy_(dh[lo:hi], torch.mm(q, table), True)",
    ", grad_input=dp)": ")",
    "torch.addcmul(own * next[2], other, next[3], out=own)": "torch.copy_(own, torch.addcmul(own * next[2], other, next[3]), True)",
    "unused = torch.mm(x, torch.t(weight), out=out)": "unused = torch.copy_(out, torch.mm(x, torch.t(weight)), True)",
    # The second round of a race, which depends on values.
    "if bool(torch.any(torch.lt(best, torch.narrow(highest, 1, count - 1, 1)))):": "if torch.any(torch.lt(best, torch.narrow(highest, 1, count - 1, 1))).dim() == 0:",
    "count = int(torch.amax(torch.sum(torch.gt(bounds, best), -1)))": "count = torch.amax(torch.sum(torch.gt(bounds, best), -1)).dim()",
}
# Values of a decoder of the Llama kind, and what other kinds have instead.
LLAMA = {"eps": 1e-5, "gain_offset": 0.0, "gain_rounds": 1, "whole_norms": 0, "gate": 0, "embedding_scale": 1.0, "embedding_rounds": 0, "logit_divisor": 1.0, "window": 0, "padding": -1}
GEMMA = {"gain_offset": 1.0, "gain_rounds": 0, "gate": 1, "embedding_rounds": 1}
OLMO = {"gain_rounds": 0, "whole_norms": 1}
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "main/resources/torchscript"


def program(name, rewritten=None, folder=FOLDER, **attributes):
    """The program `name`, after the texts in `rewritten` have been replaced."""
    text = "".join((folder / f"{part}.py").read_text() for part in PARTS.get(name, [name]))
    for ours, same in (rewritten or {}).items():
        text = text.replace(ours, same)
    state = b"\x80\x02c__torch__\n" + name.capitalize().encode() + b"\n)\x81}("
    for key, value in attributes.items():
        state += b"X" + struct.pack("<I", len(key)) + key.encode()
        state += b"J" + struct.pack("<i", value) if isinstance(value, int) else b"G" + struct.pack(">d", value)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("m/version", "10\n")
        archive.writestr("m/constants.pkl", b"\x80\x02).")
        archive.writestr("m/data.pkl", state + b"ub.")
        archive.writestr("m/code/__torch__.py", text)
    content.seek(0)
    return torch.jit.load(content)


def decoder(rewritten, folder=FOLDER, **attributes):
    """A decoder of the Llama kind but for `attributes`, among them `heads`, `kv_heads`, `head_size`, `chunk`, `few` and `block`."""
    return program("decoder", rewritten, folder, **LLAMA | {"attention_scale": attributes["head_size"] ** -0.5} | attributes)
