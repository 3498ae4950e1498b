-- How do the last ten runs compare: data, quality, cost, and in what does each differ from the one before?
SELECT run, pipeline, started, state, documents, kept, tokens, loss, validation_loss, bits_per_byte, unigram, ngram,
       amount, currency, seconds, differs
FROM report.run_compare
ORDER BY started DESC
LIMIT 10;
