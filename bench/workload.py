"""Rows of token ids that engine and peer train on: one JSON object per line, {"ids": [...], "labels": [...]}, -100 = not trained."""
import argparse
import json
import sys

import engine

NOT_TRAINED = -100
DEMO = engine.PROJECT / "src/main/resources/demo/tickets.train.jsonl"


WARM_UP_STEPS = 2


def steps(text):
    """Type of the option --steps: the steps of warm-up do not count, so there must be more."""
    count = int(text)
    if count <= WARM_UP_STEPS:
        raise argparse.ArgumentTypeError(f"{count} are too few: the first {WARM_UP_STEPS} do not count")
    return count


def chats(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line)["messages"] for line in lines if line.strip()]


def ids(tokenizer, messages, **options):
    return tokenizer.apply_chat_template(messages, tokenize=True, **options)["input_ids"]


def write(name, rows):
    file = engine.BUILD / f"{name}.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for row, labels in rows:
            out.write(json.dumps({"ids": row, "labels": labels}) + "\n")
    return file


def fixed(tokenizer, data, count, length):
    """Concatenates chats and cuts them into rows of one length, all tokens trained. Starts over at the end of the data."""
    stream = [token for chat in chats(data) for token in ids(tokenizer, chat)]
    while len(stream) < count * length:
        stream += stream
    rows = [stream[n * length:(n + 1) * length] for n in range(count)]
    return write(f"fixed-{length}x{count}", [(row, [NOT_TRAINED, *row[1:]]) for row in rows])


def real(tokenizer, data, count, longest):
    """One chat per row, only its last message trained, cut after `longest` tokens."""
    rows = []
    for chat in chats(data):
        whole = ids(tokenizer, chat)[:longest]
        prompt = len(ids(tokenizer, chat[:-1], add_generation_prompt=True))
        if prompt < len(whole):
            rows.append((whole, [NOT_TRAINED] * prompt + whole[prompt:]))
    if len(rows) < count:
        sys.exit(f"{data} has {len(rows)} rows that can be trained, {count} are needed: use fewer steps")
    return write(f"real-{count}", rows[:count])


def prompts(data, count):
    """Rows for reinforcement: those of the data if they have answers, else chats without the last message, which is the answer."""
    with open(data, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()][:count]
    if len(rows) < count:
        sys.exit(f"{data} has {len(rows)} rows, {count} are needed: use fewer steps")
    file = engine.BUILD / f"grpo-{count}.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for row in rows:
            chat = row["messages"]
            asked = row if "answer" in row else {"messages": chat[:-1], "answer": chat[-1]["content"]}
            out.write(json.dumps(asked) + "\n")
    return file
