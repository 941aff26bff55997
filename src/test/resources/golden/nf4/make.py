"""Writes weights.safetensors and model/: what bitsandbytes makes of given weights in NF4, with double quantisation and without.

Usage, in this directory: python3 make.py        needs: pip install bitsandbytes==0.50.2 torch==2.15.0 safetensors==0.8.0

Magnitudes are quantised, and weights turned back, by the implementation for all devices. Those for CPUs do not always find the nearest number, and take wrong
magnitudes where a row is no multiple of 64 long.
"""
import json
import pathlib

import torch
from bitsandbytes.functional import QuantState, create_dynamic_map, quantize_4bit
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
BASE = HERE.parent / "models" / "llama-tied"
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def portable(name, *arguments):
    return getattr(torch.ops.bitsandbytes, name).default._op_dk(torch._C.DispatchKey.CompositeExplicitAutograd, *arguments)


def quantized(name, weight, nested):
    """The tensors that transformers stores for a linear layer in 4 bits, and what they stand for."""
    packed, state = quantize_4bit(weight, blocksize=64, quant_type="nf4")
    absmax = state.absmax
    if nested:
        code = create_dynamic_map()
        state.offset = absmax.mean()
        state.absmax, largest = portable("quantize_blockwise", absmax - state.offset, code, 256)
        state.state2 = QuantState(absmax=largest, code=code, blocksize=256, dtype=torch.float32)
        state.nested = True
        absmax = portable("dequantize_blockwise", state.absmax, largest, code, 256, torch.float32) + state.offset
    tensors = {name: packed}
    for key, value in state.as_dict(packed=True).items():
        tensors[name + "." + key] = value
    return tensors, portable("dequantize_4bit", packed, absmax, 64, "nf4", weight.shape, weight.dtype)


def write_weights():
    generator = torch.Generator().manual_seed(7)
    tensors = {}
    shapes = {"wide": (224, 80), "ragged": (10, 13), "odd": (5, 13), "narrow": (64, 64)}
    for name, shape in shapes.items():
        weight = torch.randn(shape, generator=generator) * torch.rand(shape[0], 1, generator=generator)
        if name == "narrow":
            weight[3] = 0                                             # a block of zeros
            weight[4, 5] = 30                                         # an outlier
        for dtype in (torch.float32, torch.bfloat16):
            tensors[f"{name}.{str(dtype).split('.')[1]}.original"] = weight.to(dtype).clone()
            for nested in (True, False):
                case = f"{name}.{str(dtype).split('.')[1]}.{'nested' if nested else 'plain'}"
                made, back = quantized(case, weight.to(dtype), nested)
                tensors.update(made)
                tensors[case + ".dequantized"] = back
    save_file(tensors, HERE / "weights.safetensors")


def write_model():
    """llama-tied as transformers saves it in 4 bits: norms, embedding and head are not quantised."""
    folder = HERE / "model"
    folder.mkdir(exist_ok=True)
    tensors = {}
    for name, weight in load_file(BASE / "model.safetensors").items():
        if name.split(".")[-2] in PROJECTIONS:
            tensors.update(quantized(name, weight, True)[0])
        else:
            tensors[name] = weight
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((BASE / "config.json").read_text())
    config["quantization_config"] = {
        "_load_in_4bit": True, "_load_in_8bit": False, "bnb_4bit_compute_dtype": "bfloat16", "bnb_4bit_quant_storage": "uint8",
        "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True, "llm_int8_enable_fp32_cpu_offload": False,
        "llm_int8_has_fp16_weight": False, "llm_int8_skip_modules": None, "llm_int8_threshold": 6.0, "load_in_4bit": True,
        "load_in_8bit": False, "quant_method": "bitsandbytes"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


torch.set_num_threads(1)
write_weights()
write_model()
