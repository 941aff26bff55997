"""What transformers makes of input and output embeddings: a stored output embedding beside tie_word_embeddings, and the row of pad_token_id in training.

Writes stored-head.safetensors and runs.json beside itself, from the models in ../models. With torch 2.15.0, transformers 5.24.0, on the CPU with one thread, in fp32:

    python make.py
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

HERE = Path(__file__).parent
MODELS = HERE.parent / "models"
STEPS = 4
PAD = 7
RATE = 1e-3
DECAY = 0.01


def folder_with_head(into: Path, head: torch.Tensor) -> Path:
    """A copy of llama-tied that stores an output embedding, though its config.json says tie_word_embeddings."""
    shutil.copytree(MODELS / "llama-tied", into)
    tensors = load_file(into / "model.safetensors")
    tensors["lm_head.weight"] = head
    save_file(tensors, into / "model.safetensors", metadata={"format": "pt"})
    return into


def padded(folder: Path, into: Path) -> Path:
    """A copy whose pad_token_id is a token that its inputs hold."""
    shutil.copytree(folder, into)
    config = json.loads((into / "config.json").read_text())
    config["pad_token_id"] = PAD
    (into / "config.json").write_text(json.dumps(config))
    return into


def rows() -> list[list[int]]:
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(8, 320, (STEPS, 12), generator=generator)
    ids[:, 3] = PAD
    ids[:, 7] = PAD
    return ids.tolist()


def train(folder: Path) -> dict:
    """Every weight, by AdamW, on one row a step whose tokens are all trained but the first."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = []
    for row in rows():
        ids = torch.tensor([row])
        logits = model(input_ids=ids).logits[0, :-1]
        loss = torch.nn.functional.cross_entropy(logits, ids[0, 1:])
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1e9)
        optimizer.step()
        steps.append({"loss": loss.item(), "grad_norm": norm.item()})
    embedding = model.get_input_embeddings().weight
    head = model.get_output_embeddings().weight
    return {
        "tied": embedding is head,
        "steps": steps,
        "embedding_of_pad": embedding[PAD].tolist(),
        "head_of_pad": head[PAD].tolist(),
    }


def main() -> None:
    torch.set_num_threads(1)
    embedding = load_file(MODELS / "llama-tied" / "model.safetensors")["model.embed_tokens.weight"]
    noise = torch.randn(embedding.shape, generator=torch.Generator().manual_seed(4))
    head = embedding + 0.05 * noise
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        two = folder_with_head(place / "two", head)
        same = folder_with_head(place / "same", embedding.clone())
        model = AutoModelForCausalLM.from_pretrained(two, dtype=torch.float32).eval()
        with torch.no_grad():
            logits = torch.cat([model(input_ids=torch.tensor([row])).logits[0] for row in rows()])
        save_file({"lm_head.weight": head, "logits": logits}, HERE / "stored-head.safetensors")
        folders = {
            "llama-tied": MODELS / "llama-tied",
            "llama-untied-gqa": MODELS / "llama-untied-gqa",
            "stored-head": two,
            "stored-copy": same,
        }
        runs = {name: train(padded(folder, place / ("padded-" + name))) for name, folder in folders.items()}
    text = json.dumps({"pad": PAD, "rate": RATE, "decay": DECAY, "rows": rows(), "runs": runs}, indent=1)
    (HERE / "runs.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
