#!/usr/bin/env python3
"""Records what datatrove's filters say about a corpus of fixtures: tests/data/clean/rules.json.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install datatrove==0.10.1 spacy==3.8.18 regex nltk
    /tmp/venv/bin/python tests/parity/clean/record.py > tests/data/clean/rules.json

Words are split at white space on both sides (datatrove's own choice for English is spaCy's tokenizer). Sentences are
spaCy's, as datatrove counts them; ours are told without a tokenizer, so that the test asks for near agreement there.
The corpus: texts written here that stand on both sides of every threshold, and random ones from a fixed seed.
"""
import json
import platform
import random
import sys
from importlib.metadata import version

import datatrove.utils.text as text_utils
from datatrove.data import Document
from datatrove.pipeline.filters import c4_filters, fineweb_quality_filter
from datatrove.pipeline.filters import gopher_quality_filter, gopher_repetition_filter
from datatrove.utils.word_tokenizers import load_word_tokenizer

for module in (fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter):
    module.split_into_words = lambda text, language=None: text.split()

GOPHER = gopher_quality_filter.GopherQualityFilter()
REPETITION = gopher_repetition_filter.GopherRepetitionFilter()
FINEWEB = fineweb_quality_filter.FineWebQualityFilter()
C4 = c4_filters.C4QualityFilter(min_num_sentences=-1)
SPACY = load_word_tokenizer("en")

SENTENCES = [
    "The harbour of the old town is quiet in the morning, and the boats that lie there have not moved since the storm.",
    "Nobody could say with certainty who had written the letter, but it was to be found in the drawer.",
    "Water that turns a wheel costs nothing; the wheel itself, however, has to be built and mended!",
    "Is it true that a mill can grind with the tide, twice a day, without wind and without rain?",
    "They measured the depth of the basin (about 3.5 metres) and wrote the result on the wall.",
    "\"Come in,\" said the miller. \"The door is open, and the bread is warm.\"",
    "A grain of wheat weighs some 45 mg, so that a sack of 50 kg holds over a million of them.",
    "Dr. Evans of the U.S. survey came on 3 May, e.g. to look at the sluice gates, which had rusted.",
]
WORDS = ("the be to of and that have with mill tide water grain stone wheel gate basin flour sack bread boat quay rope "
         "lamp door wall sluice flood ebb moon harbour miller river 3 42 1999 a it is was in on for as at by #tag - -- "
         "... … • | { } x=1 [1] [edit] [citation needed] javascript JavaScript cookies Größe 水車 磨坊 мельница طاحونة "
         "naïve caf\u00e9 e\u0301 \U0001F600 ok. yes! no? end.\" (so.) lorem ipsum privacy policy Terms of Use").split(" ")


