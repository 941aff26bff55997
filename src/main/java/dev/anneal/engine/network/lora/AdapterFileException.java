package dev.anneal.engine.network.lora;

import java.nio.file.Path;

/** An adapter file that does not match the expected adapter. */
public final class AdapterFileException extends RuntimeException {

    public AdapterFileException(Path file, String message) {
        super(file + ": " + message);
    }
}
