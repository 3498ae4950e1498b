-- The doctor waits for nobody's lock for long: what cannot be looked at is told.
SELECT set_config('lock_timeout', '3s', false)
