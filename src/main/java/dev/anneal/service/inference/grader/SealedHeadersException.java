package dev.anneal.service.inference.grader;

/** This process cannot open the headers that a grader sends to its endpoint. Another one, which has their key, may. */
public final class SealedHeadersException extends RuntimeException {

    SealedHeadersException(Throwable cause) {
        super("the headers of a grader do not open: " + cause.getMessage(), cause);
    }
}
