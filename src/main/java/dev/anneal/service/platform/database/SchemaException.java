package dev.anneal.service.platform.database;

/** The database's schema is not one that this version can work on. */
final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /** @param action what an operator is to do */
    SchemaException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
