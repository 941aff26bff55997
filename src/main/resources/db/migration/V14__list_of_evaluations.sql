-- A tenant's evaluations, newest first.
CREATE INDEX evaluation_list ON evaluation (tenant_id, external_id);
