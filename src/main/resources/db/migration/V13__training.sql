-- Whether retention has taken the optimizer's state from use and may not have deleted it from the artifact store yet.
ALTER TABLE checkpoint
    ADD COLUMN owes_deletion boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT checkpoint_in_use_is_kept CHECK (NOT (resumable AND owes_deletion));
