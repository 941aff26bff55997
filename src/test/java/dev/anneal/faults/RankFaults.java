package dev.anneal.faults;

import dev.anneal.service.platform.process.RankProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One process of a training on several devices is killed, stopped, or outlives its worker. */
final class RankFaults {

    private static final Duration STOPPED = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private RankFaults() {}

    /** A process of a group and the worker that has started it. */
    private record Struck(Member worker, ProcessHandle process) {

        void signal(String name) throws IOException, InterruptedException {
            Signals.send(name, process);
        }
    }

    static void kill(Installation installation, Random random) throws Exception {
        any(installation, random).process().destroyForcibly();
    }

    static void stop(Installation installation, Random random) throws Exception {
        Struck struck = any(installation, random);
        Outage.of(STOPPED, () -> struck.signal("STOP"), () -> struck.signal("CONT"));
    }

    static void wakeUpAfterItsWorker(Installation installation, Random random) throws Exception {
        Struck struck = any(installation, random);
        Outage.of(
                Installation.BEYOND_THE_LEASE,
                () -> {
                    struck.signal("STOP");
                    struck.worker().kill();
                    struck.worker().startAgain();
                },
                () -> struck.signal("CONT"));
    }

    static void drain(Installation installation, Random random) throws Exception {
        any(installation, random).worker().restart();
    }

    /** Any rank of any training on several devices, once there is one. */
    private static Struck any(Installation installation, Random random) throws InterruptedException {
        List<Struck> all = new ArrayList<>();
        Patience.until("a training runs on several devices", PATIENCE, () -> {
            all.clear();
            for (Member worker : installation.workers()) {
                worker.process()
                        .engines()
                        .filter(process -> RankProcess.rankOf(process).isPresent())
                        .forEach(process -> all.add(new Struck(worker, process)));
            }
            return !all.isEmpty();
        });
        return all.get(random.nextInt(all.size()));
    }
}
