-- Files: what tenants upload, whole or in parts, and what is found out about it.

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
    -- The report of engine.rows.DatasetValidator; only of training data.
    validation     jsonb,
    expires_at     timestamptz,
    -- What lies in the store. The row of a deleted file stays, so that a page of a list that begins after it can still be read.
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
-- The sweep of content that is no longer wanted; small.
CREATE INDEX file_left_over ON file (created_at) WHERE content IN ('RECEIVING', 'DOOMED');

CALL isolate_tenants('file');

-- What is to be found out about a file in the background: whether its rows are right (VALIDATE), and how many tokens a model's tokenizer makes of them at a
-- maximum length (COUNT). A row that is CLAIMED belongs to one process until claimed_until, by the database's clock, which the process keeps moving.
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
    -- The report of engine.data.ChatEncoder; that of the validation is in the file's row.
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
-- The claim, and the bound of a tenant's counts. Small, because what is done leaves it.
CREATE INDEX file_check_open ON file_check (tenant_id, kind, requested_at, id) WHERE state IN ('WAITING', 'CLAIMED');

CALL isolate_tenants('file_check');

-- Whose turn it is: when a check of each tenant was last claimed. Apart from the checks, which are deleted with their files.
CREATE TABLE file_check_turn (
    tenant_id  text        PRIMARY KEY,
    claimed_at timestamptz NOT NULL
);

CALL isolate_tenants('file_check_turn');

-- Files that arrive in parts, as OpenAI's uploads.
CREATE TABLE upload (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id          text        NOT NULL,
    public_id          text        NOT NULL COLLATE "C",
    created_at         timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL,
    filename           text        NOT NULL,
    purpose            text        NOT NULL,
    -- Size of all parts together, which the client says beforehand.
    bytes              bigint      NOT NULL,
    -- After how many seconds the file is deleted; null: never.
    file_expires_after integer,
    state              text        NOT NULL,
    -- The file, and the parts in their order, by which a repeated completion is recognised.
    file_public_id     text,
    part_ids           text,
    -- Whether the parts were deleted after the end.
    swept              boolean     NOT NULL DEFAULT false,
    CONSTRAINT upload_public_id_is_unique UNIQUE (public_id),
    CONSTRAINT upload_tenant_is_named CHECK (tenant_id <> ''),
    CONSTRAINT upload_state_is_known CHECK (state IN ('PENDING', 'COMPLETED', 'CANCELLED', 'EXPIRED')),
    CONSTRAINT upload_bytes_are_counted CHECK (bytes > 0),
    CONSTRAINT upload_has_a_file_exactly_when_completed
        CHECK (num_nulls(file_public_id, part_ids) = CASE state WHEN 'COMPLETED' THEN 0 ELSE 2 END),
    CONSTRAINT upload_swept_only_when_ended CHECK (NOT swept OR state <> 'PENDING')
);

-- The sweep of uploads that were not completed in time, and of what ended uploads have left; both small.
CREATE INDEX upload_expiring ON upload (expires_at) WHERE state = 'PENDING';
CREATE INDEX upload_unswept ON upload (id) WHERE state <> 'PENDING' AND NOT swept;
-- The sweep of old rows.
CREATE INDEX upload_ended ON upload (created_at) WHERE swept;

CALL isolate_tenants('upload');

CREATE TABLE upload_part (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  text        NOT NULL,
    upload_id  bigint      NOT NULL REFERENCES upload ON DELETE CASCADE,
    public_id  text        NOT NULL COLLATE "C",
    created_at timestamptz NOT NULL,
    -- Null while the part arrives.
    bytes      bigint,
    CONSTRAINT upload_part_public_id_is_unique UNIQUE (public_id),
    CONSTRAINT upload_part_bytes_are_counted CHECK (bytes >= 0)
);

-- The parts of an upload.
CREATE INDEX upload_part_of ON upload_part (upload_id);
-- What a tenant stores.
CREATE INDEX upload_part_of_tenant ON upload_part (tenant_id) INCLUDE (bytes);

CALL isolate_tenants('upload_part');

-- Published for other districts, as are the views of V7 and V8 without the prefix anneal_: files and uploads whose content may still be in the artifact store.
CREATE VIEW kept_file WITH (security_invoker = true) AS
SELECT tenant_id, public_id FROM file WHERE content <> 'GONE';

CREATE VIEW kept_upload WITH (security_invoker = true) AS
SELECT tenant_id, public_id FROM upload WHERE NOT swept;

GRANT SELECT ON kept_file, kept_upload TO anneal_system;
