-- The views are made anew as a whole. What users built on them outside schema report is not dropped: the renewal fails and
-- names it.
CREATE SCHEMA IF NOT EXISTS report;
DO $$
DECLARE
    objects text;
BEGIN
    SELECT string_agg(format('%I.%I', schemaname, viewname), ', ') INTO objects
    FROM pg_views WHERE schemaname = 'report';
    IF objects IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || objects;
    END IF;
    SELECT string_agg(p.oid::regprocedure::text, ', ') INTO objects
    FROM pg_proc p WHERE p.pronamespace = 'report'::regnamespace;
    IF objects IS NOT NULL THEN
        EXECUTE 'DROP FUNCTION ' || objects;
    END IF;
END $$;
COMMENT ON SCHEMA report IS
    'What users read: documented, versioned views. Columns are added at the end and never renamed within a major version.';
