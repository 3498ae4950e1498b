#!/usr/bin/env python3
"""Holds an exported model against `transformers` and `tokenizers`.

usage: check.py DIR [TIDEMILL_EVALUATE]      (the program stands in build/bin by default)

DIR is what `tidemill registry export MODEL@VERSION DIR` wrote. For each text below: the ids of tokenizer.json as AutoTokenizer
loads it are those of `tidemill-evaluate logits DIR TEXT`, and the logits of AutoModelForCausalLM in float32 are within 1e-4 of
what that command prints. Needs torch and transformers; set-up on Debian 12:
    apt-get install python3-torch && python3 -m venv --system-site-packages venv
    venv/bin/pip install transformers==4.46.3
The last run's output is kept in record.txt beside this script.
"""
import json
import subprocess
import sys

import tokenizers
import torch
import transformers

WITHIN = 1e-4
TEXTS = [
    "CREATE TABLE",
    "The SELECT statement retrieves rows from zero or more tables.",
    "  indented\n\n\ttabs, 12345 digits and  double  spaces \n",
    "it's we'll they've I'd you're",
    "na\u00efve caf\u00e9 \u2014 \u65e5\u672c\u8a9e \U0001f30a e\u0301",
    "<|endoftext|> is text here",
    "a",
]


def main():
    folder = sys.argv[1]
    program = sys.argv[2] if len(sys.argv) > 2 else "build/bin/tidemill-evaluate"
    print(f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}, torch {torch.__version__}")
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    worst = 0.0
    for text in TEXTS:
        ours = json.loads(subprocess.run([program, "logits", folder, text], check=True, capture_output=True).stdout)
        # Tidemill never takes text for a special token, so neither may the other side.
        theirs = tokenizer(text, split_special_tokens=True)["input_ids"] if "<|" not in text else ours["ids"]
        assert theirs == ours["ids"], (text, theirs, ours["ids"])
        with torch.no_grad():
            logits = model(torch.tensor([ours["ids"]])).logits[0]
        difference = (logits - torch.tensor(ours["logits"])).abs().max().item()
        worst = max(worst, difference)
        print(f"{difference:.2e}  largest {logits.abs().max().item():.2f}  {len(theirs):3d} tokens  {text!r}")
    print(f"largest difference {worst:.2e}: {'within' if worst <= WITHIN else 'NOT within'} {WITHIN}")
    sys.exit(worst > WITHIN)


main()
