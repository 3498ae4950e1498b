-- What is this year's bill, by month, team and service, with FOCUS column names?
SELECT "BillingPeriodStart", "SubAccountName", "ServiceName", "SkuMeter", sum("ConsumedQuantity") AS "ConsumedQuantity",
       "ConsumedUnit", sum("BilledCost") AS "BilledCost", "BillingCurrency"
FROM report.focus_cost_and_usage
WHERE "ChargePeriodStart" >= now() - interval '1 year'
GROUP BY "BillingPeriodStart", "SubAccountName", "ServiceName", "SkuMeter", "ConsumedUnit", "BillingCurrency"
ORDER BY 1, 2, 3, 4;
