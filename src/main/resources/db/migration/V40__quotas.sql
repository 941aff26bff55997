-- What an administrator has allowed a tenant, where that is not what the installation's settings say (anneal.quotas.*). Null: the setting.
CREATE TABLE tenant_quota (
    tenant_id                text PRIMARY KEY,
    running_jobs             integer,
    unfinished_jobs          integer,
    upload_bytes             bigint,
    stored_bytes             bigint,
    training_hours_per_month double precision,
    CONSTRAINT tenant_quota_is_no_debt
        CHECK (running_jobs >= 0 AND unfinished_jobs >= 0 AND upload_bytes >= 0 AND stored_bytes >= 0 AND training_hours_per_month >= 0)
);

CALL isolate_tenants('tenant_quota');
-- A tenant reads what it is allowed; administrators decide it.
REVOKE INSERT, UPDATE, DELETE ON tenant_quota FROM anneal_tenant;

-- What a tenant has trained this month: attempts that have not ended, or ended lately.
CREATE INDEX attempt_of_tenant ON attempt (tenant_id, ended_at);
-- What a tenant stores.
CREATE INDEX checkpoint_of_tenant ON checkpoint (tenant_id) INCLUDE (bytes);
CREATE INDEX export_file_of_tenant ON export_file (tenant_id) INCLUDE (bytes);
CREATE INDEX upload_part_of_tenant ON upload_part (tenant_id) INCLUDE (bytes);
