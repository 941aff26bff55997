"""Writes cases.json: what transformers' own template environment makes of each snippet below.

    pip install transformers==5.24.0 jinja2==3.1.6 && python generate.py

A case is the template, its variables, and either the text or true for "error". Error texts are not compared.
"""

import json
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

MESSAGES = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "  Héllo wörld\n", "name": "ann"},
    {"role": "assistant", "content": "Hi <b>there</b> & 'all' \"of\" you", "tool_calls": [{"name": "f", "arguments": {"x": 1, "y": [1.5, None, True]}}]},
    {"role": "tool", "content": {"ok": True, "items": ["a", "b"]}},
    {"role": "user", "content": "😀 two\ttabs"},
]
VARIABLES = {
    "messages": MESSAGES,
    "numbers": [3, 1, 2, 10, -4],
    "mixed": [1, 1.0, True, "1", None, "a", "A", "b"],
    "nested": [[1, [2, [3]]], {"k": {"z": 1, "a": 2}}],
    "people": [{"name": "Bob", "age": 30, "city": "x"}, {"name": "alice", "age": 25, "city": "y"}, {"name": "Carol", "age": 30, "city": "x"}],
    "text": "The quick  brown\nfox",
    "empty": "",
    "none_value": None,
    "big": 12345678901234567890123,
    "small": 1e-7,
    "pi": 3.14159,
    "flag": True,
    "bos_token": "<s>",
    "eos_token": "</s>",
    "add_generation_prompt": True,
    "tools": [{"type": "function", "function": {"name": "weather", "description": "Says how it is.", "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "Where"}}, "required": ["city"]}}}],
    "documents": None,
    "map": {"b": 2, "a": 1, "C": 3, "items": "shadowed"},
}

# One template per line block; "----" separates them.
SNIPPETS = Path(__file__).with_name("snippets.txt").read_text().split("\n----\n")
TEMPLATES = sorted(Path(__file__).parent.glob("*.jinja"))


def outcome(source):
    try:
        return {"template": source, "expected": _compile_jinja_template(source).render(**VARIABLES)}
    except Exception as problem:
        return {"template": source, "error": type(problem).__name__}


cases = [outcome(snippet) for snippet in SNIPPETS] + [outcome(path.read_text()) for path in TEMPLATES]
target = Path(__file__).with_name("cases.json")
target.write_text(json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=False, indent=1) + "\n")
print(len(cases), "cases,", sum("error" in case for case in cases), "of them errors")
