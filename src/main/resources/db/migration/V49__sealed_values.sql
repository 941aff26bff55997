-- Secrets within stored documents, such as the headers of a job's grader: each is sealed in a row of its own, and the document holds its id.
CREATE TABLE sealed_value (
    id        text COLLATE "C" PRIMARY KEY,
    tenant_id text   NOT NULL,
    -- What it is needed for, and goes with.
    work_id   bigint NOT NULL REFERENCES work ON DELETE CASCADE,
    sealed    text   NOT NULL
);

CREATE INDEX sealed_value_of_work ON sealed_value (work_id);

CALL isolate_tenants('sealed_value');
-- No dashboard shows secrets, not even sealed ones.
REVOKE SELECT ON sealed_value FROM anneal_readonly;
