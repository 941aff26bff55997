"""Runs of engine and peer on the same work, as a table."""
import dataclasses
import statistics


def spread(values):
    return f"{statistics.median(values):8.2f}   {min(values):8.2f} .. {max(values):8.2f}"


@dataclasses.dataclass
class Comparison:
    """Pairs of consecutive runs; only ratios within a pair count, because other load on the machine changes all numbers.

    `key` names the speed in the runs' results, `floor` is what the machine could do of it at best, or None.
    """
    work: str
    key: str
    runs: list
    floor: float | None = None

    def values(self, side, key):
        return [run[side][key] for run in self.runs]

    def ratios(self, key):
        return [ours[key] / theirs[key] for ours, theirs in self.runs]

    def share(self):
        """Of the floor that the engine's runs reach; None without one."""
        return None if self.floor is None else statistics.median(self.values(0, self.key)) / self.floor

    def unit(self):
        return self.key.replace("_per_", "/").replace("_", " ")

    def print(self, first="engine", second="peer"):
        name = self.unit()
        print(f"{self.work:32s}  median        min .. max")
        for title, key in ((name, self.key), ("peak memory, MiB", "peak_mib")):
            print(f"{first + ' ' + title:32s}", spread(self.values(0, key)))
            print(f"{second + ' ' + title:32s}", spread(self.values(1, key)))
            print(f"{'ratio of ' + title:32s}", spread(self.ratios(key)))
        if self.floor is not None:
            print(f"at best {self.floor:.0f} {name} on this machine, of which the engine reaches {self.share():.0%}")
        print(end="", flush=True)

    def row(self):
        ours, theirs = (statistics.median(self.values(side, self.key)) for side in (0, 1))
        ratios = self.ratios(self.key)
        share = "" if self.floor is None else f"{self.share():.0%}"
        return (f"| {self.work}, {self.unit()} | {ours:,.0f} | {theirs:,.0f} | {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {share} | "
                f"{statistics.median(self.ratios('peak_mib')):.2f} |")
