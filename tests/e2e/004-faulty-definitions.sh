#!/bin/sh
# Faulty definitions: every mistake of a file is reported at once, with its place and the way out, and nothing is started.
. "$(dirname "$0")/lib.sh"
mkdir "$work/pages"
definition "$work/good.yaml" "$work/pages"
exits 'the definition without a fault' 0 tidemill check "$work/good.yaml"

# faulty NAME SED-EXPRESSION MESSAGE: the good definition, edited; the message is an extended regular expression.
faulty() {
    sed -E "$2" "$work/good.yaml" > "$work/$1.yaml"
    exits "$1 is refused" 3 tidemill run "$work/$1.yaml"
    like "$1: the message" "$out" "$1\\.yaml:[0-9]+:[0-9]+: $3"
}
faulty misspelt-option 's/family:/familly:/' 'train\.models\[0\]\.familly: unknown option; did you mean "family"\?'
faulty unknown-section 's/^evaluate:/evalaute:/' 'evalaute: unknown (option|section); did you mean "evaluate"\?'
faulty wrong-quantity 's/vocabulary: 600/vocabulary: lots/' 'tokenize\.learn\.vocabulary: "lots" is not a whole number'
faulty out-of-range 's/vocabulary: 600/vocabulary: 3/' 'tokenize\.learn\.vocabulary: 3 is too small'
faulty wrong-share 's/test: 10 %/test: 110 %/' 'clean\.split\.test: "110 %" is not a share'
faulty wrong-choice 's/family: gpt2/family: gpt3/' 'train\.models\[0\]\.family: .*gpt2'
faulty relative-path 's|files: .*|files: "pages/**/*.html"|' 'ingest\.sources\[0\]\.files: .*does not begin with /'
faulty not-a-list 's/^    - name: manual/      name: manual/' 'ingest\.sources: '
faulty unknown-baseline 's/\[unigram, ngram\]/[unigramm]/' 'evaluate\.baselines.*did you mean "unigram"\?'
faulty bad-gate 's/bits_per_byte < 20/bits_per_byte smaller 20/' 'evaluate\.gates'
faulty bad-yaml 's/^clean:/clean: [/' '.*'
faulty duplicate-key 's/^pipeline: small/pipeline: small\npipeline: other/' 'pipeline: .*twice'
faulty heads 's/heads: 2/heads: 5/' 'train\.models\[0\].*heads'

sed -E 's/family:/familly:/; s/vocabulary: 600/vocabulary: lots/; s/test: 10 %/test: 110 %/' "$work/good.yaml" > "$work/three.yaml"
exits 'three faults' 3 tidemill check "$work/three.yaml"
is 'are three lines' "$(printf '%s\n' "$out" | grep -c 'three\.yaml:')" 3
like 'and a last line that counts them' "$out" '^3 errors; nothing was started'
exits 'a missing file' 3 tidemill check "$work/none.yaml"
like 'is named' "$out" 'none\.yaml: No such file'
printf 'pipeline: "\377"\n' > "$work/bytes.yaml"
exits 'bytes that are no text' 3 tidemill check "$work/bytes.yaml"
like 'have their place' "$out" 'bytes\.yaml:1'
exits 'a file without an end' 70 tidemill check /dev/zero
is 'is not read for ever' "$out" 'tidemill: /dev/zero: File too large'
exits 'no file at all' 2 tidemill run
exits 'an unknown command' 2 tidemill rnu
like 'has a suggestion' "$out" 'did you mean "run"'
ok 'nothing was started' test ! -e "$TIDEMILL_STATE/postgres/data/postmaster.pid"
finish
