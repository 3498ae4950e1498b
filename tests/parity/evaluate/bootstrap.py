#!/usr/bin/env python3
"""Records the values that tests/unit/evaluate/bootstrap_test.c compares with. Last run: numpy 2.4.6, scipy 1.17.1.

bits and bytes of 24 documents, of very different lengths; the intervals are of sum(bits) / sum(bytes).
"""
import numpy
import scipy.stats

BITS = [2401, 811, 15320, 98, 4410, 7719, 1203, 20877, 365, 5150, 9002, 642, 3380, 12011, 77, 2954, 6120, 1888, 450, 8323,
        17040, 1011, 2240, 3999]
BYTES = [1100, 402, 7011, 60, 2300, 3561, 640, 9020, 201, 2480, 4407, 300, 1802, 5409, 51, 1379, 3320, 822, 240, 3770, 8100,
         570, 990, 2161]


def ratio(bits, size, axis=-1):
    return numpy.sum(bits, axis=axis) / numpy.sum(size, axis=axis)


for level in (0.95, 0.8):
    result = scipy.stats.bootstrap((BITS, BYTES), ratio, paired=True, vectorized=True, n_resamples=400000,
                                   confidence_level=level, method="percentile", random_state=1, batch=10000)
    print(level, ratio(BITS, BYTES), *result.confidence_interval)
print([float(numpy.quantile([1, 2, 4, 8, 16], share)) for share in (0, 0.025, 0.3, 0.5, 0.99, 1)])
