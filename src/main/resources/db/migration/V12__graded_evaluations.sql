-- Evaluations by a grader: how completions are sampled and graded, and what came of it. Null for those that compare answers.

ALTER TABLE evaluation
    ADD COLUMN grading jsonb,
    ADD COLUMN metrics jsonb,
    DROP CONSTRAINT evaluation_result_is_complete,
    ADD CONSTRAINT evaluation_grading_is_complete
        CHECK (grading IS NULL OR grading ?& ARRAY ['grader', 'completions', 'temperature', 'seed']),
    -- Answers are compared or completions graded.
    ADD CONSTRAINT evaluation_result_is_complete
        CHECK ((row_count IS NULL) = (samples IS NULL)
            AND (exact_matches IS NOT NULL) = (row_count IS NOT NULL AND grading IS NULL)
            AND (metrics IS NOT NULL) = (row_count IS NOT NULL AND grading IS NOT NULL));
