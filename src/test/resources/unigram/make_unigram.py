"""Writes a SentencePiece-style Unigram tokenizer and what the tokenizers library (0.23.3) makes of a few texts."""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

vocabulary = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0), ("\u2581", -2.0), ("\u2581the", -3.0), ("\u2581river", -4.0)]
vocabulary += [(letter, -6.0) for letter in "abcdefghijklmnopqrstuvwxyz</>"]
tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
tokenizer.add_special_tokens([AddedToken("<s>", normalized=False), AddedToken("</s>", normalized=False, lstrip=True)])
folder = Path(__file__).parent
tokenizer.save(str(folder / "tokenizer.json"))
texts = ["the river", "<s>the river</s>", "<s> the  river </s>a", "a</s>b<s>", "</s"]
cases = [{"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids} for t in texts]
tokenizer.encode_special_tokens = True
for case in cases:
    case["ids_as_text"] = tokenizer.encode(case["text"], add_special_tokens=False).ids
    case["decoded"] = tokenizer.decode(case["ids"], skip_special_tokens=True)
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
config = {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "unk_token": "<unk>"}
config["chat_template"] = [
    {"name": "default", "template": "{% for m in messages %}{{ m.content + eos_token }}{% endfor %}"},
    {"name": "tool_use", "template": "{{ bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}"},
]
(folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
