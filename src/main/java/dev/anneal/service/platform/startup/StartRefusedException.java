package dev.anneal.service.platform.startup;

/** The process does not start, for a reason that an operator can mend. */
final class StartRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /** @param action what the operator is to do */
    StartRefusedException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
