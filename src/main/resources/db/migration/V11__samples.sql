-- Completions of rollouts, word for word. A step that a later attempt repeats replaces the earlier rows, which hold the same.
CREATE TABLE job_sample (
    job_id      bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step        integer          NOT NULL,
    position    integer          NOT NULL,
    tenant_id   text             NOT NULL,
    recorded_at timestamptz      NOT NULL,
    beta        double precision NOT NULL,
    -- Of the prompt in the training file.
    line        bigint           NOT NULL,
    prompt      text             NOT NULL,
    completion  text             NOT NULL,
    tokens      integer          NOT NULL,
    truncated   boolean          NOT NULL,
    reward      double precision,
    errors      text[]           NOT NULL,
    PRIMARY KEY (job_id, step, position)
);

CALL isolate_tenants('job_sample');
