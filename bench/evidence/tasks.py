"""Tasks of the study. Each gives rows to train on, to choose the learning rate with, and to test on; no question occurs twice, but for what is learned by
heart.

The supervised tasks need an ever less linear change of what the model computes:
  tickets      a ticket line becomes its team, urgency and product: the bundled demo's data
  composition  two tasks that the model has learned, one after the other: words in reverse order, in capitals
  parity       yes if exactly one of two properties holds (colour, kind of thing): exclusive or, no sum of evidence
  arithmetic   sums of two-digit numbers without carrying, in digits that are written permuted: each digit of the answer is looked up in a table of 100
               cells that has nothing to do with what the model knows of digits
Two tasks on SmolLM2-135M are of real text, from packages of Debian.
"""
import dataclasses
import functools
import gzip
import itertools
import json
import random
import re
import subprocess
from collections.abc import Callable

import arms
from engine import PROJECT

DEMO = PROJECT / "src/main/resources/demo"
SEED = 20261129
WORDS = """river stone garden window paper letter market bridge island forest winter summer morning evening music story picture number bottle kitchen school
teacher doctor village mountain ocean cloud flower button basket candle engine ticket train wheel road house door wall roof bread butter cheese sugar salt
water coffee dinner plate spoon glass silver gold iron wood metal cotton leather ship boat plane""".split()
COLOURS = {word: word in "red yellow brown pink black" for word in "red yellow brown pink black blue green white grey purple".split()}
ANIMALS = "cat dog cow horse sheep pig goat duck lion wolf bear fox mouse rabbit frog".split()
THINGS = {word: word in ANIMALS for word in ANIMALS + "hammer saw drill knife rope table chair bed sofa shelf coat hat shirt shoe glove".split()}
PEOPLE = "Anna Ben Clara David Emma Felix Grace Hugo Iris Jonas Karin Leo Maria Noah Olga Paul Rosa Sam Tina Victor".split()
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
TRAIN, VALID, TEST = 800, 100, 200
SMOLLM2 = "smollm2"
# Trainings on the test rows with a rank that only some arms have.
OTHER_RANKS_SEEDS = 5
# Where trainings take long: the question itself, without its variants.
CORE = ("lora", "afa-silu", arms.UNMERGED, arms.FULL)
SCALINGS = ("lora-alpha-4", "rslora", "afa-relu-0.6-alpha-4", "afa-relu-0.6-rslora")
DOWNLOADS = PROJECT / "target/evidence-data"
# WordNet's files of nouns, from the fourth on, without `noun.`.
NOUNS = """act animal artifact attribute body cognition communication event feeling food group location motive object person phenomenon plant possession
process quantity relation shape state substance time""".split()
SECTIONS = "admin devel doc fonts games gnome gnu-r golang graphics haskell java javascript kde libs lisp math net perl php python ruby rust science sound".split()


@dataclasses.dataclass(frozen=True)
class Measure:
    """What a task is judged by, at validations: the loss, or one of the method's metrics."""
    name: str
    title: str
    is_higher_better: bool = False

    @property
    def is_loss(self):
        return self.name == "loss"

    def of(self, row):
        return row["valid_loss"] if self.is_loss else row["valid_metrics"].get(self.name)


LOSS = Measure("loss", "test loss, nats per token")
SUPERVISED = {"type": "supervised", "supervised": {}}


@dataclasses.dataclass
class Task:
    name: str
    about: str
    # Gives rows by the name of the file: train, valid, test.
    make_rows: Callable
    # One more than a multiple of CURVE_POINTS, so that curves have a point one step before the end.
    steps: int
    batch_size: int
    # The rates that sweeps begin with: of adapters, and of full fine-tuning.
    rates: tuple
    # Of greedy answers that are compared with the row's; 0 if none are.
    max_new_tokens: int = 0
    # How many trainings of a sweep each rate gets: several where chance decides whether a training succeeds.
    sweep_seeds: int = 1
    # At most, on the test rows; more where chance decides.
    seeds: int = 5
    model: str = "anneal-tiny"
    measure: Measure = LOSS
    # What its table shows beside it.
    also: tuple = ()
    method: dict = dataclasses.field(default_factory=lambda: SUPERVISED)
    settings: dict = dataclasses.field(default_factory=dict)
    # Projections with adapters, or all.
    targets: list | None = None
    # The usual ones, if none are named.
    arms: tuple = ()
    ranks: tuple = ()
    # Of arms.AT_OTHER_RANKS alone.
    other_ranks: tuple = ()
    # Whether it is judged by rows that it was trained on.
    by_heart: bool = False
    # What its verdict has to be read with.
    note: str = ""
    # Where the text comes from, and its licence; rows that name none are made from a seed.
    source: str = ""

    @functools.cached_property
    def rows(self):
        return self.make_rows()

    def seeds_at(self, rank):
        """How many trainings on the test rows each arm gets."""
        return OTHER_RANKS_SEEDS if rank in self.other_ranks else self.seeds


