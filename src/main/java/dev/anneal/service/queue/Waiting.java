package dev.anneal.service.queue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * The fault of the environment that work waits for. The API shows it without the attempts.
 *
 * @param code error code of the fault
 * @param since since when this fault has blocked it
 * @param attempts number of attempts in a row that it has ended; 0 if no worker could claim the work
 */
public record Waiting(
        String code,
        String message,
        Instant since,
        @JsonIgnore int attempts) {}
