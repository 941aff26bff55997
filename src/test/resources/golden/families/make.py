"""Small random models of families, and what transformers makes of them.

Writes beside itself a folder for each: the model, and in expected.safetensors two rows, their logits, the mean loss of all tokens that have one before them,
its gradient with respect to every weight, and how far transformers' own logits and gradients in bf16 are from these, as shares of their norms. With torch
2.15.0, transformers 5.24.0, on the CPU with one thread, in fp32:

    python make.py
"""

import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (AutoModelForCausalLM, AutoModelForImageTextToText, Exaone4Config, Gemma3Config, Gemma3TextConfig, GemmaConfig, GraniteConfig,
                          LlamaConfig, Ministral3Config, Mistral3Config, Olmo2Config, Olmo3Config, Phi3Config, SeedOssConfig, SmolLM3Config)

HERE = Path(__file__).parent
# Odd shapes: hidden and intermediate width, heads, key heads, layers.
SHAPES = ({"hidden_size": 24, "intermediate_size": 40, "num_attention_heads": 3, "num_key_value_heads": 1, "num_hidden_layers": 3, "vocab_size": 61},
          {"hidden_size": 20, "intermediate_size": 28, "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 2, "vocab_size": 47},
          {"hidden_size": 28, "intermediate_size": 36, "num_attention_heads": 2, "num_key_value_heads": 2, "num_hidden_layers": 4, "vocab_size": 53})
SLIDING, FULL = "sliding_attention", "full_attention"
YARN = {"rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0, "original_max_position_embeddings": 16}
LONGROPE = {"rope_type": "longrope", "rope_theta": 1000.0}
VISION = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "image_size": 8, "patch_size": 4}


def multimodal(configuration, model_type, **whole):
    """Configurations of a multimodal model, of the keys of its language model."""
    def of(tie_word_embeddings=True, **text):
        return configuration(text_config=text | {"model_type": model_type}, vision_config=dict(VISION), tie_word_embeddings=tie_word_embeddings, **whole)
    return of


FAMILIES = {
    "smollm3": (SmolLM3Config, (
        {"no_rope_layer_interval": 2, "tie_word_embeddings": False},
        {"no_rope_layers": [0, 1], "attention_bias": True, "mlp_bias": True},
        {"use_sliding_window": True, "sliding_window": 4, "layer_types": [SLIDING, FULL, SLIDING, FULL]})),
    "granite": (GraniteConfig, (
        {"attention_multiplier": 0.3, "embedding_multiplier": 12.0, "residual_multiplier": 0.22, "logits_scaling": 8.0},
        {"attention_multiplier": 0.5, "embedding_multiplier": 3.0, "residual_multiplier": 0.7, "logits_scaling": 3.0, "tie_word_embeddings": True},
        {"attention_bias": True, "mlp_bias": True})),
    "seed-oss": (SeedOssConfig, (
        {"head_dim": 10},
        {"head_dim": 6, "attention_out_bias": True, "attention_bias": False},
        {"head_dim": 8, "mlp_bias": True, "tie_word_embeddings": True})),
    "gemma3": (Gemma3TextConfig, (
        {"head_dim": 10, "query_pre_attn_scalar": 7, "sliding_window": 4, "layer_types": [SLIDING, FULL, SLIDING], "pad_token_id": 0},
        {"head_dim": 6, "sliding_window": 3, "sliding_window_pattern": 2, "attention_bias": True, "rope_parameters": {
            FULL: {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e5}, SLIDING: {"rope_type": "default", "rope_theta": 100.0}}},
        {"head_dim": 8, "sliding_window": 5, "tie_word_embeddings": False, "layer_types": [FULL, SLIDING, SLIDING, FULL]})),
    "llama": (LlamaConfig, (
        {"rope_parameters": YARN | {"beta_fast": 4.0, "beta_slow": 0.5, "truncate": False}},
        {"rope_parameters": YARN | {"mscale": 0.7, "mscale_all_dim": 0.4}},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 1000.0, "factor": 4.0}})),
    "olmo2": (Olmo2Config, (
        {"pad_token_id": 0},
        {"attention_bias": True, "rope_parameters": YARN},
        {"tie_word_embeddings": True})),
    "olmo3": (Olmo3Config, (
        {"sliding_window": 4, "layer_types": [SLIDING, FULL, SLIDING], "rope_parameters": {FULL: YARN, SLIDING: {"rope_type": "default", "rope_theta": 50.0}}},
        {"sliding_window": 3, "layer_types": [FULL, SLIDING], "attention_bias": True},
        {"sliding_window": 5, "tie_word_embeddings": True})),
    "exaone4": (Exaone4Config, (
        {"sliding_window": 4, "layer_types": [SLIDING, FULL, SLIDING]},
        {"sliding_window": None, "layer_types": [FULL, FULL], "head_dim": 6},
        {"sliding_window": 5, "tie_word_embeddings": True, "rope_parameters": {
            "rope_type": "llama3", "rope_theta": 1000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16}})),
    "gemma": (GemmaConfig, (
        {"head_dim": 10, "pad_token_id": 0},
        {"head_dim": 6, "attention_bias": True, "hidden_act": "gelu"},
        {"head_dim": 8, "tie_word_embeddings": False})),
    "gemma3-multimodal": (multimodal(Gemma3Config, "gemma3_text", mm_tokens_per_image=4), (
        {"head_dim": 10, "query_pre_attn_scalar": 7, "sliding_window": 4, "layer_types": [SLIDING, FULL, SLIDING], "pad_token_id": 0},
        {"head_dim": 6, "sliding_window": 3, "layer_types": [FULL, SLIDING], "tie_word_embeddings": False},
        {"head_dim": 8, "sliding_window": 5, "layer_types": [SLIDING, SLIDING, SLIDING, FULL]})),
    "mistral3-multimodal": (multimodal(Mistral3Config, "mistral"), (
        {"head_dim": 10, "sliding_window": None, "tie_word_embeddings": False},
        {"head_dim": 6, "sliding_window": 3},
        {"head_dim": 8, "sliding_window": None, "tie_word_embeddings": False})),
    "ministral3": (Ministral3Config, (
        {"head_dim": 10, "rope_parameters": YARN | {"llama_4_scaling_beta": 0.7, "original_max_position_embeddings": 4}},
        {"head_dim": 6, "tie_word_embeddings": True, "rope_parameters": {
            "rope_type": "default", "rope_theta": 1000.0, "llama_4_scaling_beta": 0.3, "original_max_position_embeddings": 3}},
        {"head_dim": 8, "sliding_window": 5, "rope_parameters": YARN | {
            "llama_4_scaling_beta": 0.5, "original_max_position_embeddings": 2, "mscale": 0.7, "mscale_all_dim": 0.4}})),
    "phi3": (Phi3Config, (
        {"original_max_position_embeddings": 16, "partial_rotary_factor": 0.75, "sliding_window": 64, "rope_parameters": LONGROPE | {
            "short_factor": [1.1, 1.3, 2.0], "long_factor": [2.0, 3.0, 7.0]}},
        {"tie_word_embeddings": True, "partial_rotary_factor": 0.6, "rope_parameters": {"rope_type": "default", "rope_theta": 100.0}},
        {"sliding_window": 5, "original_max_position_embeddings": 32, "rope_parameters": LONGROPE | {
            "short_factor": [1.0, 1.1, 1.3, 1.5, 1.7, 2.0, 2.5], "long_factor": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]}})),
}
COMMON = {"max_position_embeddings": 64, "initializer_range": 0.2, "pad_token_id": None, "bos_token_id": 1, "eos_token_id": 2, "attn_implementation": "eager"}
LENGTHS = (11, 7)


