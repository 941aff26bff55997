package dev.anneal.service.queue.secret;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The decrypted secrets of one work's documents. */
public final class OpenedValues {

    private static final Pattern ID = Pattern.compile(SealedValues.ID_PREFIX + "[0-9a-z]{26}");

    private final Map<String, String> secretsById;

    public OpenedValues(Map<String, String> secretsById) {
        this.secretsById = Map.copyOf(secretsById);
    }

    /**
     * A document's map with secrets in place of their ids. A value that is not an id is the secret itself, in documents
     * of work queued before secrets were encrypted.
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
