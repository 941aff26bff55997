"""Creates models of a published shape with random weights: training speed and memory do not depend on the values."""
import json
import shutil

import engine

# HuggingFaceTB/SmolLM2-360M, config.json
SMOLLM2_360M = {"hidden_size": 960, "num_hidden_layers": 32, "intermediate_size": 2560, "num_attention_heads": 15,
                "num_key_value_heads": 5, "head_dim": 64, "vocab_size": 49152, "tie_word_embeddings": True}


def write(name, shape, like):
    """Creates a directory with the tokenizer and all other settings of the model `like`, unless it exists."""
    directory = engine.BUILD / name
    weights = directory / "model.safetensors"
    if not weights.exists():
        from safetensors.torch import save_file

        directory.mkdir(parents=True, exist_ok=True)
        for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
            if (like / file).exists():
                shutil.copy(like / file, directory / file)
        config = {**json.loads((like / "config.json").read_text()), **shape}
        (directory / "config.json").write_text(json.dumps(config, indent=2))
        save_file(tensors(config), weights, metadata={"format": "pt"})
    return directory


def tensors(config):
    import torch

    random = torch.Generator().manual_seed(0)
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    queries, keys = (config[heads] * config["head_dim"] for heads in ("num_attention_heads", "num_key_value_heads"))

    def matrix(rows, columns):
        return (0.02 * torch.randn(rows, columns, generator=random)).to(torch.bfloat16)

    def norm():
        return torch.ones(hidden, dtype=torch.bfloat16)

    made = {"model.embed_tokens.weight": matrix(config["vocab_size"], hidden), "model.norm.weight": norm()}
    for number in range(config["num_hidden_layers"]):
        layer = {
            "self_attn.q_proj": matrix(queries, hidden), "self_attn.k_proj": matrix(keys, hidden),
            "self_attn.v_proj": matrix(keys, hidden), "self_attn.o_proj": matrix(hidden, queries),
            "mlp.gate_proj": matrix(inner, hidden), "mlp.up_proj": matrix(inner, hidden), "mlp.down_proj": matrix(hidden, inner),
            "input_layernorm": norm(), "post_attention_layernorm": norm()}
        made.update({f"model.layers.{number}.{name}.weight": tensor for name, tensor in layer.items()})
    return made
