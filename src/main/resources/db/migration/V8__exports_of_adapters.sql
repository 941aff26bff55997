-- Exports of adapters that were uploaded, without a job. Ids only, as elsewhere: the files may go when the export has been made.
ALTER TABLE export
    ALTER COLUMN job_id DROP NOT NULL,
    ALTER COLUMN checkpoint_id DROP NOT NULL,
    ADD COLUMN adapter_file text,
    ADD COLUMN adapter_model text,
    ADD COLUMN validation_file text,
    ADD CONSTRAINT export_is_of_a_checkpoint_or_an_adapter CHECK (
        (job_id IS NULL) = (checkpoint_id IS NULL)
        AND (job_id IS NULL) = (adapter_file IS NOT NULL)
        AND (adapter_file IS NULL) = (adapter_model IS NULL)
        AND (validation_file IS NULL OR adapter_file IS NOT NULL)),
    ADD CONSTRAINT export_of_an_adapter_is_deployable CHECK (adapter_file IS NULL OR kind <> 'training_state');

-- The export that the same arguments made before, and a file's unfinished users.
CREATE INDEX export_adapter_file ON export (adapter_file) WHERE adapter_file IS NOT NULL;
CREATE INDEX export_validation_file ON export (validation_file) WHERE validation_file IS NOT NULL;
