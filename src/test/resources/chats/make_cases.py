"""Writes cases.json: ids and labels that transformers computes for chat templates with {% generation %} marks.

Each template stands here with marks, on which transformers computes the labels; cases.json holds it without them, as models ship it.
Usage: python make_cases.py GOLDEN_TOKENIZER_DIRECTORY ANNEAL_TINY_DIRECTORY   (transformers 5.24.0, tokenizers 0.23.3)
"""

import json
import re
import sys
from pathlib import Path

from transformers import AutoTokenizer

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{% if message['role'] == 'assistant' and message.get('weight', 1) %}{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# SmolLM2's template: a default system message if the conversation has none.
DEFAULT_SYSTEM = CHATML.replace(
    "{% for message in messages %}",
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a helpful AI assistant<|im_end|>\\n' }}{% endif %}",
)
# Mistral's older template: no role headers, trimmed contents, the system message in the LAST user message.
INSTRUCT = (
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] + '\\n\\n' %}{% set turns = messages[1:] %}"
    "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{% for message in turns %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + (system if loop.index0 >= turns | length - 2 else '') + message['content'].strip() + ' [/INST]' }}"
    "{% elif message.get('weight', 1) %}{% generation %}{{ ' ' + message['content'].strip() + eos_token }}{% endgeneration %}"
    "{% else %}{{ ' ' + message['content'].strip() + eos_token }}{% endif %}{% endfor %}"
)
# Qwen3's habit: an empty block of thoughts, but only in the last message.
THINKING = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{% if message['role'] == 'assistant' and message.get('weight', 1) %}{% generation %}"
    "{{ ('<think>\\n\\n</think>\\n\\n' if loop.last else '') + message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# No special token at all ends a turn.
PLAIN = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ 'Assistant:' }}"
    "{% if message.get('weight', 1) %}{% generation %}{{ ' ' + message['content'] }}{% endgeneration %}{% else %}{{ ' ' + message['content'] }}{% endif %}"
    "{% else %}{{ message['role'] | capitalize + ': ' + message['content'] }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **keys):
    return {"role": "assistant", "content": text, **keys}


CHATS = [
    [user("The river"), assistant("It is old.")],
    [{"role": "system", "content": "Be short."}, user("Add 17 and 4"), assistant("21")],
    [user("caf\u00e9 \U0001f600?"), assistant("\U0001f600\U0001f1e9\U0001f1ea caf\u00e9\n"), user("And\nnow?"), assistant("  No.")],
    [user("one"), assistant("first", weight=0), user("two"), assistant("second", weight=1)],
    [user("one"), assistant("first"), user("two"), assistant("second", weight=0), user("three"), assistant("third")],
    [{"role": "system", "content": "Sort."}, user("b a"), assistant("a b"), user("d c"), assistant("c d"), user("f e"), assistant("e f")],
]


def main(golden, tiny):
    cases = []
    for name, directory, marked in [
        ("chatml", "golden", CHATML),
        ("chatml", "anneal-tiny", CHATML),
        ("default-system", "golden", DEFAULT_SYSTEM),
        ("instruct", "golden", INSTRUCT),
        ("thinking", "golden", THINKING),
        ("plain", "golden", PLAIN),
    ]:
        tokenizer = AutoTokenizer.from_pretrained(golden if directory == "golden" else tiny)
        template = re.sub(r"{% (end)?generation %}", "", marked)
        for chat in CHATS:
            # White space at the end of a message is not told from the template's where no token ends a turn.
            messages = [m | {"content": m["content"].rstrip()} for m in chat] if name == "plain" else chat
            encoded = tokenizer.apply_chat_template(messages, chat_template=marked, return_dict=True, return_assistant_tokens_mask=True)
            ids = encoded["input_ids"]
            assert ids == tokenizer.apply_chat_template(messages, chat_template=template, return_dict=True)["input_ids"]
            labels = [i if m else -100 for i, m in zip(ids, encoded["assistant_masks"])]
            prompt = messages[:-1]
            cases.append(
                {
                    "name": name,
                    "tokenizer": directory,
                    "template": template,
                    "marked_template": marked,
                    "messages": messages,
                    "ids": ids,
                    "labels": labels,
                    "prompt_ids": tokenizer.apply_chat_template(prompt, chat_template=template, add_generation_prompt=True, return_dict=True)["input_ids"],
                }
            )
    Path(__file__).with_name("cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=None).replace('}, {"name"', '},\n{"name"') + "\n", encoding="utf-8")


main(*sys.argv[1:])