def chat(question, answer):
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def split(rows, train=TRAIN):
    """Distinct questions, in random order, as files of rows."""
    distinct = list({row["messages"][0]["content"]: row for row in rows}.values())
    random.Random(SEED).shuffle(distinct)
    assert len(distinct) >= train + VALID + TEST, len(distinct)
    return {"train": distinct[:train], "valid": distinct[train:train + VALID], "test": distinct[train + VALID:train + VALID + TEST]}


def tickets():
    return {name: [json.loads(line) for line in (DEMO / f"tickets.{name}.jsonl").read_text().splitlines()] for name in ("train", "valid", "test")}


def composition():
    draw = random.Random(SEED)
    lists = [draw.sample(WORDS, draw.randint(3, 5)) for _ in range(1500)]
    return split(chat("Turn: " + " ".join(words), " ".join(reversed(words)).upper()) for words in lists)


def preference():
    """The words in reverse order are preferred to the words as they were, both in capitals."""
    def pair(row):
        question, answer = (message["content"] for message in row["messages"])
        said = {name: [{"role": "assistant", "content": " ".join(words)}] for name, words in (("preferred_output", answer.split()), ("non_preferred_output", answer.split()[::-1]))}
        return {"input": {"messages": [{"role": "user", "content": question}]}, **said}
    return {name: [pair(row) for row in rows] for name, rows in composition().items()}


def parity():
    """Half of the pairs of colour and thing are trained, a quarter is in the validation rows alone, and a quarter in the test rows alone."""
    draw = random.Random(SEED)
    pairs = [(shade, what) for shade in COLOURS for what in THINGS]
    draw.shuffle(pairs)

    def rows(of, count):
        drawn = draw.sample(list(itertools.product(of, PEOPLE)), count)
        return [chat(f"{who} has a {shade} {what}. Yes or no?", "yes" if COLOURS[shade] != THINGS[what] else "no") for (shade, what), who in drawn]

    quarter = len(pairs) // 4
    return {"valid": rows(pairs[:quarter], VALID), "test": rows(pairs[quarter:2 * quarter], TEST), "train": rows(pairs[2 * quarter:], TRAIN)}


def arithmetic():
    draw = random.Random(SEED)
    written = "".join(draw.sample("0123456789", 10))
    rows = []
    for left, right in draw.sample(list(itertools.product(range(100), repeat=2)), 1500):
        digits = [(f"{left:02d}"[place], f"{right:02d}"[place]) for place in (0, 1)]
        answer = "".join(written[(written.index(a) + written.index(b)) % 10] for a, b in digits)
        rows.append(chat(f"What is {left:02d} @ {right:02d}?", answer))
    return split(rows)


def random_facts(count, seed):
    """Random names and four random digits: nothing but memory helps."""
    draw = random.Random(seed)
    names = set()
    while len(names) < count:
        names.add("".join(draw.choice(SYLLABLES) for _ in range(4)))
    return [(name, f"{draw.randrange(10_000):04d}") for name in sorted(names)]


def facts():
    """The rows are judged that were trained."""
    rows = [chat(name, digits) for name, digits in random_facts(600, SEED)]
    return {"train": rows, "valid": rows[:VALID], "test": rows[VALID:VALID + TEST]}


def german():
    """Pieces of German manual pages of Debian's package: the first words are asked, the others learned."""
    words = [word for page in german_pages(60) for word in page.split()]
    pieces = [words[begin:begin + 24] for begin in range(0, len(words) - 24, 24)]
    return split((chat(" ".join(piece[:6]), " ".join(piece[6:])) for piece in pieces), 1608)


def german_pages(count):
    """Some of them without the commands of troff, in an order of its own."""
    files = sorted(debian_package("manpages-de").glob("usr/share/man/de/man1/*.gz"))
    random.Random(23).shuffle(files)
    for file in files[:count]:
        lines = gzip.decompress(file.read_bytes()).decode(errors="ignore").splitlines()
        yield re.sub(r"\\f.|\\[-&(a-z]*", "", " ".join(line for line in lines if not line.startswith((".", "'"))))


def sums():
    """The bundled sums, of which the model gets half right; rewards need no answers."""
    train, test = ([json.loads(line) for line in (DEMO / f"addition.{name}.jsonl").read_text().splitlines()] for name in ("train", "test"))
    return {"train": train, "valid": test[:100], "test": test[100:]}


def wordnet():
    """Definitions of nouns and the category of what they define."""
    lines = (debian_package("wordnet-base") / "usr/share/wordnet/data.noun").read_text().splitlines()
    draw = random.Random(SEED)
    rows = []
    for line in draw.sample([line for line in lines if not line.startswith(" ")], 6000):
        fields, _, gloss = line.partition(" | ")
        number = int(fields.split()[1])
        definition = gloss.split(";")[0].strip()
        if number != 3 and '"' not in definition:
            rows.append(chat(f"Which kind of thing is this? {definition}", NOUNS[number - 4]))
    return split(rows)


