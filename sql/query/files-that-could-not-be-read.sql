-- Which files could not be read or parsed, and why?
SELECT source, uri, bytes, error, last_seen
FROM report.item
WHERE error IS NOT NULL
ORDER BY source, uri;
