-- What the server is, what its clock says (microseconds since 1970), whether it is a standby, how many connections it has and may
-- have, and whether it takes no writes for another reason.
SELECT current_setting('server_version_num')::int, split_part(current_setting('server_version'), ' ', 1),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_is_in_recovery(),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int,
       current_setting('default_transaction_read_only')::boolean
