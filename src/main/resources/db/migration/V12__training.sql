-- What a client's list of jobs is filtered by. The model is the one that the request names: of a draft its target, where job.model is what is trained.
-- Both columns repeat the request, because a statement that read the request of each job would read several times as much.
ALTER TABLE job
    ADD COLUMN named_model text NOT NULL GENERATED ALWAYS AS (coalesce(request #>> '{method,target}', model)) STORED,
    ADD COLUMN searched    text NOT NULL GENERATED ALWAYS AS (lower(
        external_id || ' ' || model || ' ' || coalesce(request #>> '{method,target}', '') || ' ' || coalesce(request ->> 'suffix', '') || ' ' || metadata::text
    )) STORED;

-- The jobs of a model, newest first.
CREATE INDEX job_of_model ON job (tenant_id, named_model, external_id);
