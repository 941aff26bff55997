-- The exports that belong to no job, a tenant's newest first.
CREATE INDEX export_of_no_job ON export (tenant_id, external_id) WHERE job_id IS NULL;
