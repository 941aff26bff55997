package dev.anneal.service.platform.refusal;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Refusal of a request. The message is for the client: what is required, what was found, and what to do. Any district
 * may throw it; the API turns it into the error envelope and logs nothing.
 */
public final class Refusal extends RuntimeException {

    private final RefusalCode code;
    private final @Nullable String parameter;

    /** @param parameter path of the request key that the message is about, or null */
    public Refusal(RefusalCode code, String message, @Nullable String parameter) {
        super(message);
        this.code = code;
        this.parameter = parameter;
    }

    public Refusal(RefusalCode code, String message) {
        this(code, message, null);
    }

    /** A value of {@code parameter} that is not allowed. */
    public static Refusal invalidValue(String parameter, String message) {
        return new Refusal(RefusalCode.INVALID_VALUE, message, parameter);
    }

    /** The tenant has no object with this id; same answer for another tenant's object. */
    public static Refusal notFound(String noun, String id, String parameter) {
        return notFound(noun, id, parameter, "");
    }

    /**
     * As {@link #notFound(String, String, String)}, followed by the sentence {@code hint}, which begins with a space or
     * is empty.
     */
    public static Refusal notFound(String noun, String id, String parameter, String hint) {
        return new Refusal(
                RefusalCode.NOT_FOUND,
                "No such " + noun + ": '" + id + "'" + (hint.isEmpty() ? "" : "." + hint),
                parameter);
    }

    /**
     * The page begins after an id that is not in the list.
     *
     * @param noun an element of the list, with its article
     */
    public static Refusal invalidCursor(String noun, String after) {
        return new Refusal(
                RefusalCode.INVALID_CURSOR, "'after' must be the id of " + noun + " but is '" + after + "'", "after");
    }

    /**
     * Something in the request that nothing reads.
     *
     * @param noun what it is
     * @param hint sentence that goes on, which begins with a space or is empty
     */
    public static Refusal unknown(String noun, String name, Collection<String> known, String hint) {
        String others = known.isEmpty() ? "none is known here" : "known here are " + String.join(", ", known);
        return new Refusal(
                RefusalCode.UNKNOWN_PARAMETER,
                "unknown " + noun + " '" + name + "'; " + others + "." + hint + " Remove it or correct its name",
                name);
    }

    public RefusalCode code() {
        return code;
    }

    public @Nullable String parameter() {
        return parameter;
    }

    /** The message, which is never null. */
    public String explanation() {
        String message = getMessage();
        return message == null ? code.wireName() : message;
    }
}
