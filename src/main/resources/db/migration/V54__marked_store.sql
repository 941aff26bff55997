-- Since when the artifact store has its marker. From then on a store without one is not this installation's: a disk that is not mounted, or the wrong folder.
ALTER TABLE installation ADD COLUMN store_marked_at timestamptz;

GRANT UPDATE (store_marked_at) ON installation TO anneal_system;
