-- What may still be spent this month, per pipeline, and for how many months does the funding last?
SELECT b.pipeline, b.period, b.granted, b.spent, b.reserved, b.available, b.currency, w.months AS runway_months
FROM report.budget b LEFT JOIN report.runway w ON w.currency = b.currency
ORDER BY b.pipeline, b.period;
