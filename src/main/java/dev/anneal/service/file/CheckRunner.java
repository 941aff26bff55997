package dev.anneal.service.file;

import dev.anneal.engine.data.DataException;
import dev.anneal.engine.data.TokenReport;
import dev.anneal.engine.data.ValidationReport;
import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.role.ConditionalOnRole;
import dev.anneal.service.role.Role;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Does one check after the other, each claimed in the database, so that every process may do any and a dead one's are done again. */
@Component
@ConditionalOnRole(Role.API)
final class CheckRunner {

    private static final Logger log = LoggerFactory.getLogger(CheckRunner.class);
    private static final String INTERNAL = "internal_error";

    private final SystemDatabase database;
    private final CheckWork work;
    private final FileProperties properties;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final String owner = UUID.randomUUID().toString();

    CheckRunner(
            SystemDatabase database,
            CheckWork work,
            FileProperties properties,
            ApplicationEventPublisher events,
            Clock clock) {
        this.database = database;
        this.work = work;
        this.properties = properties;
        this.events = events;
        this.clock = clock;
    }

    /** Does the check that has waited longest; false if none waits. */
    boolean runOnce() {
        Optional<FileCheck> claimed =
                database.call(jdbc -> FileChecks.claim(jdbc, owner, clock.instant(), properties.checkLease()));
        claimed.ifPresent(this::run);
        return claimed.isPresent();
    }

    /** Keeps the checks that run this process's own; to be called well within their lease. */
    void renew() {
        if (!running.isEmpty()) {
            database.run(jdbc ->
                    FileChecks.renew(jdbc, owner, running, clock.instant().plus(properties.checkLease())));
        }
    }

    /** To be called when nothing runs any more. */
    void giveBack() {
        database.run(jdbc -> FileChecks.giveBack(jdbc, owner));
    }

    private void run(FileCheck check) {
        running.add(check.id());
        try {
            Finding finding = FileChecks.isWornOut(check) ? wornOut() : find(check);
            // An interrupted check found nothing: the process ends, and gives it back.
            if (!Thread.currentThread().isInterrupted()) {
                database.run(jdbc -> finding.write(jdbc, check, owner));
                events.publishEvent(new FileChecked(check.tenantId(), check.fileId()));
            }
        } finally {
            // Whatever happened, the lease runs out now unless the result was written.
            running.remove(check.id());
        }
    }

    private Finding find(FileCheck check) {
        try {
            if (check.validates()) {
                ValidationReport report = work.validate(check);
                return (jdbc, done, by) -> FileChecks.validated(jdbc, done, by, report);
            }
            if (check.fileStatus().equals(FileStatus.ERROR.name())) {
                return failure("dataset_invalid", "The file's rows are not usable; its validation report says why.");
            }
            TokenReport report = work.count(check);
            return (jdbc, done, by) -> FileChecks.counted(jdbc, done, by, report);
        } catch (Refusal refusal) {
            return failure(refusal.code().wireName(), refusal.explanation());
        } catch (DataException fault) {
            return failure(fault.code().wireName(), String.valueOf(fault.getMessage()));
        } catch (StorageException | IOException unreadable) {
            return unreadable(check, unreadable);
        } catch (RuntimeException fault) {
            log.error("The check of {} failed; the file ends in error", check.fileId(), fault);
            return failure(INTERNAL, "The service failed on this file. Its log holds the cause.");
        }
    }

    private static Finding unreadable(FileCheck check, Exception cause) {
        if (Thread.currentThread().isInterrupted()) {
            log.info("The check of {} was interrupted; it is given back", check.fileId());
        } else {
            log.error("The content of {} cannot be read; the file ends in error", check.fileId(), cause);
        }
        return failure(INTERNAL, "The file's content could not be read from the store. Upload it again.");
    }

    /** Whatever the check does to a process, it does not do it for ever. */
    private static Finding wornOut() {
        return failure(
                INTERNAL, "The check of the file ended three processes of the service. Its log holds the cause.");
    }

    private static Finding failure(String code, String message) {
        return (jdbc, check, by) -> FileChecks.failed(jdbc, check, by, code, message);
    }

    /** What is to be written about a check. */
    private interface Finding {

        void write(JdbcClient jdbc, FileCheck check, String owner);
    }
}
