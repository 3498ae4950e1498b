-- What was in production on a given day?
SELECT model, alias, version, since, actor, reason
FROM report.alias_at('2026-11-23')
WHERE alias = 'production';
