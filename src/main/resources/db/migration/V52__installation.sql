-- Whose the artifact store is: a marker in the store names this id, and who finds another one there neither starts nor sweeps (docs/storage.md).
-- A copy of the database is taken for the same installation until it is given an id of its own.
CREATE TABLE installation (
    id  uuid    NOT NULL DEFAULT gen_random_uuid(),
    -- There is one row.
    one boolean PRIMARY KEY DEFAULT true,
    CONSTRAINT installation_is_one CHECK (one)
);

INSERT INTO installation DEFAULT VALUES;

GRANT SELECT ON installation TO anneal_system;
