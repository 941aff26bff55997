package dev.anneal.engine.network.lora;

/** A setting of an adapter that cannot be trained. */
public final class AdapterConfigException extends RuntimeException {

    private final String setting;

    /**
     * @param setting name of the setting in requests, for example {@code rank} or {@code schedule.end}
     * @param message what is required, what was found, and what to do
     */
    public AdapterConfigException(String setting, String message) {
        super(message);
        this.setting = setting;
    }

    /** Name of the setting at fault, relative to the adapter's settings. */
    public String setting() {
        return setting;
    }
}
