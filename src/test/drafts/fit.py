"""Fits an EAGLE-3 and an EAGLE-1 head to a random target's answers to the prompts of the checks.

fit.py FOLDER writes FOLDER/target, FOLDER/eagle3.safetensors and FOLDER/eagle1.safetensors, with Speculators' names. The heads know nothing but these
answers; they are as good as a server's code understands streams, names and positions as they were trained.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from speculators import SpeculatorsConfig, VerifierConfig
from speculators.losses import resolve_loss_config
from speculators.models.eagle3 import Eagle3DraftModel, Eagle3SpeculatorConfig
from speculators.proposals.greedy import GreedyTokenProposalConfig
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRotaryEmbedding

from prompts import NEW_TOKENS, prompts

SIZES = dict(
    vocab_size=97, hidden_size=128, intermediate_size=192, num_attention_heads=4, num_key_value_heads=2, head_dim=32, max_position_embeddings=512,
    bos_token_id=None, eos_token_id=2, pad_token_id=None, tie_word_embeddings=False)
LAYERS, DRAFT_VOCABULARY, STEPS = 8, 80, 3
STREAMS = [2, LAYERS // 2, LAYERS - 3]


def make_target(folder):
    torch.manual_seed(3)
    target = LlamaForCausalLM(LlamaConfig(num_hidden_layers=LAYERS, initializer_range=0.2, **SIZES))
    # In several files, as EAGLE's code needs them.
    target.save_pretrained(folder, max_shard_size="2MB")
    return target.eval().requires_grad_(False)


def documents(target, folder):
    """For each prompt ids, streams, the state after the last layer with and without the final norm, and logits."""
    last = []
    target.model.norm.register_forward_hook(lambda _module, inputs, _output: last.append(inputs[0][0]))
    read = []
    for prompt in prompts(folder):
        ids = target.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=NEW_TOKENS + STEPS, eos_token_id=None)
        out = target(ids, output_hidden_states=True)
        streams = torch.cat([out.hidden_states[i][0] for i in STREAMS], -1)
        read.append(dict(ids=ids[0], streams=streams, last=last[-1], normed=out.hidden_states[-1][0], logits=out.logits[0]))
    return read


def optimise(parameters, loss, steps):
    optimizer = torch.optim.Adam(parameters, 2e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        total = loss()
        total.backward()
        optimizer.step()
    return total.item()


def eagle3(target, read):
    layer = LlamaConfig(num_hidden_layers=1, attn_implementation="eager", **SIZES)
    verifier = VerifierConfig(name_or_path="target", architectures=["LlamaForCausalLM"])
    model = Eagle3DraftModel(Eagle3SpeculatorConfig(
        transformer_layer_config=layer, draft_vocab_size=DRAFT_VOCABULARY, eagle_aux_hidden_state_layer_ids=STREAMS,
        speculators_config=SpeculatorsConfig(
            algorithm="eagle3", proposal_methods=[GreedyTokenProposalConfig(speculative_tokens=STEPS)], default_proposal_method="greedy",
            verifier=verifier)))
    counts = torch.bincount(torch.cat([d["ids"] for d in read]), minlength=SIZES["vocab_size"])
    ids = counts.argsort(descending=True, stable=True)[:DRAFT_VOCABULARY].sort().values
    members = torch.zeros(SIZES["vocab_size"], dtype=torch.bool)
    members[ids] = True
    model.load_vocab_mappings(members, ids - torch.arange(DRAFT_VOCABULARY))
    with torch.no_grad():
        model.embed_tokens.weight.copy_(target.model.embed_tokens.weight)
        for head in (model.lm_head, model.verifier_lm_head):
            head.weight.copy_(target.lm_head.weight[ids])
        model.verifier_norm.weight.copy_(target.model.norm.weight)

    def loss():
        return sum(model(
            hidden_states=d["streams"][None, :-1], input_ids=d["ids"][None, 1:], document_ids=torch.zeros(1, len(d["ids"]) - 1, dtype=torch.long),
            loss_mask=torch.ones(1, len(d["ids"]) - 1, dtype=torch.bool), position_ids=torch.arange(1, len(d["ids"]))[None],
            verifier_last_hidden_states=d["last"][None, 1:], ttt_steps=STEPS, ttt_step_loss_decay=1.0,
            loss_config=resolve_loss_config("kl_div", "eager"))[1] for d in read)

    frozen = {"lm_head.weight", "embed_tokens.weight", "verifier_lm_head.weight", "verifier_norm.weight"}
    print("EAGLE-3: loss", optimise([p for n, p in model.named_parameters() if n not in frozen], loss, 150))
    return {n: t for n, t in model.state_dict().items() if not n.startswith("verifier")}


class Eagle1(torch.nn.Module):
    def __init__(self):
        super().__init__()
        config = LlamaConfig(num_hidden_layers=1, attn_implementation="eager", **SIZES)
        self.fc = torch.nn.Linear(2 * config.hidden_size, config.hidden_size, bias=False)
        self.layers = torch.nn.ModuleList([LlamaDecoderLayer(config, 0)])
        self.layers[0].input_layernorm = torch.nn.Identity()
        self.rotary = LlamaRotaryEmbedding(config)

    def forward(self, embeddings, states):
        positions = torch.arange(len(states))[None]
        hidden = self.fc(torch.cat([embeddings, states], -1))[None]
        mask = torch.full((len(states), len(states)), float("-inf")).triu(1)[None, None]
        return self.layers[0](hidden, attention_mask=mask, position_ids=positions, position_embeddings=self.rotary(hidden, positions))[0]


def eagle1(target, read):
    """The later tokens of a chain read the head's own states, so it is also trained on these."""
    torch.manual_seed(4)
    head = Eagle1()

    def loss():
        total = 0
        for d in read:
            embeddings, states, wanted = target.model.embed_tokens(d["ids"][1:]), d["normed"][:-1], d["logits"][1:].log_softmax(-1)
            for _ in range(2):
                guessed = head(embeddings, states)
                total = total + torch.nn.functional.kl_div(target.lm_head(guessed).log_softmax(-1), wanted, log_target=True, reduction="batchmean")
                states = torch.cat([d["normed"][:1], guessed[:-1]])
        return total

    print("EAGLE-1: loss", optimise(list(head.parameters()), loss, 150))
    return dict(head.state_dict())


def main():
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    target = make_target(folder / "target")
    with torch.no_grad():
        read = documents(target, folder / "target")
    for name, fitted in (("eagle3", eagle3(target, read)), ("eagle1", eagle1(target, read))):
        save_file({n: t.contiguous() for n, t in fitted.items()}, folder / f"{name}.safetensors")


main()
