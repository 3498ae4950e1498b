-- Where did the documents of one file go, and if nowhere, why?
SELECT document, ordinal, outcome, rule, value, threshold, duplicate_of, dataset, dataset_version, model, model_version
FROM report.document_use
WHERE uri LIKE '%one.html'
ORDER BY document, dataset, dataset_version, model, model_version;
