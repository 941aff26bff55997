package dev.anneal.engine.run;

import dev.anneal.protocol.ExitCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * End of this process. On SIGTERM the shutdown hook stops the task and lets it save before the JVM exits: a JVM that
 * exits while another thread is inside libtorch dies with SIGSEGV. The worker decides how long that may take, and kills
 * the process afterwards. A process whose worker is gone has a grace time; then it halts, and the task continues in
 * another process from its last checkpoint.
 */
final class Shutdown {

    /** One second less than the 15 s that a supervisor waits. */
    static final Duration GRACE = Duration.ofSeconds(14);

    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Signals signals;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ExitCode outcome = ExitCode.FAILURE;

    Shutdown(Signals signals) {
        this.signals = signals;
    }

    void installHook() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndHalt(FOREVER), "shutdown"));
    }

    /** Ends the process within the grace time, from a new thread: for an orphan, which receives no signal. */
    void endSoon() {
        Thread thread = new Thread(() -> stopAndHalt(GRACE), "orphan");
        thread.setDaemon(true);
        thread.start();
    }

    /** Called when the task has written its last line. */
    void taskEnded(ExitCode code) {
        outcome = code;
        ended.countDown();
    }

    private void stopAndHalt(Duration grace) {
        signals.requestStop();
        Runtime.getRuntime().halt(awaitCode(grace).code());
    }

    ExitCode awaitCode(Duration grace) {
        try {
            return ended.await(grace.toNanos(), TimeUnit.NANOSECONDS) ? outcome : ExitCode.GIVEN_BACK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.GIVEN_BACK;
        }
    }
}
