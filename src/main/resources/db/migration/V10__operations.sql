-- Operations: how long artifacts are kept, and what lies in the artifact store without a row.

-- How long an administrator has a tenant's checkpoints and exports kept, where that differs from the installation's settings (anneal.retention.*).
-- Null: the setting.
CREATE TABLE tenant_retention (
    tenant_id                     text PRIMARY KEY,
    intermediate_checkpoints_days integer,
    exports_days                  integer,
    CONSTRAINT tenant_retention_is_a_day_at_least CHECK (intermediate_checkpoints_days > 0 AND exports_days > 0)
);

CALL isolate_tenants('tenant_retention');
-- A tenant reads how long its own are kept; administrators decide it.
REVOKE INSERT, UPDATE, DELETE ON tenant_retention FROM anneal_tenant;

-- What lies in the artifact store and no row names: since when that is known, and when it was seen last. It no longer belongs to a tenant.
CREATE TABLE store_orphan (
    key           text COLLATE "C" PRIMARY KEY,
    bytes         bigint      NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL
);

-- What has been there long enough to be deleted, oldest first.
CREATE INDEX store_orphan_first_seen ON store_orphan (first_seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON store_orphan TO anneal_system;
