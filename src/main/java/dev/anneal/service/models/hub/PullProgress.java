package dev.anneal.service.models.hub;

/** Adds up the bytes of one pull, and ends it when its listener no longer wants it. Downloaded files are kept. */
final class PullProgress {

    private final PullListener listener;
    private boolean hasBegun;
    private long bytesTotal;
    private long bytesDone;

    PullProgress(PullListener listener) {
        this.listener = listener;
    }

    /**
     * Starts counting.
     *
     * @param done bytes that are already on this machine
     */
    void begin(long total, long done) throws HubException {
        hasBegun = true;
        bytesTotal = total;
        arrived(done);
    }

    /**
     * @param bytes negative if they were discarded
     */
    void arrived(long bytes) throws HubException {
        if (hasBegun) {
            bytesDone += bytes;
            require(listener.arrived(bytesDone, bytesTotal));
        } else {
            waiting();
        }
    }

    /** Called each second while nothing arrives. */
    void waiting() throws HubException {
        require(listener.waits());
    }

    private static void require(boolean isWanted) throws HubException {
        if (!isWanted) {
            throw new HubException(
                    HubException.Reason.MODEL_NOT_AVAILABLE,
                    "the pull was stopped: its work has ended, another revision was asked for, or the process ends");
        }
    }
}
