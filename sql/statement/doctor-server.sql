-- What the server is, what its clock says (microseconds since 1970), and how many connections it has and may have.
SELECT current_setting('server_version_num')::int, split_part(current_setting('server_version'), ' ', 1),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_is_in_recovery(),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int
