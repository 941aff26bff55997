package dev.anneal.faults;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Two faults of different scopes at a time. */
final class Mix {

    /** Those of ranks wait for a training on several devices, which need not come. */
    private static final List<Fault.Scope> OTHERS =
            List.of(Fault.Scope.ALL, Fault.Scope.RANK, Fault.Scope.WORKERS, Fault.Scope.NETWORK);

    private Mix() {}

    static void strike(Installation installation, Random random) throws Exception {
        Fault one = any(random, OTHERS);
        Fault other = any(
                random, Stream.concat(OTHERS.stream(), Stream.of(one.scope())).toList());
        System.out.println("  " + one.wireName() + " and " + other.wireName());
        List<Callable<Boolean>> strikes = Stream.of(one, other)
                .map(fault -> strike(fault, installation, new Random(random.nextLong())))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(strikes.size());
        try {
            for (Future<Boolean> struck : threads.invokeAll(strikes)) {
                struck.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Callable<Boolean> strike(Fault fault, Installation installation, Random random) {
        return () -> {
            fault.strike(installation, random);
            return true;
        };
    }

    private static Fault any(Random random, List<Fault.Scope> without) {
        List<Fault> faults = Stream.of(Fault.values())
                .filter(fault -> !without.contains(fault.scope()))
                .toList();
        return faults.get(random.nextInt(faults.size()));
    }
}
