"""Trains the same rows in one process and in several that add their gradients, alternately, and compares their speed.

bench/run.sh ranks MODEL_DIR [--work fixed real] [--data FILE] [--pairs 3] [--steps 8] [--ranks 2] [--batch 8]

Each round trains with one process of one thread (1 x 1), one process of as many threads as ranks (1 x N), and as many
processes of one thread each (N x 1). Only ratios within a round count. Then it measures the sum of gradients of several
sizes over the loopback interface, and computes, from the time of a step and the bandwidth of a network, what a ring of
8 or 64 devices would lose.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import engine
import workload
from ceiling import Sizes

FIXED_TOKENS = 256
LONGEST_TOKENS = 512
MEBIBYTES = [0.25, 1, 4, 18.6, 64, 168]

# Seconds that a round trip of a ring's step takes beside its bytes: one for each step of the ring.
LATENCY = 20e-6


def together(classpath, main_class, commands):
    """Runs a process for each list of arguments and parses the last line of the first one."""
    environment = dict(os.environ, **engine.SETTINGS)
    running = [
        subprocess.Popen(
            ["java", *engine.JVM, "-cp", classpath, f"dev.anneal.engine.run.{main_class}", *map(str, arguments)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for arguments in commands]
    outputs = [process.communicate() for process in running]
    for process, (_, errors) in zip(running, outputs):
        if process.returncode != 0:
            sys.exit(f"{main_class} failed with {process.returncode}:\n{errors[-4000:]}")
    return json.loads(outputs[0][0].strip().splitlines()[-1])


def train(classpath, arguments, rows, ranks, threads):
    common = [arguments.model, rows, arguments.batch, arguments.steps, arguments.precision, 16, "off", threads, "supervised"]
    with tempfile.TemporaryDirectory() as folder:
        groups = [[]] if ranks == 1 else [[rank, ranks, f"file:{folder}/store"] for rank in range(ranks)]
        return together(classpath, "StepBenchmark", [common + group for group in groups])


def rows_of(work, arguments):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    count = arguments.batch * arguments.steps
    if work == "fixed":
        return workload.fixed(tokenizer, arguments.data, count, FIXED_TOKENS)
    return workload.real(tokenizer, arguments.data, count, LONGEST_TOKENS)


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def compare(work, arguments, classpath):
    rows = rows_of(work, arguments)
    ranks = arguments.ranks
    of_one, of_threads = [], []
    seconds = None
    for round_ in range(arguments.pairs):
        single = train(classpath, arguments, rows, 1, 1)
        threads = train(classpath, arguments, rows, 1, ranks)
        several = train(classpath, arguments, rows, ranks, 1)
        speeds = [run["tokens_per_second"] for run in (single, threads, several)]
        print(f"{work}, round {round_ + 1}: tokens/s 1 x 1 {speeds[0]:.0f}, 1 x {ranks} {speeds[1]:.0f}, {ranks} x 1 {speeds[2]:.0f};"
              f" last loss {single['last_loss']:.6f}, {threads['last_loss']:.6f}, {several['last_loss']:.6f};"
              f" peak MiB {single['peak_mib']:.0f}, {threads['peak_mib']:.0f}, {several['peak_mib']:.0f} each", flush=True)
        of_one.append(speeds[2] / speeds[0])
        of_threads.append(speeds[2] / speeds[1])
        seconds = arguments.batch * FIXED_TOKENS / speeds[0] if work == "fixed" else seconds
    print(f"{work}: {ranks} processes of one thread train {spread(of_one)} times as fast as one, and {spread(of_threads)} times as fast as"
          f" one process of {ranks} threads", flush=True)
    return seconds


def collectives(arguments, classpath):
    with tempfile.TemporaryDirectory() as folder:
        store = f"file:{folder}/store"
        times = together(classpath, "CollectiveBenchmark", [[rank, arguments.ranks, store, *MEBIBYTES] for rank in range(arguments.ranks)])
    print(f"sum over {arguments.ranks} processes on one machine: " + ", ".join(f"{size} MiB {ms:.1f} ms" for size, ms in times.items()))


def predict(arguments, seconds):
    """A ring sends 2 (n - 1) / n of the bytes through each link."""
    adapter = Sizes(arguments.model).adapter_bytes()
    print(f"computed, not measured: share of the time that devices compute, with the {adapter / 2**20:.1f} MiB gradient of rank 16,"
          f" for steps of {seconds:.2f} s (as measured) and of 0.1 s on each device")
    for step in (seconds, 0.1):
        for devices in (8, 64):
            shares = []
            for gigabits in (10, 100, 400):
                exchange = 2 * (devices - 1) / devices * adapter * 8 / (gigabits * 1e9) + 2 * (devices - 1) * LATENCY
                shares.append(f"{gigabits} Gb/s {step / (step + exchange):.3f}")
            print(f"  steps of {step:.2f} s, {devices} devices: " + ", ".join(shares))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face directory of a model that the engine runs")
    parser.add_argument("--work", nargs="+", choices=["fixed", "real"], default=["fixed", "real"])
    parser.add_argument("--data", type=pathlib.Path, default=workload.DEMO, help="chats, one JSON object with messages per line")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=workload.steps, default=8)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8, help="rows of a step")
    parser.add_argument("--precision", choices=["auto", "bf16", "fp32"], default="auto")
    arguments = parser.parse_args()
    classpath = engine.build_classpath()
    seconds = None
    for work in arguments.work:
        seconds = compare(work, arguments, classpath) or seconds
    collectives(arguments, classpath)
    if seconds is not None:
        predict(arguments, seconds)


if __name__ == "__main__":
    main()