def packages():
    """Short descriptions of packages and their section of the archive, as apt knows them."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    rows = {}
    for record in text.split("\n\n"):
        keys = dict(line.split(": ", 1) for line in record.splitlines() if not line.startswith(" ") and ": " in line)
        description, section = keys.get("Description", ""), keys.get("Section", "").rpartition("/")[2]
        if description and section in SECTIONS:
            rows.setdefault(section, []).append(chat(f"Which section does this package belong to? {description}", section))
    draw = random.Random(SEED)
    return split(row for section in SECTIONS for row in draw.sample(sorted(rows[section], key=json.dumps), 120))


def debian_package(name):
    """Folder of the unpacked package, which apt downloads once."""
    folder = DOWNLOADS / name
    if not folder.exists():
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "--quiet", name], cwd=DOWNLOADS, check=True)
        unpacked = folder.with_suffix(".part")
        subprocess.run(["dpkg-deb", "--extract", next(DOWNLOADS.glob(f"{name}_*.deb")), unpacked], check=True)
        unpacked.rename(folder)
    return folder


def all_tasks():
    gap = {"rates": (8e-3, 1e-3), "ranks": (4,), "other_ranks": (1, 2, 16), "arms": arms.WITH_GAP, "seeds": 10}
    tiny, large = {"rates": (4e-3, 4e-4)}, {"model": SMOLLM2, "rates": (2e-4, 2e-5), "arms": (*CORE, arms.NF4, *arms.SIGNED), "ranks": (16,), "seeds": 3}
    grader = {"type": "string_check", "name": "sum", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "eq"}
    return {task.name: task for task in (
        Task("tickets", "a ticket line becomes its team, urgency and product", tickets, 101, 8, max_new_tokens=48, **tiny),
        Task("composition", "words in reverse order, in capitals", composition, 81, 8, max_new_tokens=40,
             arms=tuple(arm for arm in arms.ARMS if arm != arms.NF4), **tiny),
        Task("facts", "random names and four random digits, learned by heart", facts, 301, 32, max_new_tokens=8, by_heart=True, **gap),
        Task("attention", "`composition` with adapters on q and v alone", composition, 161, 8, max_new_tokens=40, targets=["q_proj", "v_proj"], **gap),
        Task("batch", "`composition` in few large batches", composition, 41, 64, max_new_tokens=40, **gap),
        Task("german", "German manual pages, of which the model has seen none", german, 201, 8, source="Debian's package manpages-de (GPL-3.0-or-later)",
             **(gap | {"other_ranks": ()})),
        Task("parity", "exclusive or of two properties", parity, 401, 8, max_new_tokens=4, sweep_seeds=3, arms=CORE, ranks=(4,), seeds=10,
             note="In `parity` five seeds were added to the first five because those looked better without being clear: its verdict is less sure than the others.",
             **tiny),
        Task("arithmetic", "sums without carrying, in permuted digits", arithmetic, 201, 16, max_new_tokens=4,
             arms=(*CORE, "afa-relu", "afa-linear-0.6", *SCALINGS), **tiny),
        Task("preference", "DPO: words in reverse order, not as they were", preference, 81, 8, rates=(4e-3, 4e-4), ranks=(4,),
             arms=("lora", "afa-silu", *arms.SIGNED, arms.FULL), measure=Measure("loss", "test loss of DPO"), method={"type": "dpo", "dpo": {}}),
        Task("sums", "GRPO on two-digit sums, a reward of 1 for the right one", sums, 41, 8, rates=(2e-3, 2e-4), ranks=(16,),
             arms=("lora", "afa-silu", "afa-step-0.5", *arms.SIGNED), measure=Measure("reward", "test reward", is_higher_better=True),
             method={"type": "reinforcement", "reinforcement": {"grader": grader}},
             settings={"rollouts": {"group_size": 8, "max_completion_tokens": 8}}),
        Task("draft", "an EAGLE-3 head for anneal-tiny", tickets, 141, 8, rates=(5e-3, 1e-2), ranks=(16,),
             arms=(*CORE, *arms.SIGNED), measure=Measure("acceptance_length/greedy", "tokens per pass, greedily", is_higher_better=True),
             also=(Measure("acceptance_length/sampled", "tokens per pass, T = 1", is_higher_better=True),),
             method={"type": "speculative_draft", "speculative_draft": {"kind": "eagle3", "evaluation": {"prompts": 24, "max_tokens": 32}}}),
        Task("wordnet", "a definition becomes the category of what it defines", wordnet, 101, 8, max_new_tokens=8, **(large | {"arms": (*CORE, arms.NF4, *SCALINGS, *arms.SIGNED)}),
             source="WordNet 3.0 (WordNet licence), Debian's package wordnet-base"),
        Task("packages", "a package's description becomes its section of the archive", packages, 101, 8, max_new_tokens=8, **large,
             source="the package lists of Debian 12 in November 2026, each description under the licence of its package"),
    )}
