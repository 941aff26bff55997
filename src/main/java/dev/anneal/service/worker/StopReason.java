package dev.anneal.service.worker;

/** Why a worker ends an engine process before its task is done. */
enum StopReason {
    /** The client cancels or pauses its job. */
    WISH,
    /** The worker is shutting down. */
    SHUTDOWN,
    /** Another worker has the work now. */
    LEASE_LOST,
    /** No step has ended for too long. */
    NO_PROGRESS,
    /** The process has not begun its work in time. */
    NO_START,
    /** Work without steps has taken longer than it may in all. */
    TIME_LIMIT;

    /** Whether the process is asked to save first; otherwise it is killed at once. */
    boolean isOrderly() {
        return switch (this) {
            case WISH, SHUTDOWN -> true;
            case LEASE_LOST, NO_PROGRESS, NO_START, TIME_LIMIT -> false;
        };
    }
}
