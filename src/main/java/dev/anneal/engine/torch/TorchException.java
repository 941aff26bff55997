package dev.anneal.engine.torch;

/** libtorch refused an operation; the message holds its own words, for program text with file, line and caret. */
public final class TorchException extends RuntimeException {

    public TorchException(String message, Throwable cause) {
        super(message, cause);
    }
}
