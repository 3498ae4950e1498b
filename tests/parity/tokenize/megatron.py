#!/usr/bin/env python3
"""Prints in hex the index that Megatron-LM's own code writes for documents [1, 2, 3], [] and [7999] as 16 bits: the value
in tests/unit/text/token_shard_test.c. Recorded with megatron-core 0.16.1, numpy 2.4.6.

    pip download --no-deps megatron-core==0.16.1 && unzip megatron_core-*.whl && pip install numpy
    python tests/parity/tokenize/megatron.py megatron/core/datasets/indexed_dataset.py

Only the file's classes are wanted: what it imports besides numpy is stood in for, torch too.
"""
import importlib.util
import sys
import tempfile
from unittest import mock

import numpy

for name in ("torch", "megatron", "megatron.core", "megatron.core.datasets", "megatron.core.datasets.object_storage_utils",
             "megatron.core.msc_utils", "megatron.core.utils"):
    sys.modules[name] = mock.MagicMock()
sys.modules["torch"].utils.data.Dataset = object
sys.modules["megatron.core.msc_utils"].MultiStorageClientFeature.is_enabled.return_value = False
spec = importlib.util.spec_from_file_location("indexed_dataset", sys.argv[1])
indexed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(indexed)

with tempfile.TemporaryDirectory() as folder:
    builder = indexed.IndexedDatasetBuilder(f"{folder}/x.bin", dtype=indexed.DType.optimal_dtype(8000))
    for document in ([1, 2, 3], [], [7999]):
        builder.add_document(numpy.array(document, dtype=numpy.uint16), [len(document)])
    builder.finalize(f"{folder}/x.idx")
    print(open(f"{folder}/x.idx", "rb").read().hex())
