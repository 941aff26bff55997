package dev.anneal.service.queue.secret;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The secrets within the documents of one work, open in memory. */
public final class OpenedValues {

    private static final Pattern ID = Pattern.compile(SealedValues.ID_PREFIX + "[0-9a-z]{26}");

    private final Map<String, String> secretsById;

    public OpenedValues(Map<String, String> secretsById) {
        this.secretsById = Map.copyOf(secretsById);
    }

    /**
     * A map of a document with the secrets in place of their ids. A value that is no id is the secret itself: documents of work that was queued
     * before secrets were sealed hold them.
     *
     * @throws IllegalStateException if an id is not one of the work's
     */
    public Map<String, String> in(Map<String, String> stored) {
        Map<String, String> opened = new LinkedHashMap<>();
        stored.forEach((name, value) -> opened.put(name, secretOf(name, value)));
        return opened;
    }

    static boolean isId(String value) {
        return ID.matcher(value).matches();
    }

    private String secretOf(String name, String value) {
        String secret = secretsById.get(value);
        if (secret == null && isId(value)) {
            throw new IllegalStateException("the sealed value of '" + name + "' is not one of its work's");
        }
        return secret == null ? value : secret;
    }
}
