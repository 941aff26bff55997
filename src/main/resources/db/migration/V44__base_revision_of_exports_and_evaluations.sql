-- The commit of the Hub that the base model of an export or an evaluation is: of what a job has made the job's, else the one that was current when
-- it was asked for. A branch that moves before a worker comes to it changes nothing.
ALTER TABLE export
    ADD COLUMN base_revision text,
    ADD CONSTRAINT export_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$');

ALTER TABLE evaluation
    ADD COLUMN base_revision text,
    ADD CONSTRAINT evaluation_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$');
