package dev.anneal.cli.client;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Goes on asking through outages, ever more rarely; it gives up on an answer that cannot change. */
public final class Patience {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Consumer<String> tell;
    private final Duration firstPause;

    /** @param tell receives what users should know: that the service is away, and that it is back */
    public Patience(Consumer<String> tell) {
        this(tell, Duration.ofSeconds(1));
    }

    Patience(Consumer<String> tell, Duration firstPause) {
        this.tell = tell;
        this.firstPause = firstPause;
    }

    /**
     * The call's answer, however long the service is away. The call may be made several times.
     *
     * @throws ApiException that is not {@link ApiException#isPassing passing}
     */
    public <T> T ask(Supplier<T> call) {
        Duration pause = firstPause;
        @Nullable Long lostAt = null;
        while (true) {
            try {
                T answer = call.get();
                if (lostAt != null) {
                    long seconds = Duration.ofNanos(System.nanoTime() - lostAt).toSeconds();
                    tell.accept("The service answers again, after " + seconds + " s.");
                }
                return answer;
            } catch (ApiException lost) {
                if (!lost.isPassing()) {
                    throw lost;
                }
                if (lostAt == null) {
                    lostAt = System.nanoTime();
                    tell.accept(lost.getMessage() + ". Asking again until it answers; Ctrl-C ends only the waiting.");
                }
                pause(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    public static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(499, "interrupted", "interrupted while waiting");
        }
    }
}
