"""Runs classes of the engine's tests, each in its own JVM."""
import json
import os
import pathlib
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
BUILD = PROJECT / "target" / "bench"

# The environment that a worker sets for its engine processes: one intra-op thread, and freed memory kept for the next step.
SETTINGS = {
    "OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "3000", "OPT_OUT_TRACKING": "true", "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_TOP_PAD_": "16777216"}
JVM = ["-Xmx1g", "-Xmn16m", "-Xms32m", "-XX:+UseSerialGC"]


def build_classpath():
    """Compiles the engine and asks Maven for its libraries."""
    BUILD.mkdir(parents=True, exist_ok=True)
    file = BUILD / "classpath"
    subprocess.run(
        ["./mvnw", "-q", "-Dspotless.check.skip", "process-test-classes", "dependency:build-classpath",
         f"-Dmdep.outputFile={file}"], cwd=PROJECT, check=True)
    return os.pathsep.join([str(PROJECT / "target/test-classes"), str(PROJECT / "target/classes"), file.read_text()])


def last_json(command, environment):
    """Runs the command and parses the last line that it prints."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed with {done.returncode}:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def ceiling(model):
    """What the machine can do at best, see ceiling.py. Measured in a process of its own, one thread a core."""
    return last_json([sys.executable, str(PROJECT / "bench/ceiling.py"), str(model)], dict(os.environ, OMP_NUM_THREADS="1"))


def run(classpath, main_class, *arguments):
    """Runs a class of dev.anneal.engine.run and parses the last line that it prints as JSON."""
    command = ["java", *JVM, "-cp", classpath, f"dev.anneal.engine.run.{main_class}"]
    return last_json([*command, *map(str, arguments)], dict(os.environ, **SETTINGS))
