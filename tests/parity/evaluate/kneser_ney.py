#!/usr/bin/env python3
"""Records what KenLM says of the LICENSE in the root, for tests/unit/evaluate/ngram_test.c.

usage: kneser_ney.py LMPLZ QUERY > kneser_ney.txt    (both built from https://github.com/kpu/kenlm, commit 4cb443e)

Every line that is not blank is a document; every tenth is held out. Tokens are the bytes of a line, or its words between
blanks, numbered in the order of their first appearance in the training lines; a word that is not among them is "unknown".
One line of the record per held-out document: kind of token, number of the document, and log10 p of its tokens and its end.
"""
import subprocess
import sys
import tempfile

ORDER = "5"


def record(lmplz, query, kind, documents):
    train = [d for i, d in enumerate(documents) if i % 10 != 9]
    held_out = [(i, d) for i, d in enumerate(documents) if i % 10 == 9]
    number = {}
    for document in train:
        for token in document:
            number.setdefault(token, str(len(number)))
    with tempfile.NamedTemporaryFile("w") as text, tempfile.NamedTemporaryFile("w") as test, \
            tempfile.NamedTemporaryFile("r") as arpa:
        text.writelines(" ".join(number[t] for t in d) + "\n" for d in train)
        test.writelines(" ".join(number.get(t, "unknown") for t in d) + "\n" for _, d in held_out)
        text.flush()
        test.flush()
        subprocess.run([lmplz, "-o", ORDER, "--discount_fallback", "-S", "100M", "--text", text.name, "--arpa", arpa.name],
                       check=True, stderr=subprocess.DEVNULL)
        said = subprocess.run([query, "-v", "word", arpa.name], stdin=open(test.name), capture_output=True, text=True,
                              check=True).stdout
    words = iter(part.rsplit(" ", 1)[1] for part in said.split("\t") if "=" in part)
    print(f"# {kind}: {len(train)} documents, {len(number)} kinds of token")
    for i, document in held_out:
        print(kind, i, *(next(words) for _ in range(len(document) + 1)))
    assert next(words, None) is None


def main():
    lmplz, query = sys.argv[1:]
    lines = [line for line in open("LICENSE", "rb").read().split(b"\n") if line.strip()]
    print("# recorded by kneser_ney.py with KenLM 4cb443e (lmplz -o 5 --discount_fallback; query -v word)")
    record(lmplz, query, "byte", [list(line) for line in lines])
    record(lmplz, query, "word", [line.split() for line in lines])


main()
