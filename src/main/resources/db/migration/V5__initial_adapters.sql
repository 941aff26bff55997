-- The adapter that a job begins with: a checkpoint, or the archive of a PEFT adapter that was uploaded.

ALTER TABLE job
    ADD COLUMN init_checkpoint_id bigint REFERENCES checkpoint,
    -- An id only, as training_file is: the file may go when the job has ended.
    ADD COLUMN init_file text,
    ADD CONSTRAINT job_begins_with_one_adapter CHECK (init_checkpoint_id IS NULL OR init_file IS NULL);

-- A checkpoint that a job began with is not deleted, nor is the file of an unfinished job.
CREATE INDEX job_init_checkpoint ON job (init_checkpoint_id) WHERE init_checkpoint_id IS NOT NULL;
CREATE INDEX job_init_file ON job (init_file) WHERE init_file IS NOT NULL;
