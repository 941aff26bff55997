"""Damages copies of drafts, which check.py must then refuse: broken.py FOLDERS_OF_MODELS FITTED_FOLDERS OUTPUT"""
import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def damaged(folder, output, change_config=None, change_tensors=None):
    shutil.copytree(folder, output)
    config = json.loads((output / "config.json").read_text())
    tensors = load_file(output / "model.safetensors")
    if change_config:
        change_config(config)
    if change_tensors:
        change_tensors(tensors)
    (output / "config.json").write_text(json.dumps(config))
    save_file(tensors, output / "model.safetensors", metadata={"format": "pt"})


def other_streams(config):
    config["eagle_aux_hidden_state_layer_ids"] = [1, 3, 4]


def renamed(tensors):
    tensors["layers.0.hidden_norm.weights"] = tensors.pop("layers.0.hidden_norm.weight")


def table_of_ids(tensors):
    tensors["d2t"] += torch.arange(len(tensors["d2t"]))


def exchanged_inputs(tensors):
    tensors["fc.weight"] = torch.cat(tensors["fc.weight"].chunk(2, -1)[::-1], -1).contiguous()


def noise(tensors):
    for name in tensors:
        tensors[name] = torch.randn_like(tensors[name])


def main():
    models, fitted, output = map(Path, sys.argv[1:])
    shutil.rmtree(output, ignore_errors=True)
    damaged(models / "draft", output / "noise", change_tensors=noise)
    damaged(fitted / "speculators", output / "other-streams", change_config=other_streams)
    damaged(fitted / "speculators", output / "renamed", change_tensors=renamed)
    damaged(fitted / "eagle3", output / "table-of-ids", change_tensors=table_of_ids)
    damaged(fitted / "eagle1", output / "exchanged-inputs", change_tensors=exchanged_inputs)


main()
