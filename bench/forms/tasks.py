"""Rows of token ids, by task. A row is (ids, labels); the label of a token that is not learned is -100."""
import dataclasses
import random

import tasks as evidence
from transformers import AutoTokenizer


NOT_TRAINED = -100


@dataclasses.dataclass(frozen=True)
class Task:
    """`train`, `valid` and `test` rows; `targets` of adapters, or None for all projections."""

    name: str
    train: list
    valid: list
    test: list
    steps: int
    batch: int
    ranks: tuple
    targets: tuple | None = None


class Rows:
    def __init__(self, folder):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def chat(self, row):
        """The last message is learned."""
        messages = row["messages"]
        whole = self.tokenizer.apply_chat_template(messages, tokenize=True)["input_ids"]
        asked = self.tokenizer.apply_chat_template(messages[:-1], tokenize=True, add_generation_prompt=True)["input_ids"]
        return whole, [NOT_TRAINED] * len(asked) + whole[len(asked):]

    def fact(self, key, value):
        """The value is learned."""
        asked, answer = (self.tokenizer.encode(text, add_special_tokens=False) for text in (key + "=", value))
        start = [self.tokenizer.eos_token_id]
        return start + asked + answer, [NOT_TRAINED] * (1 + len(asked)) + answer

    def text(self, text, length):
        """Pieces of a text, all of which is learned."""
        ids = self.tokenizer.encode(text, add_special_tokens=False)
        pieces = [ids[begin:begin + length] for begin in range(0, len(ids) - length, length)]
        return [(piece, piece) for piece in pieces]


def pieces(rows, count, length):
    """Pieces of German manual pages, in an order of their own."""
    found = rows.text("\n".join(evidence.german_pages(count)), length)
    random.Random(23).shuffle(found)
    return found


def all_tasks(folder):
    rows = Rows(folder)
    facts_, turned, german = [rows.fact(name, digits) for name, digits in evidence.random_facts(600, 17)], evidence.composition(), pieces(rows, 60, 64)
    chats = {name: [rows.chat(row) for row in part] for name, part in turned.items()}
    fewer = {name: part[:100] for name, part in chats.items() if name != "train"}
    return {task.name: task for task in (
        Task("facts", facts_, facts_, facts_, 300, 32, (4,)),
        Task("composition", chats["train"], **fewer, steps=150, batch=8, ranks=(4,)),
        Task("batch", chats["train"], **fewer, steps=40, batch=64, ranks=(4,)),
        Task("attention", chats["train"], **fewer, steps=150, batch=8, ranks=(4,), targets=("q_proj", "v_proj")),
        Task("pretrain", german[400:], german[:200], german[200:400], 200, 8, (4,)),
    )}
