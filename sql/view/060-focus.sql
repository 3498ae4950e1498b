-- Charges with the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification), so that they can be put under the
-- exports of cloud providers. Own columns begin with x_.

CREATE VIEW report.focus_cost_and_usage AS
SELECT c.amount AS "BilledCost", c.amount AS "EffectiveCost", c.amount AS "ListCost", c.amount AS "ContractedCost",
       p.amount AS "ListUnitPrice", p.amount AS "ContractedUnitPrice",
       c.quantity AS "PricingQuantity",
       CASE c.resource WHEN 'gpu' THEN 'GPU-Hours' WHEN 'storage' THEN 'GB-Months' ELSE c.unit END AS "PricingUnit",
       c.quantity AS "ConsumedQuantity",
       CASE c.resource WHEN 'gpu' THEN 'GPU-Hours' WHEN 'storage' THEN 'GB-Months' ELSE c.unit END AS "ConsumedUnit",
       'Standard'::text AS "PricingCategory", c.currency AS "PricingCurrency", c.currency AS "BillingCurrency",
       CASE WHEN c.source IS NULL THEN 'Usage' ELSE 'Purchase' END AS "ChargeCategory",
       CASE WHEN c.correction_of IS NOT NULL THEN 'Correction' END AS "ChargeClass",
       CASE WHEN c.source IS NULL THEN 'Usage-Based' ELSE 'One-Time' END AS "ChargeFrequency",
       coalesce(c.note, concat_ws(' ', t.kind, 'of run', c.run::text)) AS "ChargeDescription",
       c.period_start AS "ChargePeriodStart", c.period_end AS "ChargePeriodEnd",
       date_trunc('month', c.period_start) AS "BillingPeriodStart",
       date_trunc('month', c.period_start) + interval '1 month' AS "BillingPeriodEnd",
       'tidemill'::text AS "BillingAccountId", 'Tidemill'::text AS "BillingAccountName",
       pl.name AS "SubAccountId", pl.name AS "SubAccountName",
       'own site'::text AS "ProviderName", 'own site'::text AS "PublisherName", 'own site'::text AS "InvoiceIssuerName",
       CASE c.resource WHEN 'storage' THEN 'Storage' ELSE 'AI and Machine Learning' END AS "ServiceCategory",
       CASE c.resource WHEN 'storage' THEN 'Other (Storage)' ELSE 'Other (AI and Machine Learning)' END AS "ServiceSubcategory",
       split_part(coalesce(t.kind, 'data.source'), '.', 1) AS "ServiceName",
       c.resource AS "SkuId", p.id::text AS "SkuPriceId",
       CASE c.resource WHEN 'cpu' THEN 'CPU Time' WHEN 'gpu' THEN 'GPU Time' WHEN 'storage' THEN 'Storage' ELSE c.resource END AS "SkuMeter",
       c.task::text AS "ResourceId", t.kind AS "ResourceName", 'Task'::text AS "ResourceType",
       jsonb_strip_nulls(jsonb_build_object('pipeline', pl.name)) AS "Tags",
       c.run AS "x_RunId", split_part(t.kind, '.', 1) AS "x_Stage", t.spec ->> 'model' AS "x_ModelName",
       c.attempt AS "x_Attempt", c.id AS "x_ChargeId", c.correction_of AS "x_CorrectionOf"
FROM ledger.charge c
LEFT JOIN ledger.price p ON p.id = c.price
LEFT JOIN ledger.task t ON t.id = c.task
LEFT JOIN ledger.run r ON r.id = c.run
LEFT JOIN ledger.pipeline pl ON pl.id = r.pipeline;
COMMENT ON VIEW report.focus_cost_and_usage IS 'Every charge, with the column names of FOCUS 1.2.';
