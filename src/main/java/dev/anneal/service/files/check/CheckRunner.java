package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.fault.DataException;
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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Runs checks one after another. Each is claimed in the database, so any process can run it, and another one takes over
 * if that process dies.
 */
@Component
@ConditionalOnRole(Role.API)
final class CheckRunner {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRunner.class);

    private static final Duration PAUSE = Duration.ofSeconds(15);

    private static final String WORN_OUT =
            "The service failed three times to check the file. Its log holds the cause. Upload the file again.";
    private static final String LOST = "The file's content is not in the store any more. Upload it again.";

    private final SystemDatabase database;
    private final CheckWork work;
    private final FileProperties properties;
    private final ApplicationEventPublisher events;
    private final FileChecks checks;
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final String owner = UUID.randomUUID().toString();

    CheckRunner(
            SystemDatabase database,
            CheckWork work,
            FileProperties properties,
            ApplicationEventPublisher events,
            FileChecks checks) {
        this.database = database;
        this.work = work;
        this.properties = properties;
        this.events = events;
        this.checks = checks;
    }

    /** Runs the check whose turn it is; false if none is waiting. */
    boolean runOnce() {
        Optional<FileCheck> claimed = database.call(() -> checks.claim(owner, properties.checkLease()));
        claimed.ifPresent(this::run);
        return claimed.isPresent();
    }

    /** Renews the leases of running checks. Must be called well within their lease. */
    void renew() {
        if (!running.isEmpty()) {
            database.run(() -> checks.renew(owner, running, properties.checkLease()));
        }
    }

    /** Gives back claimed checks. Must be called after all runs have ended. */
    void giveBack() {
        database.run(() -> checks.giveBack(owner));
    }

    private void run(FileCheck check) {
        running.add(check.id());
        try {
            Optional<Runnable> finding = FileChecks.isWornOut(check)
                    ? Optional.of(failure(check, TokenCount.SERVICE_FAULT, WORN_OUT))
                    : find(check);
            // An interrupted check has no result: the process is shutting down and gives it back.
            if (finding.isPresent() && !Thread.currentThread().isInterrupted()) {
                database.run(finding.get());
                events.publishEvent(new FileChecked(check.tenantId(), check.fileId()));
            }
        } finally {
            // Unless the result was written, the lease expires and the check is repeated.
            running.remove(check.id());
        }
    }

    /** The write of the result; empty if the store, the machine or the service is at fault. */
    private Optional<Runnable> find(FileCheck check) {
        try {
            return Optional.of(check.validates() ? validate(check) : count(check));
        } catch (Refusal refusal) {
            return Optional.of(
                    refusal.code().isModelAway()
                            ? later(check, refusal)
                            : failure(check, refusal.code().wireName(), refusal.explanation()));
        } catch (DataException fault) {
            return Optional.of(failure(check, fault.code().wireName(), String.valueOf(fault.getMessage())));
        } catch (StalledRenderingException stall) {
            return FileChecks.isLast(check) ? Optional.of(stalled(check, stall)) : tryAgain(check, stall);
        } catch (StorageException failure) {
            return Optional.of(
                    failure.kind() == StorageException.Reason.NOT_FOUND ? lost(check, failure) : later(check, failure));
        } catch (IOException | RuntimeException fault) {
            return tryAgain(check, fault);
        }
    }

    private Runnable validate(FileCheck check) throws IOException {
        ValidationReport report = work.validate(check);
        return () -> checks.validated(check, owner, report);
    }

    private Runnable count(FileCheck check) throws IOException {
        if (check.fileStatus().equals(FileStatus.ERROR.name())) {
            return failure(check, "dataset_invalid", "The file's rows are not usable; its validation report says why.");
        }
        List<FileCheck> others = database.call(() -> checks.claimOtherLengths(check, owner, properties.checkLease()));
        try {
            return countTogether(
                    Stream.concat(Stream.of(check), others.stream()).toList());
        } catch (IOException | RuntimeException failure) {
            // The others fail by themselves, each with its own attempts.
            others.forEach(other -> database.run(() -> checks.giveBack(other, owner)));
            throw failure;
        } finally {
            others.forEach(other -> running.remove(other.id()));
        }
    }

    private Runnable countTogether(List<FileCheck> counts) throws IOException {
        counts.forEach(count -> running.add(count.id()));
        List<TokenReport> reports = work.count(
                counts.get(0),
                counts.stream()
                        .map(count -> Objects.requireNonNull(count.maxLength()))
                        .toList());
        return () -> checks.counted(counts, owner, reports);
    }

    private static Optional<Runnable> tryAgain(FileCheck check, Exception cause) {
        if (Thread.currentThread().isInterrupted()) {
            LOG.info("The check of {} was interrupted; it is given back", check.fileId());
        } else {
            LOG.error("Attempt {} to check {} failed", check.attempts(), check.fileId(), cause);
        }
        return Optional.empty();
    }

    /** Postpones the check, because the environment is at fault, without limit. */
    private Runnable later(FileCheck check, Exception cause) {
        return () -> {
            LOG.warn("{} cannot be checked now; it is tried again in {}: {}", check.fileId(), PAUSE, cause.toString());
            checks.postpone(check, owner, PAUSE);
        };
    }

    /** Missing content of a deleted file is not a fault. */
    private Runnable lost(FileCheck check, Exception cause) {
        return () -> {
            if (checks.failed(check, owner, TokenCount.SERVICE_FAULT, LOST)) {
                LOG.error("The content of {} is gone; the file ends in error", check.fileId(), cause);
            }
        };
    }

    private Runnable stalled(FileCheck check, StalledRenderingException stall) {
        LOG.error(
                "The last attempt to count the tokens of {} has stalled; the count ends in error",
                check.fileId(),
                stall);
        return failure(
                check,
                TokenCount.STALLED,
                ("%s, at the last of %d attempts. Shorten or remove that row, or choose a model with a simpler"
                                        + " template; a machine that is")
                                .formatted(stall.getMessage(), check.attempts())
                        + " overloaded may also be the cause, so the same job may succeed later.");
    }

    private Runnable failure(FileCheck check, String code, String message) {
        return () -> checks.failed(check, owner, code, message);
    }
}
