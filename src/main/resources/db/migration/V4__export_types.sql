-- Exports of kind gguf, and element types by the names that their formats have for them: torch's in a Hugging Face directory, ggml's in a GGUF file.
ALTER TABLE export
    DROP CONSTRAINT export_kind_is_known,
    DROP CONSTRAINT export_dtype_is_known;

-- The owner, too, sees no tenant's rows while row security is forced.
ALTER TABLE export NO FORCE ROW LEVEL SECURITY;
UPDATE export
SET dtype = CASE dtype WHEN 'fp32' THEN 'float32' ELSE 'bfloat16' END
WHERE dtype IN ('fp32', 'bf16');
ALTER TABLE export FORCE ROW LEVEL SECURITY;

ALTER TABLE export
    ADD CONSTRAINT export_kind_is_known CHECK (kind IN ('merged', 'adapter', 'gguf', 'training_state')),
    ADD CONSTRAINT export_dtype_is_known CHECK (
        CASE kind
            WHEN 'gguf' THEN dtype IN ('f32', 'f16', 'bf16', 'q8_0')
            ELSE dtype IN ('base', 'float32', 'bfloat16', 'float16')
        END);