def randomised(model):
    """Norms and biases begin as ones and zeros."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn_like(weight), alpha=0.2)
    return model


def results(model, rows):
    """Logits of all rows, the mean loss, and the gradients."""
    model.zero_grad()
    logits = [model(input_ids=row.unsqueeze(0)).logits[0] for row in rows]
    losses = [torch.nn.functional.cross_entropy(own[:-1].float(), row[1:], reduction="sum") for own, row in zip(logits, rows)]
    loss = sum(losses) / sum(len(row) - 1 for row in rows)
    loss.backward()
    gradients = {name.replace("model.language_model.", "model."): weight.grad.float().clone()
                 for name, weight in model.named_parameters() if weight.grad is not None}
    return torch.cat(logits).detach().float(), loss.detach(), gradients


def share(other, one):
    flat = [torch.cat([each.flatten() for each in some]) for some in (other, one)]
    return ((flat[0] - flat[1]).norm() / flat[1].norm()).reshape(1)


def make(into, config, seed):
    torch.manual_seed(seed)
    kind = AutoModelForImageTextToText if hasattr(config, "vision_config") else AutoModelForCausalLM
    model = randomised(kind.from_config(config, dtype=torch.float32)).eval()
    rows = [torch.randint(3, config.get_text_config().vocab_size, (length,)) for length in LENGTHS]
    shutil.rmtree(into, ignore_errors=True)
    model.save_pretrained(into)
    (into / "generation_config.json").unlink(missing_ok=True)
    logits, loss, gradients = results(model, rows)
    coarse, _, coarse_gradients = results(model.to(torch.bfloat16), rows)
    save_file({"logits": logits.contiguous(), "loss": loss.reshape(1), "logits_bf16_error": share([coarse], [logits]),
               "gradients_bf16_error": share(coarse_gradients.values(), gradients.values()),
               **{f"ids.{i}": row for i, row in enumerate(rows)},
               **{f"gradient.{name}": gradient.contiguous() for name, gradient in gradients.items()}}, into / "expected.safetensors")


def main():
    torch.set_num_threads(1)
    for family, (configuration, variants) in FAMILIES.items():
        for number, (shape, variant) in enumerate(zip(SHAPES, variants)):
            make(HERE / f"{family}-{number}", configuration(**COMMON | shape | variant), number)


if __name__ == "__main__":
    main()
