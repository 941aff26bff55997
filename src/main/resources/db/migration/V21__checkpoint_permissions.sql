-- Which other tenants may use a tuned model or a checkpoint of it.

-- For the reference below: who shares a model is who has made it.
ALTER TABLE tuned_model ADD CONSTRAINT tuned_model_has_one_tenant UNIQUE (name, tenant_id);

CREATE TABLE checkpoint_permission (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The owner, who grants.
    tenant_id     text        NOT NULL,
    external_id   text COLLATE "C" NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL,
    -- What is shared: the tuned model by its own name, or one of its checkpoints (<tuned model>:ckpt-step-<n>).
    model         text COLLATE "C" NOT NULL,
    tuned_model   text COLLATE "C" NOT NULL,
    -- Kept as long as somebody else may use it.
    checkpoint_id bigint      NOT NULL REFERENCES checkpoint,
    -- The tenant that may use it.
    project_id    text        NOT NULL,
    CONSTRAINT checkpoint_permission_is_given_once UNIQUE (model, project_id),
    CONSTRAINT checkpoint_permission_is_the_owners FOREIGN KEY (tuned_model, tenant_id) REFERENCES tuned_model (name, tenant_id),
    CONSTRAINT checkpoint_permission_is_for_a_model_of_its_training CHECK (starts_with(model, tuned_model)),
    CONSTRAINT checkpoint_permission_is_for_others CHECK (project_id <> tenant_id)
);

-- The permissions of a model, by id.
CREATE INDEX checkpoint_permission_list ON checkpoint_permission (model, external_id);
-- A shared checkpoint is not deleted.
CREATE INDEX checkpoint_permission_checkpoint ON checkpoint_permission (checkpoint_id);

CALL isolate_tenants('checkpoint_permission');

-- Who may use a model sees that it may, and changes nothing about it. The model itself, its job and its checkpoints stay hidden: they are read under the
-- system's role, by the name that this row holds.
CREATE POLICY permissions_of_the_tenant ON checkpoint_permission FOR SELECT TO anneal_tenant USING (project_id = current_tenant());
