package dev.anneal.engine.run;

import dev.anneal.protocol.ExitCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How this process ends. On SIGTERM the shutdown hook asks the task to stop and lets it save before the JVM goes: a JVM that exits while
 * another thread is inside libtorch dies with SIGSEGV. When the grace time runs out it halts, and the task goes on elsewhere from its
 * last checkpoint.
 */
final class Ending {

    /** One second below the 15 that a supervisor waits. */
    static final Duration GRACE = Duration.ofSeconds(14);

    private final Signals signals;
    private final Duration grace;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ExitCode outcome = ExitCode.FAILURE;

    Ending(Signals signals, Duration grace) {
        this.signals = signals;
        this.grace = grace;
    }

    void installHook() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "shutdown"));
    }

    /** Ends the process within the grace time, in a thread of its own: for an orphan, to whom nobody will send a signal. */
    void endSoon() {
        Thread thread = new Thread(this::stopAndHalt, "orphan");
        thread.setDaemon(true);
        thread.start();
    }

    /** The task is over and has written its last line. */
    void taskEnded(ExitCode code) {
        outcome = code;
        ended.countDown();
    }

    private void stopAndHalt() {
        signals.requestStop();
        Runtime.getRuntime().halt(awaitCode().code());
    }

    ExitCode awaitCode() {
        try {
            return ended.await(grace.toMillis(), TimeUnit.MILLISECONDS) ? outcome : ExitCode.GIVEN_BACK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.GIVEN_BACK;
        }
    }
}
