package dev.anneal.service.queue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt failed, as clients read it.
 *
 * @param code error code of the API, for example {@code non_finite_loss}
 * @param param request key that is at fault, or null
 * @param origin whose fault it is, which decides the retry budget
 */
public record WorkError(
        String code,
        String message,
        @Nullable String param,
        @JsonIgnore Origin origin) {

    /** A worker that fell silent, hung or took too long. */
    public static final String WORKER_LOST = "worker_lost";

    /** Whose fault a failure is. */
    public enum Origin {
        /** The client's input or settings; another attempt would end the same. */
        USER,
        /** The platform: an error in it, or a process that crashed; another attempt may succeed. */
        SYSTEM,
        /** The environment of the platform: artifact store, base models, disks, devices. The work waits until the fault is repaired, and never fails because of it. */
        ENVIRONMENT
    }

    /** A failure that the client's input or settings cause. */
    public static WorkError ofUser(String code, String message, @Nullable String param) {
        return new WorkError(code, message, param, Origin.USER);
    }

    /** A failure of what the platform stands on. */
    public static WorkError ofEnvironment(String code, String message) {
        return new WorkError(code, message, null, Origin.ENVIRONMENT);
    }

    /** A failure of the platform. */
    public static WorkError ofSystem(String code, String message) {
        return new WorkError(code, message, null, Origin.SYSTEM);
    }
}
