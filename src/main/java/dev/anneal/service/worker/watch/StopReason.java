package dev.anneal.service.worker.watch;

/** Why a worker stops an engine process before its task is done. */
public enum StopReason {
    /** The client has cancelled or paused its job. */
    WISH,
    /** The worker is shutting down. */
    SHUTDOWN,
    /** Another worker whose devices the attempt needs cannot take part any more. */
    MEMBER_LOST,
    /** Another worker has the work now. */
    LEASE_LOST,
    /** No step has ended for too long. */
    NO_PROGRESS,
    /** The process has not started its work in time. */
    NO_START,
    /** Work without steps has exceeded its total time limit. */
    TIME_LIMIT;

    /** Whether the process may save first; otherwise it is killed at once. */
    public boolean isOrderly() {
        return switch (this) {
            case WISH, SHUTDOWN, MEMBER_LOST -> true;
            case LEASE_LOST, NO_PROGRESS, NO_START, TIME_LIMIT -> false;
        };
    }
}
