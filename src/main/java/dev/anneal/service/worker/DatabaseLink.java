package dev.anneal.service.worker;

import dev.anneal.service.platform.database.DatabaseOutage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An attempt's calls to the database. Logs when the database becomes unreachable and when it is back, but no calls in
 * between.
 */
final class DatabaseLink {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLink.class);

    private final String subject;
    private boolean away;

    /**
     * @param subject name of the caller for the log
     */
    DatabaseLink(String subject) {
        this.subject = subject;
    }

    /** Makes the call and returns whether the database has answered; throws if the database rejects it permanently. */
    boolean reached(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            if (!DatabaseOutage.explains(failure)) {
                throw failure;
            }
            if (!away) {
                LOG.warn("{} continues but publishes nothing until the database answers", subject, failure);
            }
            away = true;
            return false;
        }
        if (away) {
            LOG.info("The database is back; {} publishes again", subject);
        }
        away = false;
        return true;
    }
}
