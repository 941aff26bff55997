"""Loads the engine's programs in Python, in the archives that the engine makes of them (ScriptArchive)."""
import io
import pathlib
import struct
import zipfile

import torch

# Programs whose class is in several files: the first one begins it.
PARTS = {"decoder": ["decoder/layer", "decoder/signs", "decoder/head", "decoder/decoding", "decoder/eagle"]}
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
        archive.writestr("m/version", "3\n")
        archive.writestr("m/constants.pkl", b"\x80\x02).")
        archive.writestr("m/data.pkl", state + b"ub.")
        archive.writestr("m/code/__torch__.py", text)
    content.seek(0)
    return torch.jit.load(content)
