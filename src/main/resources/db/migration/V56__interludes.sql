-- What forecasts need: how long trainings wait for what is no step.

ALTER TABLE job_progress
    ADD COLUMN validations        integer          NOT NULL DEFAULT 0,
    ADD COLUMN validation_seconds double precision NOT NULL DEFAULT 0,
    ADD COLUMN checkpoints        integer          NOT NULL DEFAULT 0,
    ADD COLUMN checkpoint_seconds double precision NOT NULL DEFAULT 0;
