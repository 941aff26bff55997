package dev.anneal.service.queue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * Error of an attempt, for clients.
 *
 * @param code error code of the API, for example {@code non_finite_loss}
 * @param param request key at fault, or null
 * @param origin origin of the fault, which decides the retry budget
 */
public record WorkError(
        String code,
        String message,
        @Nullable String param,
        @JsonIgnore Origin origin) {

    /** A worker that fell silent, hung or took too long. */
    public static final String WORKER_LOST = "worker_lost";

    /** Origins of failures. */
    public enum Origin {
        /** The client's input or settings; a retry would fail as well. */
        USER,
        /** The platform: an error in it or a crashed process; a retry may succeed. */
        SYSTEM,
        /**
         * The environment of the platform: artifact store, base models, disks, devices. The work waits until the fault
         * is repaired, and does not fail because of it.
         */
        ENVIRONMENT
    }

    /** A failure caused by the client's input or settings. */
    public static WorkError ofUser(String code, String message, @Nullable String param) {
        return new WorkError(code, message, param, Origin.USER);
    }

    /** A failure of the platform's environment. */
    public static WorkError ofEnvironment(String code, String message) {
        return new WorkError(code, message, null, Origin.ENVIRONMENT);
    }

    /** A failure of the platform. */
    public static WorkError ofSystem(String code, String message) {
        return new WorkError(code, message, null, Origin.SYSTEM);
    }
}
