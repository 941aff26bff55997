"""The peer of speed.py: transformers + PEFT + TRL train a LoRA on the CPU, set up as in their documentation.

python peer.py MODEL_DIR ROWS.jsonl BATCH STEPS [--recompute]     rows as workload.py writes them
Prints one JSON line. Padding tokens are not counted. The first two steps are warm-up.
"""
import json
import resource
import sys
import tempfile
import time

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

WARM_UP = 2


class StepTimes(TrainerCallback):
    """Seconds of each optimizer step, without data loading."""

    def __init__(self):
        self.seconds = []
        self.begin = 0.0

    def on_step_begin(self, *_, **__):
        self.begin = time.perf_counter()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.begin)


def example(row):
    return {"input_ids": row["ids"], "labels": row["labels"]}


def main(directory, rows_file, batch, steps, recompute):
    with open(rows_file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][: batch * steps]
    times = StepTimes()
    settings = SFTConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=batch, max_steps=steps, learning_rate=2e-4,
        use_cpu=True, bf16=True, gradient_checkpointing=recompute, max_length=None, report_to="none", save_strategy="no",
        logging_steps=1, seed=0, disable_tqdm=True, dataloader_pin_memory=False,
        dataset_kwargs={"skip_prepare_dataset": True})
    adapter = LoraConfig(
        r=16, lora_alpha=32, task_type="CAUSAL_LM",
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16), args=settings,
        train_dataset=Dataset.from_list([example(row) for row in rows]),
        processing_class=AutoTokenizer.from_pretrained(directory), peft_config=adapter, callbacks=[times])
    trainer.train()
    seconds = sum(times.seconds[WARM_UP:])
    log = [entry for entry in trainer.state.log_history if "loss" in entry]
    tokens = log[-1]["num_tokens"] - log[WARM_UP - 1]["num_tokens"]
    print(json.dumps({
        "tokens_per_second": tokens / seconds,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_loss": log[0]["loss"], "last_loss": log[-1]["loss"]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), "--recompute" in sys.argv)
