#!/usr/bin/env python3
"""Records datatrove's simplify_text and MinHash values: tests/data/clean/minhash.json (see record.py for the set-up).

    /tmp/venv/bin/python tests/parity/clean/record_minhash.py > tests/data/clean/minhash.json

Hashes are XXH64 as in FineWeb-2; words are split at white space on both sides. Values are text, because they take 61 bits.
"""
import json
import platform
import sys
from importlib.metadata import version

import xxhash
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.utils.text import simplify_text

TEXTS = [
    "The Mill grinds grain, whenever the tide comes in; on power that costs nothing!",
    "the mill grinds grain whenever the tide comes in -- on power that costs nothing",
    "Four words are few.",
    "Numbers: 3, 3.14, 1,000.5, 1.2.3.4, 12:30, x1y2, 10%, .5, 5., 1٫5, ٣٤٫٥ and ４２ stand here.",
    "Größe, ÉTÉ, naïve café, İstanbul, ΣΊΣΥΦΟΣ, Ångström, e\u0301 and \u0301 alone; straße.",
    "水車は潮で回る。水は無料です！ 磨坊 一 二 三 四 五 六、七",
    "\u3000 leading\u00a0and\u2003trailing \n\t white   space \x1c everywhere here \u2028",
    "«quotes» „low“ ”high” ’apostrophe’ … — – ／ ～ (brackets) [square] {curly} <angle> and more words",
    "हिन्दी में लिखा हुआ पाठ। क्या यह ठीक है? मिल ज्वार से चलती है",
]


class Words:
    def word_tokenize(self, text):
        return text.split()


def main():
    signature = MinhashDedupSignature("/tmp/unused", MinhashConfig())
    signature.word_tokenizer = Words()
    signature._hash_func = lambda text: xxhash.xxh64_intdigest(text.encode())  # xxhash 4 takes bytes only
    texts = []
    for text in TEXTS:
        shingles = signature.get_shingles(text)
        values = [str(x) for band in signature.get_signature(shingles) for x in band] if shingles.size else None
        texts.append({"text": text, "simple": simplify_text(text), "values": values})
    json.dump({"datatrove": version("datatrove"), "numpy": version("numpy"), "python": platform.python_version(),
               "texts": texts}, sys.stdout, ensure_ascii=False, indent=0)
    print()


main()
