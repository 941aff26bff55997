"""What every line of the results says of where it comes from."""
import os
import pathlib
import subprocess
import sys

from engine import PROJECT


def commit():
    """Of the code, with + if it was changed since."""
    def git(*words):
        return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False).stdout.strip()
    changed = git("status", "--porcelain", "--", "src/main", "pom.xml", "bench/evidence")
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + ("+" if changed else "")


def build():
    """Builds target/anneal.jar unless it is newer than what it is made of. Maven sets its time of modification to a fixed one."""
    jar = PROJECT / "target/anneal.jar"
    sources = [PROJECT / "pom.xml", *(file for file in (PROJECT / "src/main").rglob("*") if file.is_file())]
    if not jar.exists() or jar.stat().st_ctime < max(file.stat().st_mtime for file in sources):
        subprocess.run(["./mvnw", "--batch-mode", "--quiet", "package", "-DskipTests"], cwd=PROJECT, stdout=sys.stderr, check=True)


def processor():
    """Its name, and its instructions for matrices of bf16, which decide what it is fast at."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines() if pathlib.Path("/proc/cpuinfo").exists() else []
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    fast = [flag for flag in ("avx512_bf16", "amx_bf16") if flag in facts.get("flags", "").split()]
    return " ".join([facts.get("model name", "unknown processor"), *fast])


def context(slots):
    return {"commit": commit(), "machine": f"{processor()}, {os.cpu_count()} cores, {slots} trainings at a time"}
