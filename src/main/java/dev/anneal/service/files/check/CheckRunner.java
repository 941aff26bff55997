package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.DataException;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.service.files.FileProperties;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Does one check after the other, each claimed in the database, so that every process may do any and a dead one's are done again. */
@Component
@ConditionalOnRole(Role.API)
final class CheckRunner {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRunner.class);

    private static final Duration PAUSE = Duration.ofSeconds(15);

    private final SystemDatabase database;
    private final CheckWork work;
    private final FileProperties properties;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final FileChecks checks;
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final String owner = UUID.randomUUID().toString();

    CheckRunner(
            SystemDatabase database,
            CheckWork work,
            FileProperties properties,
            ApplicationEventPublisher events,
            Clock clock,
            FileChecks checks) {
        this.database = database;
        this.work = work;
        this.properties = properties;
        this.events = events;
        this.clock = clock;
        this.checks = checks;
    }

    /** Does the check that has waited longest; false if none waits. */
    boolean runOnce() {
        Optional<FileCheck> claimed =
                database.call(() -> checks.claim(owner, clock.instant(), properties.checkLease()));
        claimed.ifPresent(this::run);
        return claimed.isPresent();
    }

    /** Keeps the checks that run this process's own; to be called well within their lease. */
    void renew() {
        if (!running.isEmpty()) {
            database.run(() -> checks.renew(owner, running, clock.instant().plus(properties.checkLease())));
        }
    }

    /** To be called when nothing runs any more. */
    void giveBack() {
        database.run(() -> checks.giveBack(owner));
    }

    private void run(FileCheck check) {
        running.add(check.id());
        try {
            Optional<Finding> finding = FileChecks.isWornOut(check) ? Optional.of(wornOut()) : find(check);
            // An interrupted check found nothing: the process ends, and gives it back.
            if (finding.isPresent() && !Thread.currentThread().isInterrupted()) {
                database.run(() -> finding.get().write(check, owner));
                events.publishEvent(new FileChecked(check.tenantId(), check.fileId()));
            }
        } finally {
            // Whatever happened, the lease runs out now unless the result was written, and then the check is begun
            // again.
            running.remove(check.id());
        }
    }

    /** What there is to say about the file; nothing if the store, the machine or the service is at fault. */
    private Optional<Finding> find(FileCheck check) {
        try {
            return Optional.of(check.validates() ? validate(check) : count(check));
        } catch (Refusal refusal) {
            return refusal.code().isModelAway()
                    ? Optional.of(later(refusal))
                    : Optional.of(failure(refusal.code().wireName(), refusal.explanation()));
        } catch (DataException fault) {
            return Optional.of(failure(fault.code().wireName(), String.valueOf(fault.getMessage())));
        } catch (StalledRenderingException stall) {
            return FileChecks.isLast(check) ? Optional.of(stalled(check, stall)) : tryAgain(check, stall);
        } catch (StorageException failure) {
            return failure.kind() == StorageException.Kind.NOT_FOUND
                    ? Optional.of(lost(check, failure))
                    : Optional.of(later(failure));
        } catch (IOException | RuntimeException fault) {
            return tryAgain(check, fault);
        }
    }

    private Finding validate(FileCheck check) throws IOException {
        ValidationReport report = work.validate(check);
        return (done, by) -> checks.validated(done, by, report);
    }

    private Finding count(FileCheck check) throws IOException {
        if (check.fileStatus().equals(FileStatus.ERROR.name())) {
            return failure("dataset_invalid", "The file's rows are not usable; its validation report says why.");
        }
        TokenReport report = work.count(check);
        return (done, by) -> checks.counted(done, by, report);
    }

    private static Optional<Finding> tryAgain(FileCheck check, Exception cause) {
        if (Thread.currentThread().isInterrupted()) {
            LOG.info("The check of {} was interrupted; it is given back", check.fileId());
        } else {
            LOG.error("Attempt {} to check {} failed", check.attempts(), check.fileId(), cause);
        }
        return Optional.empty();
    }

    /** The environment is at fault: the check waits for it, however long that takes. */
    private Finding later(Exception cause) {
        return (check, by) -> {
            LOG.warn("{} cannot be checked now; it is tried again in {}: {}", check.fileId(), PAUSE, cause.toString());
            checks.postpone(check, by, clock.instant().plus(PAUSE));
        };
    }

    /** That of a deleted file is no loss. */
    private Finding lost(FileCheck check, Exception cause) {
        return (done, by) -> {
            if (checks.failed(
                    done,
                    by,
                    TokenCount.SERVICE_FAULT,
                    "The file's content is not in the store any more. Upload it again.")) {
                LOG.error("The content of {} is gone; the file ends in error", check.fileId(), cause);
            }
        };
    }

    private Finding stalled(FileCheck check, StalledRenderingException stall) {
        LOG.error(
                "The last attempt to count the tokens of {} has stalled; the count ends in error",
                check.fileId(),
                stall);
        return failure(
                TokenCount.STALLED,
                "%s, at the last of %d attempts. Shorten or remove that row, or choose a model with a simpler template; a machine that is"
                                .formatted(stall.getMessage(), check.attempts())
                        + " overloaded may also be the cause, so the same job may succeed later.");
    }

    /** Whatever the check does to a process, it does not do it for ever. */
    private Finding wornOut() {
        return failure(
                TokenCount.SERVICE_FAULT,
                "The service failed three times to check the file. Its log holds the cause. Upload the file again.");
    }

    private Finding failure(String code, String message) {
        return (check, by) -> checks.failed(check, by, code, message);
    }

    /** What is to be written about a check. */
    private interface Finding {

        void write(FileCheck check, String owner);
    }
}
