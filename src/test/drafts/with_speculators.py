"""Loads a folder with Speculators: with_speculators.py TARGET DRAFT [LOGITS]. The logits are those of inputs.safetensors beside them."""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from speculators import SpeculatorModel
from speculators.losses import resolve_loss_config
from speculators.models.eagle3 import Eagle3SpeculatorConfig
from speculators.utils.loading import load_model_layers

from speculators_folder import naming

EMBEDDING = "embed_tokens.weight"


def load(target, draft):
    with naming(target, draft) as folder:
        config = Eagle3SpeculatorConfig.from_pretrained(str(folder))
        config.transformer_layer_config._attn_implementation = "eager"
        return SpeculatorModel.from_pretrained(str(folder), config=config)


def require_same_tensors(model, target, draft):
    stored = load_file(Path(draft) / "model.safetensors")
    # Exports leave it to the target; the golden heads have it.
    stored = load_model_layers([EMBEDDING], target) | stored
    loaded = {name: tensor for name, tensor in model.state_dict().items() if not name.startswith("verifier")}
    reduced = model.config.draft_vocab_size != model.config.transformer_layer_config.vocab_size
    wanted = {name for name in loaded if reduced or name not in ("d2t", "t2d")}
    assert wanted == set(stored), f"other tensors: {sorted(wanted ^ set(stored))}"
    for name, tensor in stored.items():
        assert torch.equal(loaded[name], tensor), f"{name} was not loaded"


def difference(model, expected):
    inputs = load_file(expected.parent / "inputs.safetensors")
    inputs["loss_mask"] = inputs["loss_mask"] > 0
    logits = []
    model.lm_head.register_forward_hook(lambda _module, _inputs, output: logits.append(output[0]))
    with torch.no_grad():
        model(**inputs, ttt_steps=3, ttt_step_loss_decay=1.0, loss_config=resolve_loss_config("kl_div", "eager"))
    (wanted,) = load_file(expected).values()
    return (torch.stack(logits) - wanted).abs().max().item()


def main():
    target, draft, *logits = sys.argv[1:]
    model = load(target, draft)
    require_same_tensors(model, target, draft)
    print(json.dumps({"difference": difference(model, Path(logits[0])) if logits else None}))


if __name__ == "__main__":
    main()
