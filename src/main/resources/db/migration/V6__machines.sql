-- What workers have measured of their machines, for estimates of trainings whose like nobody has seen.

CREATE TABLE machine (
    worker                text             PRIMARY KEY,
    measured_at           timestamptz      NOT NULL DEFAULT clock_timestamp(),
    -- The worker's set-up; what was measured on another is measured again.
    device                text             NOT NULL,
    precision             text             NOT NULL,
    threads               integer          NOT NULL,
    multiplies_bf16_fast  boolean          NOT NULL,
    -- From the start of an engine process to its first product.
    start_seconds         double precision NOT NULL,
    -- [{precision, width, operationsPerSecond}]
    rates                 jsonb            NOT NULL
);

GRANT SELECT ON machine TO anneal_tenant, anneal_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON machine TO anneal_system;
