package dev.anneal.service.access.audit;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.platform.schedule.RecurringChore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The audit log. Entries are written in batches by a separate thread, so requests do not wait; only if a thousand
 * entries are unwritten does a request wait up to a second. A shutdown writes the rest; entries that the database does
 * not accept go to the process's log. A killed process loses unwritten entries.
 */
@Component
public final class AuditLog implements InitializingBean, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final int UNWRITTEN = 1000;
    private static final int BATCH = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(10);

    private final SystemDatabase database;
    private final AuditRows rows;
    private final BlockingQueue<AuditEntry> unwritten = new ArrayBlockingQueue<>(UNWRITTEN);
    private final Thread writer = DaemonThreads.named("audit-log").newThread(this::write);
    private volatile boolean stopping;

    AuditLog(SystemDatabase database, AuditRows rows) {
        this.database = database;
        this.rows = rows;
    }

    @Bean
    @ConditionalOnRole(Role.API)
    RecurringChore auditLogSweep(AuditProperties properties) {
        return new RecurringChore("audit-log-sweep", Duration.ofHours(1), () -> {
            long forgotten = database.deleteInBatches(most -> rows.forget(properties.retention(), most));
            if (forgotten > 0) {
                LOG.info("{} entries of the audit log have passed anneal.audit.retention and are gone", forgotten);
            }
        });
    }

    @Override
    public void afterPropertiesSet() {
        writer.start();
    }

    /** Queues {@code entry} for the writer. */
    void add(AuditEntry entry) {
        try {
            if (!unwritten.offer(entry, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                lose(List.of(entry));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            lose(List.of(entry));
        }
    }

    /** Written entries, newest first unless the page says otherwise. */
    public Page<AuditEntry> list(AuditQuery query, PageRequest page) {
        String after = page.after();
        return database.call(() -> {
            if (after != null && !rows.exists(after)) {
                throw Refusal.invalidCursor("an entry of the audit log", after);
            }
            return Page.of(rows.list(query, page), page);
        });
    }

    private void write() {
        List<AuditEntry> batch = new ArrayList<>();
        while (!(stopping && unwritten.isEmpty() && batch.isEmpty())) {
            try {
                if (batch.isEmpty()) {
                    takeInto(batch);
                }
                if (!batch.isEmpty()) {
                    write(batch);
                    batch.clear();
                }
            } catch (DataAccessException | TransactionException away) {
                LOG.warn("{} entries of the audit log wait for the database: {}", batch.size(), away.toString());
                if (!pause()) {
                    break;
                }
            } catch (InterruptedException ended) {
                break;
            }
        }
        unwritten.drainTo(batch);
        lose(batch);
    }

    private void write(List<AuditEntry> batch) {
        try {
            database.run(() -> batch.forEach(rows::add));
        } catch (DataIntegrityViolationException refused) {
            // An entry that PostgreSQL cannot store must not keep the others waiting forever.
            LOG.error("The database refuses an entry of the audit log", refused);
            batch.forEach(this::writeOrLose);
        }
    }

    private void writeOrLose(AuditEntry entry) {
        try {
            database.run(() -> rows.add(entry));
        } catch (DataIntegrityViolationException refused) {
            lose(List.of(entry));
        }
    }

    private void takeInto(List<AuditEntry> batch) throws InterruptedException {
        AuditEntry first = unwritten.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            unwritten.drainTo(batch, BATCH - 1);
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
            return true;
        } catch (InterruptedException ended) {
            return false;
        }
    }

    private static void lose(List<AuditEntry> entries) {
        entries.forEach(entry -> LOG.error("This entry of the audit log was not written to the database: {}", entry));
    }

    /** Called after the last request has been answered. */
    @Override
    public void destroy() throws InterruptedException {
        stopping = true;
        writer.join(LAST_CHANCE.toMillis());
        writer.interrupt();
        writer.join(LAST_CHANCE.toMillis());
    }
}
