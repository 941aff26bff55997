package dev.anneal.service.files.check;

import dev.anneal.service.files.FileProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** The threads that check files, apart from those of requests. They look for checks when one is asked for, and as often as {@link CheckConfiguration} says. */
@Component
@ConditionalOnRole(Role.API)
final class CheckLoop implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(CheckLoop.class);
    private static final int STOP_SECONDS = 5;

    private final CheckRunner runner;
    private final ExecutorService threads;

    CheckLoop(CheckRunner runner, FileProperties properties) {
        this.runner = runner;
        int count = properties.checkThreads();
        // A look that waits sees all that was asked for before it begins, so further ones are discarded.
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(count),
                DaemonThreads.named("file-check"),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @EventListener
    void requested(CheckRequested request) {
        lookForWork();
    }

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

    /** Gives back what is being checked, so that the next process begins it at once. */
    @Override
    public void destroy() throws InterruptedException {
        threads.shutdownNow();
        if (threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            runner.giveBack();
        }
    }
}
