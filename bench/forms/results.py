"""Results as JSON lines, one for each training; what is in them is not trained again."""
import json
import math

KEY = ("task", "arm", "rank", "rate", "seed", "rows")


class OutOfTime(Exception):
    """The next training would begin after the deadline."""


class Results:
    def __init__(self, file):
        self.file = file
        self.lines = {}
        for text in file.read_text().splitlines() if file.exists() else ():
            line = json.loads(text)
            self.lines[tuple(line[name] for name in KEY)] = line

    def find(self, *key):
        return self.lines.get(key)

    def add(self, line):
        self.lines[tuple(line[name] for name in KEY)] = line
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with open(self.file, "a") as file:
            file.write(json.dumps(line) + "\n")
