-- Who put which version into production, when and why?
SELECT at, model, alias, kind, from_version, to_version, actor, reason
FROM report.alias_history
ORDER BY seq DESC;
