-- What may stand behind the @ of a model, for a message. $1 model
SELECT concat_ws(', ',
    (SELECT 'versions ' || min(version) || ' to ' || max(version) FROM ledger.model_version WHERE model = $1::bigint),
    (SELECT 'aliases ' || string_agg(a.alias, ', ') FROM report.alias a JOIN ledger.model m ON m.name = a.model
     WHERE m.id = $1::bigint))
