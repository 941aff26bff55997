package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts all problems of a file and keeps the first of them. */
public final class ProblemLog {

    private final Map<RowFault, Long> counts = new EnumMap<>(RowFault.class);
    private final List<RowProblem> first = new ArrayList<>();

    /** Adds a problem. */
    public void add(RowProblem problem) {
        counts.merge(problem.reason(), 1L, Long::sum);
        if (first.size() < DatasetLimits.LISTED_PROBLEMS) {
            first.add(problem);
        }
    }

    /** Counts by {@link RowFault#wireName}. */
    public Map<String, Long> counts() {
        Map<String, Long> named = new TreeMap<>();
        counts.forEach((fault, count) -> named.put(fault.wireName(), count));
        return named;
    }

    /** The first problems, at most {@link DatasetLimits#LISTED_PROBLEMS}. */
    public List<RowProblem> first() {
        return List.copyOf(first);
    }

    boolean isEmpty() {
        return first.isEmpty();
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
