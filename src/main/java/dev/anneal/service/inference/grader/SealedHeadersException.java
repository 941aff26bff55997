package dev.anneal.service.inference.grader;

/** This process cannot decrypt the headers for a grader's endpoint. Another one with their key may. */
public final class SealedHeadersException extends RuntimeException {

    SealedHeadersException(Throwable cause) {
        super("the headers of a grader do not open: " + cause.getMessage(), cause);
    }
}
