"""Engine processes of this machine, seen from outside."""
import json
import pathlib


def engine_process(is_wanted):
    """Folder in /proc of an engine process whose task is wanted; None if there is none."""
    return next((process for process in pathlib.Path("/proc").glob("[0-9]*") if (task := task_of(process)) and is_wanted(task)), None)


def task_of(process):
    """Its task as the worker wrote it; None if it is no engine process, or has ended."""
    try:
        words = (process / "cmdline").read_text().rstrip("\0").split("\0")
        return json.loads(pathlib.Path(words[-1]).read_text()) if "dev.anneal.engine.run.EngineMain" in words else None
    except (OSError, ValueError):
        return None


def peak_mib(process):
    """Its largest resident size, VmHWM. OSError if it has ended."""
    return max((int(line.split()[1]) / 1024 for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:")), default=0)
