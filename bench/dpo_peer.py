"""The peer of speed.py's work `dpo`: TRL's DPOTrainer trains a LoRA on the CPU, with the reference's log-probabilities computed before the first step.

python dpo_peer.py MODEL_DIR ROWS.jsonl PAIRS STEPS     rows as workload.pairs writes them
Prints one JSON line. Padding tokens are not counted. The first two steps are warm-up.
"""
import json
import resource
import sys
import tempfile

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

from peer import WARM_UP, StepTimes


def example(chosen, rejected):
    return {"prompt": chosen["prompt"], "chosen": [chosen["answer"]], "rejected": [rejected["answer"]]}


def main(directory, rows_file, batch, steps):
    with open(rows_file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][: 2 * batch * steps]
    times = StepTimes()
    settings = DPOConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=batch, max_steps=steps, learning_rate=2e-4, use_cpu=True, bf16=True,
        gradient_checkpointing=False, max_length=None, precompute_ref_log_probs=True, report_to="none", save_strategy="no", logging_steps=1, seed=0,
        disable_tqdm=True, dataloader_pin_memory=False)
    adapter = LoraConfig(
        r=16, lora_alpha=32, task_type="CAUSAL_LM",
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    trainer = DPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16), args=settings,
        train_dataset=Dataset.from_list([example(*rows[place:place + 2]) for place in range(0, len(rows), 2)]),
        processing_class=AutoTokenizer.from_pretrained(directory), peft_config=adapter, callbacks=[times])
    trainer.train()
    seconds = sum(times.seconds[WARM_UP:])
    log = [entry for entry in trainer.state.log_history if "loss" in entry]
    # Both read each pair once, in orders of their own.
    tokens = sum(len(row["ids"]) for row in rows) / steps * (steps - WARM_UP)
    print(json.dumps({
        "tokens_per_second": tokens / seconds,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_loss": log[0]["loss"], "last_loss": log[-1]["loss"]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
