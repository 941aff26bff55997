-- How long an administrator has a tenant's checkpoints and exports kept, where that is not what the installation's settings say (anneal.retention.*).
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

-- An evaluation that has ended outlives the export that it was made of.
ALTER TABLE evaluation
    DROP CONSTRAINT evaluation_export_id_fkey,
    ADD CONSTRAINT evaluation_export_id_fkey FOREIGN KEY (export_id) REFERENCES export ON DELETE SET NULL;

-- An export that an evaluation is made of is not deleted.
CREATE INDEX evaluation_export ON evaluation (export_id) WHERE export_id IS NOT NULL;
