package dev.anneal.faults;

import java.time.Duration;
import java.util.Random;

/** Clocks of the machines of processes jump, and back. */
final class ClockFaults {

    private static final int LARGEST_JUMP_SECONDS = 3600;

    private ClockFaults() {}

    static void worker(Installation installation, Random random) throws Exception {
        jump(installation.anyWorker(random), random);
    }

    static void api(Installation installation, Random random) throws Exception {
        jump(installation.anyApi(random), random);
    }

    private static void jump(Member member, Random random) throws Exception {
        int seconds = random.nextInt(-LARGEST_JUMP_SECONDS, LARGEST_JUMP_SECONDS + 1);
        Outage.of(
                Installation.BEYOND_THE_LEASE,
                () -> member.disturbance().clockIsAhead(Duration.ofSeconds(seconds)),
                () -> member.disturbance().clockIsAhead(Duration.ZERO));
    }
}
