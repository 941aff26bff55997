"""The peer of grpo.py: TRL's GRPOTrainer with a PEFT LoRA and transformers' generate on the CPU, set up as in their documentation.

python grpo_peer.py MODEL_DIR PROMPTS.jsonl STEPS PROMPTS GROUP TOKENS RATE bf16|fp32 ROWS recomputed|kept
Prints one JSON line. ROWS: completions per pass of the update. The first two steps are warm-up.
"""
import collections
import json
import re
import resource
import statistics
import sys
import tempfile
import time

import torch
from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

WARM_UP = 2


def words(text):
    return collections.Counter(re.findall("[a-z0-9]+", text.lower()))


def shared_words(completions, answer, **_):
    """ROUGE-1 without stemming, as the engine's grader computes it."""
    rewards = []
    for completion, expected in zip(completions, answer):
        found, wanted = words(completion[0]["content"]), words(expected)
        common = sum((found & wanted).values())
        rewards.append(2 * common / (sum(found.values()) + sum(wanted.values())) if common else 0.0)
    return rewards


class StepTimes(TrainerCallback):
    """Seconds of each optimizer step, and how many of them its rollout took."""

    def __init__(self):
        self.whole = []
        self.rollouts = []

    def on_step_begin(self, *_, **__):
        self.begin = time.perf_counter()
        self.rollouts.append(0.0)

    def on_step_end(self, *_, **__):
        self.whole.append(time.perf_counter() - self.begin)


class TimedTrainer(GRPOTrainer):
    times = StepTimes()

    def _prepare_inputs(self, batch):
        begin = time.perf_counter()
        prepared = super()._prepare_inputs(batch)
        self.times.rollouts[-1] += time.perf_counter() - begin
        return prepared


def main(directory, prompts_file, steps, prompts, group, tokens, rate, precision, rows, activations):
    completions = int(prompts) * int(group)
    settings = GRPOConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=int(rows),
        gradient_accumulation_steps=completions // int(rows), num_generations=int(group), max_completion_length=int(tokens),
        max_steps=int(steps), learning_rate=float(rate), use_cpu=True, bf16=precision == "bf16",
        gradient_checkpointing=activations == "recomputed", report_to="none", save_strategy="no", logging_steps=1, seed=0,
        disable_tqdm=True, dataloader_pin_memory=False)
    adapter = LoraConfig(
        r=16, lora_alpha=32, task_type="CAUSAL_LM",
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    trainer = TimedTrainer(
        model=AutoModelForCausalLM.from_pretrained(directory, dtype=torch.bfloat16 if precision == "bf16" else torch.float32),
        reward_funcs=shared_words, args=settings,
        train_dataset=load_dataset("json", data_files=prompts_file, split="train", cache_dir=tempfile.mkdtemp())
        .rename_column("messages", "prompt"),
        processing_class=AutoTokenizer.from_pretrained(directory), peft_config=adapter, callbacks=[TimedTrainer.times])
    trainer.train()
    log = [entry for entry in trainer.state.log_history if "reward" in entry]
    length = statistics.mean(entry["completions/mean_length"] for entry in log[WARM_UP:])
    even = statistics.mean(entry["frac_reward_zero_std"] for entry in log[WARM_UP:])
    seconds = statistics.mean(TimedTrainer.times.whole[WARM_UP:])
    rollout = statistics.mean(TimedTrainer.times.rollouts[WARM_UP:])
    print(json.dumps({
        "steps_per_hour": 3600 / seconds, "rollout_seconds": rollout, "update_seconds": seconds - rollout,
        "completion_tokens": length, "sampled_tokens_per_second": length * completions / rollout, "even_groups": even,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_reward": log[0]["reward"], "mean_reward": statistics.mean(entry["reward"] for entry in log)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
