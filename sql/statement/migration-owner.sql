-- Who migrates does so as the role that owns the ledger, where it may, so that all of it stays one role's; in a database that has
-- none yet tidemill_owner may be that. Until the end of the transaction.
SELECT set_config('role', o.rolname, true) FROM pg_roles o
WHERE pg_has_role(o.oid, 'MEMBER')
  AND o.oid = coalesce((SELECT nspowner FROM pg_namespace WHERE nspname = 'ledger'),
                       (SELECT oid FROM pg_roles
                        WHERE rolname = 'tidemill_owner' AND has_database_privilege(oid, current_database(), 'CREATE')))
