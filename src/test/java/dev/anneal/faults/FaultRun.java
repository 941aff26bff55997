package dev.anneal.faults;

import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Disturbs a whole installation while it trains, and checks afterwards that nothing was lost, done twice or trained to
 * other bits. {@code faults/run.sh} starts it; docs/testing.md says more.
 */
public final class FaultRun {

    private static final List<Work> KINDS = List.of(Work.values());
    /** One less than workers: another one can take over at once. */
    private static final int UNFINISHED_JOBS = Installation.WORKERS - 1;

    private static final Duration RECOVERY = Duration.ofMinutes(3);
    private static final Duration LAST_JOBS = Duration.ofMinutes(15);

    private final Installation installation;
    private final History history;
    private final Random random;
    private final Report report = new Report();
    private final Map<String, Work> jobs = new LinkedHashMap<>();
    private final Map<Work, String> undisturbed = new EnumMap<>(Work.class);
    private final String file;

    private FaultRun(Installation installation, long seed) throws IOException, InterruptedException {
        this.installation = installation;
        this.history = new History(installation);
        this.random = new Random(seed);
        this.file = installation.api().upload();
    }

    /**
     * Ends with 1 if anything was violated. {@code FaultRun SEED ROUNDS MINUTES [FAULT…]}: in each round each fault
     * once; no round begins after so many minutes, if not 0.
     */
    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        Duration limit = Duration.ofMinutes(Long.parseLong(arguments[2]));
        List<Fault> faults = arguments.length > 3
                ? List.of(arguments).subList(3, arguments.length).stream()
                        .map(FaultRun::fault)
                        .toList()
                : possible();
        Path folder = Files.createDirectories(Path.of("target", "faults")).toAbsolutePath();
        Path run = Files.createTempDirectory(folder, "seed-" + seed + "-");
        boolean holds;
        try (Installation installation = new Installation(run)) {
            holds = new FaultRun(installation, seed).run(faults, rounds, limit);
        }
        List<Long> left = Orphans.below(run);
        if (!left.isEmpty()) {
            System.out.println("VIOLATED: processes have outlived the installation: " + left);
        }
        System.exit(holds && left.isEmpty() ? 0 : 1);
    }

    private static Fault fault(String name) {
        Fault fault = WireName.find(Fault.class, name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no fault is named '" + name + "'; there are " + WireName.list(Fault.class)));
        if (!isPossible(fault)) {
            throw new IllegalArgumentException(name + " needs a network of its own, which this machine does not allow");
        }
        return fault;
    }

    /** All faults but those that this machine does not allow. */
    private static List<Fault> possible() {
        List<Fault> all = List.of(Fault.values());
        List<String> without = all.stream()
                .filter(fault -> !isPossible(fault))
                .map(Fault::wireName)
                .toList();
        if (!without.isEmpty()) {
            System.out.println("without a network of its own, so without " + without);
        }
        return all.stream().filter(FaultRun::isPossible).toList();
    }

    private static boolean isPossible(Fault fault) {
        return fault.scope() != Fault.Scope.NETWORK || Network.isOwn();
    }

    private boolean run(List<Fault> faults, int rounds, Duration limit) throws Exception {
        long begun = System.nanoTime();
        trainUndisturbed(faults);
        for (int round = 1; round <= rounds; round++) {
            if (!limit.isZero() && System.nanoTime() - begun > limit.toNanos()) {
                System.out.printf("no round %d of %d: %d minutes are over%n", round, rounds, limit.toMinutes());
                break;
            }
            inject(faults, round);
        }
        awaitAll();
        check();
        report.print(System.out);
        System.out.println("attempts: " + history.outcomes());
        return report.holds();
    }

    private void inject(List<Fault> faults, int round) throws Exception {
        List<Fault> order = new ArrayList<>(faults);
        Collections.shuffle(order, random);
        for (Fault fault : order) {
            try {
                topUp(KINDS.stream()
                        .filter(work -> isStruckBy(fault.scope(), work))
                        .toList());
            } catch (IllegalStateException stuck) {
                violated("before " + fault.wireName() + ": " + stuck.getMessage());
                throw stuck;
            }
            Duration recovery = inject(fault);
            System.out.printf(
                    "round %d, %s: recovered %.1f s after it%n", round, fault.wireName(), recovery.toMillis() / 1e3);
        }
    }

    private static boolean isStruckBy(Fault.Scope scope, Work work) {
        return switch (scope) {
            case RANK -> work == Work.GROUP;
            case WORKERS, NETWORK -> work == Work.WORKERS;
            default -> true;
        };
    }

    /** What each kind of work becomes without any fault. */
    private void trainUndisturbed(List<Fault> faults) throws Exception {
        Map<String, Work> first = new HashMap<>();
        for (Work work : KINDS) {
            if (faults.stream().anyMatch(fault -> isStruckBy(fault.scope(), work))) {
                first.put(installation.api().create(file, work), work);
            }
        }
        Patience.until("undisturbed trainings end", LAST_JOBS, () -> areEnded(first.keySet()));
        for (Map.Entry<String, Work> job : first.entrySet()) {
            undisturbed.put(job.getValue(), history.adapter(job.getKey()));
        }
        System.out.println("undisturbed: " + undisturbed);
    }

    private boolean areEnded(Set<String> ids) {
        Map<String, String> states = history.states();
        return ids.stream().allMatch(id -> History.isEnded(states.getOrDefault(id, "")));
    }

    /** Creates jobs of these kinds until so many are unfinished. A job counts once its creation was answered. */
    private void topUp(List<Work> kinds) throws InterruptedException {
        long unfinished =
                unfinished().stream().map(jobs::get).filter(kinds::contains).count();
        for (long job = unfinished; job < UNFINISHED_JOBS; job++) {
            Work work = kinds.get(random.nextInt(kinds.size()));
            Patience.until("a job is created", RECOVERY, () -> {
                jobs.put(installation.api().create(file, work), work);
                return true;
            });
        }
        Patience.until("a job runs", RECOVERY, () -> !history.running().isEmpty());
    }

    private Duration inject(Fault fault) throws Exception {
        Set<String> running = history.running();
        Set<String> unfinished = unfinished();
        try {
            fault.strike(installation, random);
        } catch (IllegalStateException unexpected) {
            violated(fault.wireName() + ": " + unexpected.getMessage());
        }
        long ended = System.nanoTime();
        Map<String, Integer> reached = history.steps();
        try {
            Patience.until("recovery from " + fault.wireName(), RECOVERY, () -> {
                for (Member member : installation.members()) {
                    member.startAgainIfEnded();
                }
                return installation.api().allAnswer() && history.haveMovedOn(running, reached);
            });
        } catch (IllegalStateException late) {
            violated(fault.wireName() + " was not recovered from: " + late.getMessage() + ", cause " + late.getCause());
        }
        Duration recovery = Duration.ofNanos(System.nanoTime() - ended);
        report.add(fault, unfinished, recovery);
        return recovery;
    }

    /** Tells it with what may explain it: state of the queue and the workers, and the end of each log. */
    private void violated(String what) {
        report.violated(what);
        System.out.println(history.present());
        for (Member member : installation.members()) {
            System.out.println(member.name() + " has said last:\n" + member.lastLines());
        }
    }

    private Set<String> unfinished() {
        Map<String, String> states = history.states();
        return jobs.keySet().stream()
                .filter(job -> !History.isEnded(states.getOrDefault(job, "")))
                .collect(Collectors.toSet());
    }

    private void awaitAll() throws InterruptedException {
        try {
            Patience.until("all jobs end", LAST_JOBS, () -> areEnded(jobs.keySet()));
        } catch (IllegalStateException late) {
            violated(late.getMessage());
        }
    }

    private void check() throws IOException {
        Map<String, String> states = history.states();
        List<String> doubled = history.doubled();
        for (Map.Entry<String, Work> job : jobs.entrySet()) {
            String id = job.getKey();
            String state = states.getOrDefault(id, "gone");
            boolean isLost = !state.equals("SUCCEEDED") || !history.hasModel(id);
            boolean isEqual = !isLost && history.adapter(id).equals(undisturbed.get(job.getValue()));
            report.add(id, isLost, doubled.contains(id), isEqual);
            if (isLost) {
                report.violated(id + " is " + state + ": " + history.errors(id));
            }
        }
        if (history.orphanedLeases() > 0) {
            report.violated(history.orphanedLeases() + " leases or memberships of work that does not run");
        }
    }
}
