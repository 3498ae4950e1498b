#!/bin/sh
# An exported model is a folder with all that transformers and tokenizers need, and the program's own answers agree with it.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-c*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'the run' 0 tidemill run "$work/small.yaml"
exits 'the export' 0 tidemill registry export small-lm@production "$work/model"
for file in config.json model.safetensors tokenizer.json tokenizer_config.json generation_config.json README.md; do
    ok "has $file" test -s "$work/model/$file"
done
for file in "$work"/model/*.json; do
    ok "$(basename "$file") is JSON" python3 -m json.tool "$file" /dev/null
done
exits 'logits of a text' 0 tidemill-evaluate logits "$work/model" 'CREATE TABLE'
ok 'are JSON' sh -c "printf '%s' '$(printf '%s' "$out" | head -c 100000)' | head -c 1 | grep -q '{'"
exits 'a second export does not overwrite' 2 tidemill registry export small-lm@production "$work/model"
exits 'an unknown model' 2 tidemill registry export nobody@production "$work/none"
like 'is named' "$out" 'nobody'
finish
