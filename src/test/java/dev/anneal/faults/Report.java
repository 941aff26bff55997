package dev.anneal.faults;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The table of a run: for each fault what was injected and what became of the jobs that were unfinished then. */
final class Report {

    /** What became of a job. */
    private record Outcome(boolean isLost, boolean isDoubled, boolean isEqual) {}

    private final Map<Fault, List<Duration>> recoveries = new EnumMap<>(Fault.class);
    private final Map<Fault, Set<String>> struck = new EnumMap<>(Fault.class);
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    void add(Fault fault, Set<String> unfinished, Duration recovery) {
        recoveries.computeIfAbsent(fault, each -> new ArrayList<>()).add(recovery);
        struck.computeIfAbsent(fault, each -> new HashSet<>()).addAll(unfinished);
    }

    void add(String job, boolean isLost, boolean isDoubled, boolean isEqual) {
        outcomes.put(job, new Outcome(isLost, isDoubled, isEqual));
    }

    void violated(String what) {
        violations.add(what);
        System.out.println("VIOLATED: " + what);
    }

    boolean holds() {
        return violations.isEmpty()
                && outcomes.values().stream().allMatch(job -> !job.isLost() && !job.isDoubled() && job.isEqual());
    }

    void print(PrintStream out) {
        out.println("| fault | injections | jobs | lost | double | bit-equal | recovery p50, s | max, s |");
        out.println("|---|---|---|---|---|---|---|---|");
        recoveries.forEach((fault, times) -> out.println(row(fault, times)));
        out.printf(
                "%d jobs, %d lost, %d double, %d bit-equal%n",
                outcomes.size(),
                count(outcomes.keySet(), Outcome::isLost),
                count(outcomes.keySet(), Outcome::isDoubled),
                count(outcomes.keySet(), Outcome::isEqual));
    }

    private String row(Fault fault, List<Duration> times) {
        Set<String> jobs = struck.getOrDefault(fault, Set.of());
        List<Duration> sorted = times.stream().sorted().toList();
        return "| `%s` | %d | %d | %d | %d | %d | %.1f | %.1f |"
                .formatted(
                        fault.wireName(),
                        times.size(),
                        jobs.size(),
                        count(jobs, Outcome::isLost),
                        count(jobs, Outcome::isDoubled),
                        count(jobs, Outcome::isEqual),
                        seconds(sorted.get(sorted.size() / 2)),
                        seconds(sorted.get(sorted.size() - 1)));
    }

    private long count(Set<String> jobs, Predicate<Outcome> counted) {
        return jobs.stream()
                .map(job -> outcomes.getOrDefault(job, new Outcome(true, false, false)))
                .filter(counted)
                .count();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
