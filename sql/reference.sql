-- The reference of schema report as Markdown: psql -XAtq -f sql/reference.sql. Made from the comments in the database.
WITH view AS (
    SELECT c.oid, c.relname AS name, obj_description(c.oid, 'pg_class') AS about
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'report' AND c.relkind = 'v'
), row AS (
    SELECT v.name, a.attnum,
           format('| `%s` | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(v.oid, a.attnum), '')) AS text
    FROM view v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT '# SQL reference' || chr(10) || chr(10) ||
       'Schema `report` is the SQL interface: its views and columns are documented in the database, and this page is made from there (`sql/reference.sql`). Examples stand in [sql/query/](../sql/query). Ask with `tidemill psql`.' || chr(10) || chr(10) ||
       string_agg(
           '## report.' || v.name || chr(10) || chr(10) || coalesce(v.about, '') || chr(10) || chr(10) ||
           '| column | type | what it is |' || chr(10) || '| --- | --- | --- |' || chr(10) ||
           (SELECT string_agg(r.text, chr(10) ORDER BY r.attnum) FROM row r WHERE r.name = v.name) || chr(10),
           chr(10) ORDER BY v.name)
FROM view v;
