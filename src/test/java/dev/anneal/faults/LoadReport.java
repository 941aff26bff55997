package dev.anneal.faults;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The table of a run under load, and what must not have happened. */
final class LoadReport {

    private final boolean isStrict;
    private final List<String> rows = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /** @param isStrict whether a time over its budget is a violation */
    LoadReport(boolean isStrict) {
        this.isStrict = isStrict;
    }

    void add(String situation, String request, Answers answers) {
        String row = "| %s | %s | %s | %.0f | %.0f | %.0f |"
                .formatted(
                        situation,
                        request,
                        answers,
                        answers.percentile(0.5),
                        answers.percentile(0.99),
                        answers.percentile(1));
        rows.add(row);
        System.out.println(row);
        answers.faults().forEach((fault, times) -> violated(situation + ", " + request + ": " + times + " x " + fault));
    }

    void budget(String situation, String request, Answers answers, double milliseconds) {
        double p99 = answers.percentile(0.99);
        if (p99 >= milliseconds) {
            String what =
                    "%s, %s: p99 %.0f ms, over the budget of %.0f ms".formatted(situation, request, p99, milliseconds);
            if (isStrict) {
                violated(what);
            } else {
                System.out.println(what);
            }
        }
    }

    void note(String what) {
        System.out.println(what);
    }

    void violated(String what) {
        violations.add(what);
        System.out.println("VIOLATED: " + what);
    }

    boolean holds() {
        return violations.isEmpty();
    }

    void print(PrintStream out) {
        out.println("| situation | request | answers by status | p50, ms | p99, ms | max, ms |");
        out.println("|---|---|---|---|---|---|");
        rows.forEach(out::println);
        out.println(violations.isEmpty() ? "no violations" : violations.size() + " violations: " + violations);
    }
}
