package dev.anneal.service.training.http;

import dev.anneal.service.platform.database.TestDatabase;

/** Counts of another process, which takes an hour for them. */
final class CountedElsewhere {

    private CountedElsewhere() {}

    /** Begins a count of the file like each that the database has. */
    static void begin(String file) {
        TestDatabase.administrator().sql("""
                        INSERT INTO file_check (tenant_id, file_id, kind, model_id, tokenizer, max_length, state, requested_at, claimed_by,
                                                claimed_until)
                        SELECT tenant_id, (SELECT id FROM file WHERE public_id = ?), kind, model_id, tokenizer, max_length, 'CLAIMED',
                               now(), 'another', now() + interval '1 hour'
                        FROM file_check
                        WHERE kind = 'COUNT'
                        """).param(file).update();
    }
}
