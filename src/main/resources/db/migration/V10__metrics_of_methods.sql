-- What a method measures beside loss and token accuracy, by name; null where there is nothing.

ALTER TABLE job_step ADD COLUMN metrics jsonb;
ALTER TABLE job_validation ADD COLUMN metrics jsonb;

CREATE OR REPLACE VIEW anneal_job_series WITH (security_invoker = true) AS
SELECT job.external_id AS job_id,
       job.tenant_id   AS tenant,
       job.model,
       step.step,
       step.recorded_at,
       step.epoch,
       step.loss           AS train_loss,
       step.token_accuracy AS train_token_accuracy,
       step.learning_rate,
       step.gradient_norm,
       step.beta,
       step.tokens,
       step.tokens_per_second,
       validation.loss           AS valid_loss,
       validation.token_accuracy AS valid_token_accuracy,
       validation.beta           AS valid_beta,
       step.metrics,
       validation.metrics        AS valid_metrics
FROM job
JOIN job_step AS step ON step.job_id = job.id
LEFT JOIN job_validation AS validation ON validation.job_id = step.job_id AND validation.step = step.step;
