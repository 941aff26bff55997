package dev.anneal.engine.network.lora;

/** A setting of an adapter that cannot be trained. */
public final class AdapterConfigException extends RuntimeException {

    /** @param message begins with the setting as requests write it; what must hold, what was found, and what to do */
    public AdapterConfigException(String message) {
        super(message);
    }
}
