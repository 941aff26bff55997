package dev.anneal.faults;

import java.time.Duration;
import java.util.Random;

/** The network between two workers that train together loses packets and is slow; both reach the database. */
final class NetworkFaults {

    private static final Duration HICCUP = Duration.ofSeconds(3);
    private static final Duration MOVES_ON = Duration.ofSeconds(30);

    private NetworkFaults() {}

    /** TCP repeats what was lost for a while: only a long partition ends the attempt. */
    static void partition(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        boolean lasts = random.nextBoolean();
        during(Network.Weather.CUT, lasts ? Installation.BEYOND_THE_STALL : HICCUP, training);
        if (lasts) {
            if (!training.isEnded()) {
                throw new IllegalStateException("attempt " + training.token() + " goes on without the other worker");
            }
        } else {
            requireGoingOn(training);
        }
    }

    static void slow(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        during(Network.Weather.SLOW, Installation.BEYOND_THE_STALL, training);
        requireGoingOn(training);
    }

    static void lose(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        String holder = training.holder().address();
        String member = training.member().address();
        Outage.of(
                Installation.BEYOND_THE_STALL,
                () -> {
                    Network.begin(Network.Weather.CUT, holder, member);
                    MemberFaults.killWithEngines(training.member());
                },
                () -> {
                    Network.end(Network.Weather.CUT, holder, member);
                    training.member().startAgain();
                });
    }

    private static void during(Network.Weather weather, Duration time, SharedTraining training) throws Exception {
        String holder = training.holder().address();
        String member = training.member().address();
        Outage.of(time, () -> Network.begin(weather, holder, member), () -> Network.end(weather, holder, member));
    }

    private static void requireGoingOn(SharedTraining training) throws InterruptedException {
        int reached = training.step();
        Patience.until("another step", MOVES_ON, () -> training.isEnded() || training.step() > reached);
        if (training.outcome().filter(outcome -> !outcome.equals("SUCCEEDED")).isPresent()) {
            throw new IllegalStateException(
                    "attempt " + training.token() + " did not live through it: " + training.outcome());
        }
    }
}
