#!/usr/bin/env python3
"""Records what PyTorch makes of a small GPT-2, for tests/unit/nn/transformer_test.c.

usage: record.py DIR      (tests/data/nn)

Writes to DIR: gpt2.safetensors and gpt2.json (the model before training, as `transformers` saves it), and steps.json: tokens of
each step, logits of the first row before training, losses and gradient norms of ten steps of AdamW (decay on matrices only,
clipping, warm-up and cosine), and logits after them. Dropout is off; all in float32 on the CPU, one thread. Set-up on Debian 12:
    apt-get install python3-torch && python3 -m venv --system-site-packages venv
    venv/bin/pip install transformers==4.40.2 'numpy<2'
"""
import json
import math
import os
import sys

import safetensors
import torch
import transformers
from safetensors.torch import save_file

STEPS, ROWS, LENGTH, VOCABULARY = 10, 3, 12, 61
RATE, WARMUP, FINAL, CLIP, DECAY = 5e-3, 3, 0.1, 1.0, 0.1


def rate(step):
    if step < WARMUP:
        return RATE * (step + 1) / WARMUP
    along = (step - WARMUP) / (STEPS - WARMUP)
    return RATE * FINAL + RATE * (1 - FINAL) * 0.5 * (1 + math.cos(math.pi * along))


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    torch.manual_seed(20240611)
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_positions=16, n_embd=24, n_layer=2, n_head=3, n_inner=80, embd_pdrop=0.0, attn_pdrop=0.0,
        resid_pdrop=0.0, bos_token_id=0, eos_token_id=0)
    model = transformers.GPT2LMHeadModel(config)
    with torch.no_grad():  # larger than at the start of a training, so that every part matters
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.15)
    state = {name: value for name, value in model.state_dict().items()
             if name != "lm_head.weight" and not name.endswith((".attn.bias", ".attn.masked_bias"))}
    save_file({name: value.contiguous() for name, value in state.items()}, os.path.join(folder, "gpt2.safetensors"), {"format": "pt"})
    with open(os.path.join(folder, "gpt2.json"), "w") as file:
        file.write(config.to_json_string())
    tokens = torch.randint(0, VOCABULARY, (STEPS, ROWS, LENGTH + 1))
    matrices = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}],
                                  lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    before = model(tokens[0, :1, :-1]).logits[0]
    losses, norms = [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.zero_grad()
        logits = model(tokens[step, :, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), tokens[step, :, 1:].reshape(-1))
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
        losses.append(loss.item())
    after = model(tokens[0, :1, :-1]).logits[0]
    recorded = {
        "by": f"torch {torch.__version__}, transformers {transformers.__version__}, safetensors {safetensors.__version__}",
        "rate": RATE, "warmup": WARMUP, "final": FINAL, "clip": CLIP, "decay": DECAY, "steps": STEPS, "rows": ROWS,
        "length": LENGTH, "tokens": tokens.reshape(-1).tolist(), "losses": losses, "norms": norms,
        "logits_before": before.reshape(-1).tolist(), "logits_after": after.reshape(-1).tolist()}
    with open(os.path.join(folder, "steps.json"), "w") as file:
        json.dump(recorded, file)
    print(recorded["by"], losses)


main()
