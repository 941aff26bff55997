package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import java.time.Duration;
import java.util.List;

/** A generation whose replies a test plays. */
public final class PlayedGeneration {

    private PlayedGeneration() {}

    /** One with these replies, of a single answer. */
    public static Generation of(List<ServeReply> replies) {
        Generation generation = new Generation(1, Duration.ofMinutes(1));
        replies.forEach(generation::take);
        return generation;
    }
}
