"""Holds the encoder to transformers over the chat templates of public packages.

Ids must be those of transformers, masks as well where a template has {% generation %} blocks; and of every row all of what trained messages say is trained, and nothing of
any other message, or the row is refused by name. Each template is tried with one end of turn known and with all that look like one.
Usage: check.py WORK CLASSPATH TEMPLATE...
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer
from transformers import PreTrainedTokenizerFast

SPECIAL = re.compile(
    r"<\|[^|<>\s]{1,40}\|>|<｜[^｜<>\s]{1,40}｜>|<\|[A-Z_]{1,40}\|>|\[/?[A-Z][A-Z_]{2,20}\]|\]~[!a-z]+\[|\]~[a-z]\]|\[e~\[|\[\]~b\]"
    r"|</?(?:bos|eos|s|pad|unk|sop|seed:bos|seed:eos|start_of_turn|end_of_turn|SPECIAL_\d+|extra_id_\d+)>|<\|turn>|<turn\|>|<\|?channel\|?>"
)
ENDS = re.compile(r"(?i)end_?of|end▁of|im_end|\|end\||eo[tms]|return|\|calls?\||user|observation|</s>|extra_id|turn\||tool_response>|e~\[|SPECIAL_1[12]|message_sep")

# Jinja escapes what is joined to a text that is declared safe; the interpreter escapes nothing.
ESCAPED = {"llama-cpp/meetkai-functionary-medium-v3.1"}

TOOL = {
    "type": "function",
    "function": {
        "name": "harvest",
        "description": "Counts pears.",
        "parameters": {"type": "object", "properties": {"place": {"type": "string", "description": "Where."}}, "required": ["place"]},
    },
}


def system(text):
    return {"role": "system", "content": text}


def user(text):
    return {"role": "user", "content": text}


def tool(text, call="call00001"):
    return {"role": "tool", "content": text, "tool_call_id": call, "name": "harvest"}


def assistant(text, *calls, **keys):
    message = {"role": "assistant", "content": text, **keys}
    if calls:
        message["tool_calls"] = [
            {"id": f"call0000{i}", "type": "function", "function": {"name": "harvest", "arguments": {"place": place}}} for i, place in enumerate(calls, 1)
        ]
    return message


# Words of each message are its own, so that a trained token tells whose it is.
ROWS = [
    [user("walnut barley"), assistant("alder birch")],
    [system("saffron thyme"), user("walnut barley"), assistant("alder birch"), user("vetch wheat"), assistant("cedar damson")],
    [user("walnut barley"), assistant("alder birch"), user("vetch wheat"), assistant("cedar damson", weight=0)],
    [user("walnut barley"), assistant("alder birch", weight=0), user("vetch wheat"), assistant("cedar damson")],
    [user("walnut barley"), assistant("alder birch"), user("vetch wheat"), assistant("cedar damson", weight=0), user("yarrow zinnia"), assistant("elmwood figtree")],
    [user("walnut barley"), assistant(None, "grapevine"), tool("41 pears")],
    [user("walnut barley"), assistant(None, "grapevine"), tool("41 pears"), assistant("hazel irises")],
    [user("walnut barley"), assistant("alder birch", "grapevine"), tool("41 pears"), assistant("hazel irises", weight=0), user("vetch wheat"), assistant("cedar damson")],
    [user("walnut barley"), assistant("", "grapevine", weight=0), tool("41 pears"), assistant("hazel irises"), user("vetch wheat"), assistant(None, "juniper")],
    [user("walnut barley"), assistant(None, "grapevine", "kalette"), tool("41 pears"), tool("52 pears", "call00002"), assistant("hazel irises")],
    [user("walnut barley"), assistant("alder birch", reasoning_content="linden maple"), user("vetch wheat"), assistant("cedar damson", reasoning_content="nettle oakum")],
    [user("walnut barley"), assistant("alder birch", reasoning_content="linden maple", weight=0), user("vetch wheat"), assistant("cedar damson", reasoning_content="nettle oakum")],
    [user("walnut barley"), assistant("alder birch", reasoning_content="linden maple"), user("vetch wheat"), assistant("cedar damson", reasoning_content="nettle oakum", weight=0)],
    [
        system("saffron thyme"),
        user("walnut barley"),
        assistant(None, "grapevine", reasoning_content="linden maple"),
        tool("41 pears"),
        assistant("hazel irises", reasoning_content="nettle oakum"),
        user("vetch wheat"),
        assistant("cedar damson", reasoning_content="poppy quince"),
    ],
    [user("walnut barley"), assistant("alder birch"), assistant("cedar damson")],
    [user("walnut barley"), assistant("<think>\nlime maple\n</think>\n\nask birch"), user("vetch wheat"), assistant("<think>\nnettle oakum\n</think>\n\ncedar damson")],
    [user(" walnut barley\n"), assistant("\n alder birch \n"), user("vetch wheat"), assistant("cedar\n\ndate ")],
    [user("walnut barley"), assistant(""), user("vetch wheat"), assistant("cedar damson", weight=0)],
]
TOOLS = [[TOOL] if any("tool_calls" in message for message in row) else None for row in ROWS]


def plain(messages):
    return [{key: value for key, value in message.items() if key != "weight"} for message in messages]


class Model:
    """A directory with a tokenizer in which the template's control tokens are such."""

    def __init__(self, work, source, all_ends):
        self.name = source.parent.name + "/" + source.stem + ("+" if all_ends else "")
        self.template = source.read_text(encoding="utf-8")
        self.directory = work / self.name.replace("/", "-")
        tokenizer = Tokenizer.from_file("src/test/resources/golden/tokenizer/tokenizer.json")
        specials = sorted(set(SPECIAL.findall(self.template)) | {"<s>", "</s>"})
        tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in specials])
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", chat_template=self.template)
        self.tokenizer.save_pretrained(self.directory)
        ends = [tokenizer.token_to_id(text) for text in specials if ENDS.search(text)] if all_ends else []
        (self.directory / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}))
        self.is_marked = re.search(r"\{%-?\s*generation", self.template) is not None

    def expected(self, row, tools):
        """Ids and mask, or the error."""
        try:
            encoded = self.tokenizer.apply_chat_template(plain(row), tools=tools, return_dict=True, return_assistant_tokens_mask=self.is_marked)
            return encoded["input_ids"], encoded.get("assistant_masks")
        except Exception as error:
            return f"{type(error).__name__}: {error}", None


