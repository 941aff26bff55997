-- Projects, which are tenants with a name, and what the keys of projects and of administrators may do.

ALTER TABLE tenant
    -- Null: as the id.
    ADD COLUMN name        text,
    -- Its keys no longer work; what it owns stays.
    ADD COLUMN archived_at timestamptz,
    ADD CONSTRAINT tenant_name_is_short CHECK (length(name) BETWEEN 1 AND 200);

ALTER TABLE api_key
    -- Null: an administrator's.
    ALTER COLUMN tenant_id DROP NOT NULL,
    -- What the key is called where it must not be shown.
    ADD COLUMN public_id    text COLLATE "C" NOT NULL DEFAULT 'key_' || replace(gen_random_uuid()::text, '-', ''),
    -- By their names on the wire. A process ignores names that it does not know.
    ADD COLUMN scopes       text[]           NOT NULL DEFAULT ARRAY [
        'files:read', 'files:write', 'jobs:read', 'jobs:write', 'models:read', 'models:write', 'inference', 'webhooks:read', 'webhooks:write'],
    -- The end of the key, by which its owner knows it again.
    ADD COLUMN last_four    text             NOT NULL DEFAULT '',
    -- To some minutes, so that using a key seldom writes.
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN expires_at   timestamptz,
    -- A deleted key stays as a row, so that a page that begins behind it still does.
    ADD COLUMN revoked_at   timestamptz,
    ADD CONSTRAINT api_key_public_id_is_unique UNIQUE (public_id),
    ADD CONSTRAINT api_key_is_good_for_something CHECK (cardinality(scopes) > 0),
    ADD CONSTRAINT api_key_administers_exactly_without_a_tenant CHECK ((tenant_id IS NULL) = ('admin' = ANY (scopes)));

-- Lists of a project's keys, and of administrators'.
CREATE INDEX api_key_listed ON api_key (tenant_id, created_at, public_id) WHERE revoked_at IS NULL;

-- Administration is across tenants.
GRANT SELECT, INSERT ON tenant TO anneal_system;
GRANT UPDATE (name, archived_at) ON tenant TO anneal_system;
GRANT INSERT ON api_key TO anneal_system;
GRANT UPDATE (last_used_at, revoked_at) ON api_key TO anneal_system;
