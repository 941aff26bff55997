"""Results as JSON lines, one file per task, one line per training; what is in them is not trained again."""
import json
import threading

KEY = ("task", "arm", "rank", "rate", "seed", "rows")


class Stale(Exception):
    """A line that another state of the study has written."""


class Results:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.lines = {}
        for file in sorted(folder.glob("*.jsonl")):
            whole, _, torn = file.read_text().rpartition("\n")
            if torn:
                # The end of a study that was killed while it wrote.
                file.write_text(whole + "\n" if whole else "")
            for text in whole.splitlines():
                line = json.loads(text)
                self.lines[key(line)] = line

    def add(self, line):
        with self.lock:
            self.lines[key(line)] = line
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / f"{line['task']}.jsonl", "a") as file:
                file.write(json.dumps(line) + "\n")

    def find(self, wanted):
        """The line with the key of `wanted`, or None; refused if its settings or its data are others."""
        line = self.lines.get(key(wanted))
        if line is None:
            return None
        differing = [name for name in ("settings", "data") if line[name] != wanted[name]]
        if differing:
            raise Stale(f"{self.folder / wanted['task']}.jsonl has {key(wanted)} with other {' and '.join(differing)}; move the file away, or give another --out")
        return line


def key(line):
    return tuple(line[name] for name in KEY)