def texts(message):
    """Words that stand for a message, by whether a trained message must show them in its trained text."""
    said = set(re.findall("[a-z]+", message["content"] or "")) - {"think", "pears"}
    said |= {call["function"]["arguments"]["place"] for call in message.get("tool_calls", [])}
    thought = set(re.findall("[a-z]+", message.get("reasoning_content", "")))
    if "<think>" in (message["content"] or ""):
        inner = set(re.findall("[a-z]+", message["content"].split("</think>")[0])) - {"think"}
        said, thought = said - inner, inner
    return said, thought | set(re.findall("[0-9]+", message["content"] or ""))


def trained_text(tokenizer, labels):
    """What is trained, stretches apart."""
    runs, current = [], []
    for label in labels + [-100]:
        if label != -100:
            current.append(label)
        elif current:
            runs.append(tokenizer.decode(current))
            current = []
    return "\n\n".join(runs)


def problems(model, row, tools, answer):
    """What is wrong with the encoder's answer; nothing where it refuses a row by name."""
    ids, mask = model.expected(row, tools)
    if isinstance(ids, str):
        return ["accepted, but transformers says " + ids] if "ids" in answer else []
    if "problem" in answer:
        return [] if answer["problem"]["reason"] == "unclear_template" else [json.dumps(answer["problem"])]
    if model.name.rstrip("+") in ESCAPED and tools:
        return []
    if answer["ids"] != ids:
        return ["other ids than transformers"]
    labels, found = answer["labels"], []
    if mask and all(message.get("weight", 1) for message in row):
        if labels != [token if trained else -100 for token, trained in zip(ids, mask)]:
            found.append("another mask than transformers")
    whole, trained = model.tokenizer.decode(ids), trained_text(model.tokenizer, labels)
    for number, message in enumerate(row):
        said, others = texts(message)
        if message["role"] == "assistant" and message.get("weight", 1):
            if cut := {word for word in said if word in whole and word not in trained}:
                found.append(f"message {number} lacks {sorted(cut)} in {trained!r}")
        elif leaked := {word for word in said | others if word in trained}:
            found.append(f"message {number} is trained: {sorted(leaked)} in {trained!r}")
    return found


def main(work, classpath, *sources):
    work = Path(work)
    rows = work / "rows.jsonl"
    rows.write_text("\n".join(json.dumps({"messages": row, **({"tools": tools} if tools else {})}) for row, tools in zip(ROWS, TOOLS)))
    models = [Model(work, Path(source), all_ends) for source in sources for all_ends in (False, True)]
    command = ["java", "-Xmx1g", "-cp", classpath, "-Duser.timezone=UTC", "dev.anneal.engine.text.data.EncodingProcess", rows] + [m.directory for m in models]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answers = {}
    for line in process.stdout.splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            answers[answer["model"], answer.get("line")] = answer
    encoded = failed = 0
    for model in models:
        for line, (row, tools) in enumerate(zip(ROWS, TOOLS), 1):
            answer = answers[str(model.directory), line]
            encoded += "ids" in answer
            for problem in problems(model, row, tools, answer):
                failed += 1
                print(f"{model.name}, row {line}: {problem}")
    print(f"{len(sources)} templates, {len(models) * len(ROWS)} rows, {encoded} of them encoded, {failed} problems")
    # Fewer would say that the encoder refuses what it should not.
    return 0 if failed == 0 and encoded >= 0.75 * len(models) * len(ROWS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
