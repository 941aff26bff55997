-- Tenants with their keys, and the files that they upload.

CREATE TABLE tenant (
    id         text        PRIMARY KEY,
    created_at timestamptz NOT NULL,
    CONSTRAINT tenant_id_is_a_name CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);

-- Keys besides those that a process is configured with, which it keeps in its memory.
CREATE TABLE api_key (
    -- SHA-256 in hexadecimal; the key itself is nowhere.
    hash       text        PRIMARY KEY,
    tenant_id  text        NOT NULL REFERENCES tenant,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT api_key_is_hashed CHECK (hash ~ '^[0-9a-f]{64}$')
);

-- A key's tenant is not known before it is found, so only the system role reads here.
GRANT SELECT ON api_key TO anneal_system;

CREATE TABLE file (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      text        NOT NULL,
    public_id      text        NOT NULL COLLATE "C",
    created_at     timestamptz NOT NULL,
    filename       text        NOT NULL,
    -- Null while the upload goes on: clients send it before or after the content.
    purpose        text,
    bytes          bigint,
    sha256         text,
    status         text        NOT NULL,
    -- Why the status is ERROR, in words.
    status_details text,
    -- The report of engine.rows.DatasetValidator; of training data alone.
    validation     jsonb,
    expires_at     timestamptz,
    -- What lies in the store. A deleted file stays as a row, so that a page that begins behind it still does.
    content        text        NOT NULL,
    CONSTRAINT file_public_id_is_unique UNIQUE (public_id),
    CONSTRAINT file_tenant_is_named CHECK (tenant_id <> ''),
    CONSTRAINT file_status_is_known CHECK (status IN ('UPLOADED', 'PROCESSED', 'ERROR')),
    CONSTRAINT file_content_is_known CHECK (content IN ('RECEIVING', 'STORED', 'DOOMED', 'GONE')),
    CONSTRAINT file_is_described_once_stored
        CHECK (content <> 'STORED' OR (purpose IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL)),
    CONSTRAINT file_error_is_explained CHECK ((status = 'ERROR') = (status_details IS NOT NULL)),
    CONSTRAINT file_bytes_are_counted CHECK (bytes >= 0)
);

-- Lists: newest first, or oldest first.
CREATE INDEX file_listed ON file (tenant_id, created_at, id) WHERE content = 'STORED';
-- The sweep of expired files.
CREATE INDEX file_expiring ON file (expires_at) WHERE content = 'STORED' AND expires_at IS NOT NULL;
-- The sweep of content that nobody wants any more; small.
CREATE INDEX file_left_over ON file (created_at) WHERE content IN ('RECEIVING', 'DOOMED');

CALL isolate_tenants('file');

-- What is to be found out about a file in the background: whether its rows are right (VALIDATE), how many tokens they are to a
-- model's tokenizer at a length (COUNT). A row that is CLAIMED belongs to one process until claimed_until, which it keeps moving.
CREATE TABLE file_check (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id     text        NOT NULL,
    file_id       bigint      NOT NULL REFERENCES file,
    kind          text        NOT NULL,
    model_id      text,
    -- Hash of the tokenizer's files: another tokenizer under the same model id is another count.
    tokenizer     text,
    max_length    integer,
    state         text        NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    requested_at  timestamptz NOT NULL,
    claimed_by    text,
    claimed_until timestamptz,
    -- The report of engine.data.ChatEncoder; the validation's own stands in the file's row.
    report        jsonb,
    error_code    text,
    error_message text,
    CONSTRAINT file_check_kind_is_known CHECK (kind IN ('VALIDATE', 'COUNT')),
    CONSTRAINT file_check_state_is_known CHECK (state IN ('WAITING', 'CLAIMED', 'DONE', 'FAILED')),
    CONSTRAINT file_check_counts_for_a_model
        CHECK (num_nulls(model_id, tokenizer, max_length) = CASE kind WHEN 'COUNT' THEN 0 ELSE 3 END),
    CONSTRAINT file_check_claimed_by_somebody
        CHECK (num_nulls(claimed_by, claimed_until) = CASE state WHEN 'CLAIMED' THEN 0 ELSE 2 END),
    CONSTRAINT file_check_failed_with_a_reason
        CHECK (num_nulls(error_code, error_message) = CASE state WHEN 'FAILED' THEN 0 ELSE 2 END),
    CONSTRAINT file_check_counted_with_a_report CHECK ((report IS NOT NULL) = (kind = 'COUNT' AND state = 'DONE'))
);

-- One validation for each file, and one count for each tokenizer and length.
CREATE UNIQUE INDEX file_check_once ON file_check (file_id, kind, tokenizer, max_length) NULLS NOT DISTINCT;
-- The claim: oldest first. Small, because what is done leaves it.
CREATE INDEX file_check_open ON file_check (requested_at, id) WHERE state IN ('WAITING', 'CLAIMED');

CALL isolate_tenants('file_check');
