package dev.anneal.service.worker;

import dev.anneal.service.platform.database.DatabaseOutage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An attempt's calls to the database. The log says when the database goes away and when it is back, and nothing about the calls between. */
final class DatabaseLink {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLink.class);

    private final String subject;
    private boolean away;

    /** @param subject what makes the calls, for the log */
    DatabaseLink(String subject) {
        this.subject = subject;
    }

    /** Makes the call and returns whether the database has answered; a call that it refuses for good throws. */
    boolean reached(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            if (!DatabaseOutage.explains(failure)) {
                throw failure;
            }
            if (!away) {
                LOG.warn("{} runs on but publishes nothing until the database answers", subject, failure);
            }
            away = true;
            return false;
        }
        if (away) {
            LOG.info("The database is back; {} goes on publishing", subject);
        }
        away = false;
        return true;
    }
}
