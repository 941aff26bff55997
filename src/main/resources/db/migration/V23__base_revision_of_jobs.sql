-- The commit of the Hub that a job's base model was when the job was created, so that a branch that moves changes nothing for it.
ALTER TABLE job
    ADD COLUMN base_revision text,
    ADD CONSTRAINT job_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$');
