package dev.anneal.faults;

import java.time.Duration;

/** A fault that lasts for a while. */
final class Outage {

    private Outage() {}

    /** Begins or ends it. */
    interface Action {
        void run() throws Exception;
    }

    /** Ends it also if it has begun only in part. */
    static void of(Duration time, Action begin, Action end) throws Exception {
        try {
            begin.run();
            Thread.sleep(time.toMillis());
        } finally {
            end.run();
        }
    }
}
