-- Files that arrive in parts, as OpenAI's uploads.

CREATE TABLE upload (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id          text        NOT NULL,
    public_id          text        NOT NULL COLLATE "C",
    created_at         timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL,
    filename           text        NOT NULL,
    purpose            text        NOT NULL,
    -- What the parts are together, said by the client beforehand.
    bytes              bigint      NOT NULL,
    -- After how many seconds the file deletes itself.
    file_expires_after integer,
    state              text        NOT NULL,
    -- The file, and the parts in their order, by which a repeated completion is known.
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

-- The sweep of what nobody has completed, and of what ended uploads have left; both small.
CREATE INDEX upload_expiring ON upload (expires_at) WHERE state = 'PENDING';
CREATE INDEX upload_unswept ON upload (id) WHERE state <> 'PENDING' AND NOT swept;
-- The sweep of rows that nobody asks for any more.
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

CALL isolate_tenants('upload_part');
