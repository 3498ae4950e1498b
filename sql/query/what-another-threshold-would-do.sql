-- How many more documents would be kept if each rule's limit were loosened by a tenth?
SELECT run, source, rule, threshold, count(*) AS dropped,
       count(*) FILTER (WHERE abs(value - threshold) <= 0.1 * abs(threshold)) AS kept_with_a_tenth_more_room
FROM (SELECT t.run, u.source, u.rule, u.value, u.threshold FROM report.document_use u
      JOIN ledger.task t ON t.id = u.task WHERE u.outcome = 'dropped') dropped
GROUP BY run, source, rule, threshold
ORDER BY dropped DESC, rule;