def written():
    """Texts about the thresholds, one after the other."""
    base = " ".join(SENTENCES * 2)
    yield from ("", " ", "\n", "\n\n \n", "word", "the " * 49 + "and", "the and " * 25, "…" * 60 + " the be")
    for n in (45, 49, 50, 51, 60):
        yield " ".join(("the", "tide", "and", "mill")[i % 4] for i in range(n))
    for n in (5, 9, 10, 11, 12, 20):
        yield base + " #" * n
        yield base + " ..." * n
        yield base + " …" * n
    for n in (1, 2, 3, 8, 9, 10, 11):
        yield "\n".join(("- " if i < n else "") + s for i, s in enumerate(SENTENCES + SENTENCES[:3]))
        yield "\n".join(s + (" ..." if i < n else "") for i, s in enumerate(SENTENCES + SENTENCES[:3]))
        yield "\n".join("\u2003• " * (i < n) + s for i, s in enumerate(SENTENCES + SENTENCES[:3]))
    for n in (10, 20, 30, 40, 50, 60):
        yield base + " 12" * n
        yield base + " antidisestablishmentarianism/electroencephalographically" * n
        yield base + " a" * n * 4
    for n in (1, 2, 3, 4, 5, 6):
        yield "\n\n".join(SENTENCES[i % (8 - n)] for i in range(8))
        yield "\n".join(SENTENCES[i % (8 - n)] for i in range(8))
        yield "\n\n\n".join(SENTENCES) + ("\n\n" + SENTENCES[0]) * n
        yield base + "\n" + "ten words that are said again and again and again " * n
        yield base + "\n" + ("over and over " * 3 * n)
        yield base + "\n" + "a b " * 8 * n
    for n in (3, 4, 5, 6):
        yield "\n".join(SENTENCES[:n])
    for word in ("javascript", "JAVASCRIPT", "lorem ipsum", "Lorem Ipsum dolor", "{", "}", "privacy policy",
                 "coo\u212aie policy", "uses Cookies", "x" * 1000, "x" * 1001, "[1]", "[12][edit]", "[٣]", "[citation needed]"):
        yield "\n".join(SENTENCES) + "\nHere stands " + word + " in a line."
        yield "\n".join(SENTENCES) + "\nHere stands " + word + " [1]"
        yield "\n".join(SENTENCES) + "\n" + word + "\n " + word + " and \"" + word + "\""
    for separator in ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029",
                      "\u00a0", "\u3000", "\u200b", "\t", "\n \n", " \n\n\n "):
        yield separator.join(SENTENCES)
        yield separator + separator.join("- " + s for s in SENTENCES) + separator
    for n in (10, 14, 15, 16, 17, 18, 40):
        yield base + " " + "#" * n
        yield "\n".join(SENTENCES[:5]) + "\nso it is." * n
        yield "\n" * n * 4 + "\n".join(SENTENCES)
    yield "Mills grind grain under full moonlight while sleepy boats drift past silent quays. " * 1 + "Grain " * 40
    yield "the " + " ".join("grain%d" % i for i in range(60))
    yield "the and " + " ".join("grain%d" % i for i in range(60))
    yield "the The THE and, " + " ".join("grain%d" % i for i in range(60))
    for n in (5, 6, 7, 8, 9, 10):
        words = ["mill%d" % i for i in range(200)]
        for k in range(6):
            words[20 + 25 * k : 20 + 25 * k + n] = ["gate%d" % i for i in range(n)]
        yield " ".join(words)
        yield " ".join(words[: 100 + n]) + " mi ll5 mill 5 mil l6 mill7"
    yield "。".join(["水車は潮で回る" * 3] * 20)
    yield "\n".join(["潮汐磨坊每天两次磨面粉。"] * 3 + ["水不要钱,轮子要钱!", "门开着;面包是热的?"] * 2)
    for n in (20, 29, 30, 31):
        yield "\n".join("x" * n + "." * (i % 2) for i in range(12)) + "\n" + "\n".join(SENTENCES[: n - 18 if n < 24 else 5])


def drawn(seed, count):
    draw = random.Random(seed)
    for _ in range(count):
        vocabulary = draw.sample(WORDS, draw.randint(5, len(WORDS)))
        lines = []
        for _ in range(draw.randint(1, 25)):
            kind = draw.random()
            if kind < 0.35:
                lines.append(draw.choice(SENTENCES))
            elif kind < 0.45 and lines:
                lines.append(draw.choice(lines))
            elif kind < 0.55:
                lines.append("")
            else:
                lines.append(" ".join(draw.choice(vocabulary) for _ in range(draw.randint(1, 30))) + draw.choice(["", ".", "!", " ...", "…"]))
        yield draw.choice(["\n", "\n", "\n\n", "\n\n\n", " "]).join(lines)


def reason(filter, text):
    try:
        result = filter.filter(Document(text=text, id="0"))
    except (ZeroDivisionError, ValueError):
        return "error"  # datatrove divides by a number of words that is 0
    return result[1] if isinstance(result, tuple) else None


def record(text):
    found = {"text": text, "gopher": reason(GOPHER, text), "repetition": reason(REPETITION, text),
             "fineweb": reason(FINEWEB, text), "c4": reason(C4, text)}
    document = Document(text=text, id="0")
    C4.filter(document)
    if found["c4"] is None:
        found["c4_text"] = document.text
        found["c4_sentences"] = [len(SPACY.sent_tokenize(line)) for line in document.text.split("\n") if line]
    return found


def main():
    texts = list(dict.fromkeys([*written(), *drawn(3, 160)]))
    json.dump({"recorded_with": {name: version(name) for name in ("datatrove", "spacy")},
               "python": platform.python_version(), "documents": [record(text) for text in texts]},
              sys.stdout, ensure_ascii=False, indent=0)
    print()


main()
