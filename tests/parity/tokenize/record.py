#!/usr/bin/env python3
"""Records what Hugging Face's tokenizers learns from a corpus and makes of tricky texts: tests/data/tokenize/.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python tests/parity/tokenize/record.py tests/data/tokenize

Writes corpus.json (documents, texts from a fixed seed), tokenizer.json and short.json (learned from them, as tokenizers
saves them; short.json with max_token_length 9, which there leaves out tokens of 9 bytes and more, so that it is 8 in
ours), and encoded.json: words (ends of pre-tokens, in bytes) and ids of texts, ids as [id, how often in a row].

With a second argument, a tokenizer.json that Tidemill wrote, it loads that one instead and prints the ids of the texts
in the same form, which must be those of encoded.json.
"""
import itertools
import json
import platform
import random
import sys
from importlib.metadata import version

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

SENTENCES = [
    "The tide turns the wheel of the mill; they've ground grain here since 1180, and nobody'll stop them.",
    "It isn't the miller's fault: he'd said that the sluice wasn't shut, and I'm sure that you're right.",
    "SELECT count(*) FROM documents WHERE id = $1 AND created >= '2024-05-06T07:08:09Z';",
    "static int main(void)\n{\n\treturn (x != 0x1F) ? a->next : b[i + 1];\n}\n",
    "Der Müller hört das Wasser, ＡＢＣ ２０２４, x² + y³ = ½, Ⅷ. naïve cafe\u0301",
    "水車小屋の主人は、朝五時に起きます。磨坊的水轮在转动。물레방아가 돈다.",
    "Мельница мелет зерно ночью и днём; Ἀθῆναι, עברית וגם العربية ١٢٣ देवनागरी ४५६.",
    "----------------  ========  ........  ____ **** ####\n\n\n    indented      \r\n\ttab\u00a0nbsp\u3000wide",
    "👩‍👩‍👧‍👦 🏳️‍🌈 😀😀 👍🏽 ©®™ €5 £6 ¥7 — “quoted” ‘single’ … • →",
]
TEXTS = [
    "", "a", " ", "\n", "'", "''", "'s", "'S", " 's", "x's", "''s", "'s's", "'ll've're'd'm't", "'l", "'v", "'re", "'rex", "'\u017f",
    "don't DON'T don’t", "I'll  we've\n'd", "rock'n'roll's", "  ", "   a", "a   ", "a  b", "\n\n", "\na", "\n\na", " \n a",
    "\t\ta", "a\u00a0b", "a\u00a0\u00a0b", "a \u3000b", "a\u3000 b", "\u3000", "\u3000\u3000x", "a\u2028b", "a\x85b", "a\x1cb",
    "\x00\x01\x7f", "abc123def", "12 34 5.6e-7", "½²Ⅷ٣४", "ªº", "e\u0301e", "\u0301", "中文。中文 ２３", "日本語テキスト", "한국어", "😀", "😀 😀",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "a😀b", " 😀", "!!! ???", " !!!", "a!b", "ſ ſt", "\ufeffbom", "\U0010ffff", "\u00ad-\u00ad", "x" * 14, "x" * 15, "x" * 16,
    "y" * 63 + "'s" + "z" * 61 + "'ll", " " * 63 + "a", " " * 64 + "a", " " * 65, "ab" * 32 + " " + "é" * 40 + "\u00a0" * 3 + "b",
]
LONG = [("a", 100000), (" ", 10000), ("ab", 5000), ("'", 999), ("漢", 3000), ("-=", 2000), ("x\u3000", 200)]


def corpus():
    """120 documents of sentences, cut and doubled here and there."""
    draw = random.Random(3)
    for _ in range(120):
        parts = [draw.choice(SENTENCES) for _ in range(draw.randrange(1, 6))]
        parts = [p[: draw.randrange(len(p))] if draw.random() < 0.2 else p for p in parts]
        yield draw.choice([" ", "\n", "\n\n", "", "  "]).join(parts)


def texts():
    draw = random.Random(4)
    pieces = "a,b,Z,9,٣,½, ,  ,\n,\r\n,\t,',’,'s,'ll,'re,é,e\u0301,ſ,中,文。,한,😀,\u200d,\u00a0,\u3000,\u2003,-,=,<|,|>,\x00,\x85,the,mill,Ж".split(",")
    return TEXTS + SENTENCES + ["".join(draw.choice(pieces) for _ in range(draw.randrange(1, 90))) for _ in range(150)]


def learn(documents, vocabulary, **settings):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(documents, trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=2, special_tokens=["<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **settings))
    return tokenizer


def words(text):
    pre = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
    return list(itertools.accumulate(len(piece) for piece, _ in pre.pre_tokenize_str(text)))  # a character per byte


def ids(tokenizer, text):
    encoded = tokenizer.encode(text).ids
    assert tokenizer.decode(encoded, skip_special_tokens=False) == text
    return [[key, len(list(group))] for key, group in itertools.groupby(encoded)]


def main():
    if len(sys.argv) == 3:
        tokenizer = Tokenizer.from_file(sys.argv[2])
        json.dump([ids(tokenizer, t) for t in texts() + [piece * times for piece, times in LONG]], sys.stdout)
        return
    folder, documents = sys.argv[1], list(corpus())
    tokenizer = learn(documents, 800)
    tokenizer.save(f"{folder}/tokenizer.json")
    learn(documents, 600, max_token_length=9).save(f"{folder}/short.json")
    with open(f"{folder}/corpus.json", "w", encoding="utf-8") as file:
        json.dump({"documents": documents}, file, ensure_ascii=True, indent=0)
    with open(f"{folder}/encoded.json", "w", encoding="utf-8") as file:
        versions = {"tokenizers": version("tokenizers"), "python": platform.python_version()}
        rows = [{"text": t, "words": words(t), "ids": ids(tokenizer, t)} for t in texts()]
        rows += [{"text": piece, "times": n, "ids": ids(tokenizer, piece * n)} for piece, n in LONG]
        file.write(json.dumps({"versions": versions})[:-1] + ', "texts": [\n')
        file.write(",\n".join(json.dumps(row) for row in rows) + "\n]}\n")


main()
