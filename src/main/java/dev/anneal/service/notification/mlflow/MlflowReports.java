package dev.anneal.service.notification.mlflow;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports new data to the server in rounds. While the server is unavailable, it retries with growing delays and logs
 * only once.
 */
final class MlflowReports {

    private static final Logger LOG = LoggerFactory.getLogger(MlflowReports.class);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final List<Sender> senders;
    private final URI url;
    private final Duration interval;
    private final Clock clock;

    private int failures;
    private Instant pauseEnd = Instant.MIN;

    MlflowReports(List<Sender> senders, URI url, Duration interval, Clock clock) {
        this.senders = List.copyOf(senders);
        this.url = url;
        this.interval = interval;
        this.clock = clock;
    }

    void runOnce() {
        if (clock.instant().isBefore(pauseEnd)) {
            return;
        }
        for (Sender sender : senders) {
            sender.admit();
            boolean isMore = true;
            while (isMore && !Thread.currentThread().isInterrupted()) {
                try {
                    isMore = sendNext(sender);
                } catch (MlflowException e) {
                    unavailable(e);
                    return;
                }
            }
        }
    }

    /** Returns whether there was anything to send. */
    private boolean sendNext(Sender sender) throws MlflowException {
        Optional<Long> taken = sender.outbox().take();
        if (taken.isEmpty()) {
            return false;
        }
        long row = taken.get();
        try {
            sender.send(row);
            available();
        } catch (MlflowException e) {
            if (!e.isRefusal()) {
                sender.outbox().giveBack(row);
                throw e;
            }
            available();
            refused(sender, row, e);
        }
        return true;
    }

    private void available() {
        if (failures > 0) {
            LOG.info("The MLflow server at {} answers again; missed data is being sent", url);
        }
        failures = 0;
    }

    private void unavailable(MlflowException reason) {
        if (failures == 0) {
            LOG.warn(
                    "The MLflow server at {} {}; trainings continue, and are reported when it answers again",
                    url,
                    reason.getMessage());
        }
        long pause = interval.toMillis() << Math.min(failures, 16);
        failures++;
        pauseEnd = clock.instant().plusMillis(Math.min(LONGEST_PAUSE.toMillis(), pause));
    }

    private void refused(Sender sender, long row, MlflowException reason) {
        int refusals = sender.outbox().refuse(row, interval);
        if (refusals >= Outbox.MOST_REFUSALS) {
            LOG.warn(
                    "{} is no longer reported, because the MLflow server at {} {}",
                    sender.describe(row),
                    url,
                    reason.getMessage());
        } else if (refusals == 1) {
            LOG.warn(
                    "{} is reported again later, because the MLflow server at {} {}",
                    sender.describe(row),
                    url,
                    reason.getMessage());
        }
    }
}
