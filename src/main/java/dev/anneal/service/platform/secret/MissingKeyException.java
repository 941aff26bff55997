package dev.anneal.service.platform.secret;

/** Secrets lie in the database that no configured key opens. */
final class MissingKeyException extends RuntimeException {

    private final String keyId;

    MissingKeyException(String keyId, SealedColumn column, long rows) {
        super("%d rows of %s.%s are sealed by the key '%s', which is not among anneal.secrets.keys"
                .formatted(rows, column.table(), column.column(), keyId));
        this.keyId = keyId;
    }

    String keyId() {
        return keyId;
    }
}
