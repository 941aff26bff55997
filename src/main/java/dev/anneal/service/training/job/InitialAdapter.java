package dev.anneal.service.training.job;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.history.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * The adapter that a job begins with, as it was found. What it was found in is not deleted before the end of the transaction that found it.
 *
 * @param settings its rank, scale and targets, and the dropout that it was trained with
 * @param checkpoint that holds it; null if a file does
 * @param fileId of the uploaded archive that holds it; null if a checkpoint does
 * @param described where it comes from, in words
 */
record InitialAdapter(
        AdapterSettings settings,
        @Nullable Checkpoint checkpoint,
        @Nullable String fileId,
        String described) {

    static InitialAdapter of(AdapterSettings settings, Checkpoint checkpoint, String described) {
        return new InitialAdapter(settings, checkpoint, null, described);
    }

    static InitialAdapter of(AdapterSettings settings, String fileId, String described) {
        return new InitialAdapter(settings, null, fileId, described);
    }
}
