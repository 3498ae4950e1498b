-- Whether the private cluster has its database.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'tidemill')
