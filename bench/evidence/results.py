"""Results as JSON lines, one file per task, one line per training; what is in them is not trained again."""
import json
import threading

KEY = ("task", "arm", "rank", "rate", "seed", "rows")


class Results:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.lines = {}
        for file in sorted(folder.glob("*.jsonl")):
            for text in file.read_text().splitlines():
                line = json.loads(text)
                self.lines[key(line)] = line

    def add(self, line):
        with self.lock:
            self.lines[key(line)] = line
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / f"{line['task']}.jsonl", "a") as file:
                file.write(json.dumps(line) + "\n")

    def of(self, **wanted):
        """Lines with these values, in the order in which they were added."""
        return [line for line in self.lines.values() if all(line[name] == value for name, value in wanted.items())]


def key(line):
    return tuple(line[name] for name in KEY)
