package dev.anneal.service.queue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * What work waits for: a fault of the environment that somebody has to mend. The API shows it without the attempts.
 *
 * @param code error code of the fault
 * @param since since when this fault is in its way
 * @param attempts how many attempts it has ended in a row; 0 if no worker has even claimed the work
 */
public record Waiting(
        String code,
        String message,
        Instant since,
        @JsonIgnore int attempts) {}
