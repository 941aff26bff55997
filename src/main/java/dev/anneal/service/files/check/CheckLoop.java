package dev.anneal.service.files.check;

import dev.anneal.service.files.FileProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.platform.schedule.LocalChore;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Threads that check files, and the schedule on which they look for checks and renew running ones. */
@Component
@ConditionalOnRole(Role.API)
final class CheckLoop implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(CheckLoop.class);
    private static final int STOP_SECONDS = 5;

    /** Two renewals may fail before the lease ends. */
    private static final int RENEWALS_PER_LEASE = 3;

    private final CheckRunner runner;
    private final ExecutorService threads;

    CheckLoop(CheckRunner runner, FileProperties properties) {
        this.runner = runner;
        int count = properties.checkThreads();
        // A waiting look will see all earlier requests, so further ones are discarded.
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(count),
                DaemonThreads.named("file-check"),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Bean
    LocalChore searchForChecks(FileProperties properties) {
        return new LocalChore(properties.checkInterval(), this::lookForWork);
    }

    @Bean
    LocalChore renewalOfChecks(FileProperties properties) {
        return new LocalChore(properties.checkLease().dividedBy(RENEWALS_PER_LEASE), runner::renew);
    }

    @EventListener(CheckRequested.class)
    void lookForWork() {
        threads.execute(this::drain);
    }

    private void drain() {
        try {
            boolean found = true;
            while (found && !Thread.currentThread().isInterrupted()) {
                found = runner.runOnce();
            }
        } catch (DataAccessException | TransactionException away) {
            LOG.warn("The database did not answer a check of files; the next look goes on: {}", away.toString());
        }
    }

    /** Gives running checks back, so that another process can start them at once. */
    @Override
    public void destroy() throws InterruptedException {
        threads.shutdownNow();
        if (threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            runner.giveBack();
        }
    }
}
