package dev.anneal.engine.run;

import dev.anneal.protocol.ExitCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * End of this process. On SIGTERM the shutdown hook stops the task and lets it save before the JVM exits: a JVM that exits while another
 * thread is inside libtorch dies with SIGSEGV. After the grace time it halts, and the task continues in another process from its last
 * checkpoint.
 */
final class Ending {

    /** One second less than the 15 s that a supervisor waits. */
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

    /** Ends the process within the grace time, from a new thread: for an orphan, which receives no signal. */
    void endSoon() {
        Thread thread = new Thread(this::stopAndHalt, "orphan");
        thread.setDaemon(true);
        thread.start();
    }

    /** Called when the task has written its last line. */
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
