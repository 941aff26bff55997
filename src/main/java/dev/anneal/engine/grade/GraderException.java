package dev.anneal.engine.grade;

import dev.anneal.protocol.WireName;

/** An invalid grader object. The message says what is required, what was found and what to do. */
public final class GraderException extends RuntimeException {

    /** Reasons; the lower-case names are the API's {@code error.code}. */
    public enum Code implements WireName {
        /** A key is unknown, missing, of the wrong type or out of range. */
        GRADER_INVALID,
        /** A kind of grader or input that is not supported. */
        GRADER_NOT_SUPPORTED;
    }

    private final Code code;
    private final String param;

    /**
     * @param param path of the key at fault, such as {@code method.reinforcement.grader.graders[1].operation}
     */
    GraderException(Code code, String message, String param) {
        super(message);
        this.code = code;
        this.param = param;
    }

    static GraderException invalid(String param, String message) {
        return new GraderException(Code.GRADER_INVALID, "'" + param + "' " + message, param);
    }

    static GraderException notSupported(String param, String message) {
        return new GraderException(Code.GRADER_NOT_SUPPORTED, "'" + param + "' " + message, param);
    }

    public Code code() {
        return code;
    }

    public String param() {
        return param;
    }

    /** The message, which is never null. */
    public String explanation() {
        String message = getMessage();
        return message == null ? code.wireName() : message;
    }
}
