-- Storage: whose the artifact store is.

-- A marker in the store names this id; a process that finds another id there neither starts nor sweeps (docs/storage.md).
-- A copy of the database counts as the same installation until it is given an id of its own.
CREATE TABLE installation (
    id              uuid    NOT NULL DEFAULT gen_random_uuid(),
    -- There is one row.
    one             boolean PRIMARY KEY DEFAULT true,
    -- Since when the store has its marker. From then on a store without one is not this installation's: a disk that is not mounted, or the wrong folder.
    store_marked_at timestamptz,
    CONSTRAINT installation_is_one CHECK (one)
);

INSERT INTO installation DEFAULT VALUES;

GRANT SELECT ON installation TO anneal_system;
GRANT UPDATE (store_marked_at) ON installation TO anneal_system;
