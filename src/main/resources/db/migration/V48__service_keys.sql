-- Keys that processes of the installation make for themselves, to ask the one that generates on behalf of a tenant. Each is good for an hour.
CREATE TABLE service_key (
    -- SHA-256 of the key.
    hash       text PRIMARY KEY,
    tenant_id  text        NOT NULL,
    expires_at timestamptz NOT NULL
);

CALL isolate_tenants('service_key');
-- Nothing that tenants or dashboards need.
REVOKE ALL ON service_key FROM anneal_tenant, anneal_readonly;

CREATE INDEX service_key_expires ON service_key (expires_at);
