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


def last_trained(tokenizer, known, data, count, longest):
    """Rows of `count` chats, only the last message of each trained, cut after `longest` tokens."""
    rows = []
    for chat in known:
        whole = ids(tokenizer, chat)[:longest]
        prompt = len(ids(tokenizer, chat[:-1], add_generation_prompt=True))
        if prompt < len(whole):
            rows.append((whole, [NOT_TRAINED] * prompt + whole[prompt:]))
    if len(rows) < count:
        sys.exit(f"{data} has {len(rows)} rows that can be trained, {count} are needed: use fewer steps")
    return rows[:count]


def real(tokenizer, data, count, longest):
    """One chat per row, only its last message trained, cut after `longest` tokens."""
    return write(f"real-{count}", last_trained(tokenizer, chats(data), data, count, longest))


def tool(number):
    """The schema of a made-up tool, as agents send dozens of them with each request."""
    words = ["orders", "tickets", "invoices", "parcels", "meetings", "articles", "reviews", "accounts"]
    name = words[number % len(words)]
    return {"type": "function", "function": {
        "name": f"find_{name}_{number}", "description": f"Find {name} of the customer by id, date or text, newest first.",
        "parameters": {"type": "object", "required": ["query"], "properties": {
            "query": {"type": "string", "description": f"words that the {name} must contain"},
            "limit": {"type": "integer", "description": f"number of {name} to return, at most 50"}}}}}


def tools(tokenizer, data, count, positions, shared=1000, own=150):
    """Chats behind one system prompt with schemas of tools, `shared` tokens in all; their last message is trained, cut after `own` tokens.
    Models with few positions get a shorter prompt."""
    shared = min(shared, positions - own - 50)
    schemas = "\n".join(json.dumps(tool(number)) for number in range(shared // 50))
    text = tokenizer("You answer with the help of these tools:\n" + schemas)["input_ids"][:shared]
    system = {"role": "system", "content": tokenizer.decode(text)}
    beginning = len(ids(tokenizer, [system]))
    known = [[system, *(message for message in chat if message["role"] != "system")] for chat in chats(data)]
    return write(f"tools-{count}", last_trained(tokenizer, known, data, count, beginning + own))


def pairs(tokenizer, data, count, positions, examples=4):
    """Pairs with long prompts, chosen and rejected in turn: examples from other chats and a question before its own answer and another chat's."""
    longest = min(200, positions // (examples + 2))
    known = [chat for chat in chats(data) if len(ids(tokenizer, chat)) <= longest]
    if len(known) < count + examples:
        sys.exit(f"{data} has {len(known)} chats of at most {longest} tokens, {count + examples} are needed: use fewer steps")
    file = engine.BUILD / f"pairs-{count}.jsonl"
    with open(file, "w", encoding="utf-8") as out:
        for number in range(count):
            shown = "\n\n".join(f"{chat[-2]['content']}\n{chat[-1]['content']}" for chat in known[number + 1:number + 1 + examples])
            prompt = [{"role": "system", "content": shown}, known[number][-2]]
            begin = len(ids(tokenizer, prompt, add_generation_prompt=True))
            for answer in (known[number][-1], known[number + 1][-1]):
                whole = ids(tokenizer, [*prompt, answer])
                labels = [NOT_TRAINED] * begin + whole[begin:]
                out.write(json.dumps({"ids": whole, "labels": labels, "prompt": prompt, "answer": answer}) + "\n")
    return file


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
