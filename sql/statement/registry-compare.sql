-- Two runs side by side, in the order asked. $1 and $2 runs
SELECT run, pipeline, state, to_char(started, 'YYYY-MM-DD HH24:MI') AS started, definition, documents, kept, duplicates, dataset_version,
       tokens, loss, validation_loss, bits_per_byte, production, unigram, ngram, passed || '/' || gates AS gates,
       model, model_version, model_state, round(amount, 6) AS amount, currency, round(seconds::numeric, 1) AS seconds
FROM report.run_compare WHERE run IN ($1::uuid, $2::uuid)
ORDER BY run = $2::uuid
