package dev.anneal.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What happens to one of two workers that train together. */
final class MemberFaults {

    private static final Duration END = Duration.ofSeconds(30);
    private static final Duration NEVER_JOINS = Duration.ofMinutes(3);

    private MemberFaults() {}

    static void kill(Installation installation, Random random) throws Exception {
        killWithEngines(SharedTraining.any(installation, random).member()).startAgain();
    }

    static void killHolder(Installation installation, Random random) throws Exception {
        killWithEngines(SharedTraining.any(installation, random).holder()).startAgain();
    }

    /** Engine processes would end by themselves, some time after their worker. */
    static Member killWithEngines(Member worker) throws IOException, InterruptedException {
        List<ProcessHandle> engines = worker.process().engines().toList();
        Signals.send("STOP", worker.process().handle());
        engines.forEach(ProcessHandle::destroyForcibly);
        worker.kill();
        return worker;
    }

    static void stop(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        List<ProcessHandle> stopped = new ArrayList<>();
        Outage.of(
                Installation.BEYOND_THE_STALL,
                () -> stopped.addAll(training.signalRanks("STOP")),
                () -> wakeUp(stopped));
        requireEnded(training, "although a process was stopped");
    }

    static void wakeUpAfterItsWorker(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        List<ProcessHandle> stopped = new ArrayList<>();
        Outage.of(
                Installation.BEYOND_THE_STALL,
                () -> {
                    stopped.addAll(training.signalRanks("STOP"));
                    training.member().kill();
                    training.member().startAgain();
                },
                () -> wakeUp(stopped));
        requireEnded(training, "although its worker was killed");
    }

    private static void wakeUp(List<ProcessHandle> stopped) throws IOException, InterruptedException {
        for (ProcessHandle process : stopped) {
            Signals.send("CONT", process);
        }
    }

    private static void requireEnded(SharedTraining training, String why) {
        if (!training.isEnded()) {
            throw new IllegalStateException("attempt " + training.token() + " has not ended, " + why);
        }
    }

    static void drain(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.inTheMiddle(installation, random);
        training.member().restart();
        Patience.until("the attempt has ended", END, training::isEnded);
        Optional<String> outcome =
                training.outcome().filter(found -> !found.equals("GIVEN_BACK") && !found.equals("SUCCEEDED"));
        if (outcome.isPresent()) {
            throw new IllegalStateException(
                    "the attempt of a worker that ended in order is not given back but " + outcome.get());
        }
    }

    /**
     * Those that are stopped or killed count as running for 20 s, so the holder claims the next attempt with one of
     * them.
     */
    static void neverJoin(Installation installation, Random random) throws Exception {
        SharedTraining training = SharedTraining.any(installation, random);
        List<Member> idle = installation.workers().stream()
                .filter(worker -> worker != training.holder() && worker != training.member())
                .toList();
        long before = installation.incompleteGroups();
        try {
            for (Member worker : idle) {
                worker.process().signal("STOP");
            }
            killWithEngines(training.member());
            Patience.until(
                    "an attempt ends with group_incomplete",
                    NEVER_JOINS,
                    () -> installation.incompleteGroups() > before);
        } finally {
            for (Member worker : idle) {
                worker.process().signal("CONT");
            }
            training.member().startAgain();
        }
    }
}
