package dev.anneal.service.job;

import dev.anneal.engine.data.TokenReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a job's events say about rows that are not trained as they were written. */
public final class DatasetEvents {

    private DatasetEvents() {}

    public static List<String> warnings(String fileId, TokenReport report) {
        List<String> warnings = new ArrayList<>();
        if (report.truncatedRows() > 0) {
            warnings.add(
                    "%d of %d rows of %s are longer than %d tokens and were cut there (the longest, in line %d, has %d); the first are in lines %s"
                            .formatted(
                                    report.truncatedRows(),
                                    report.rows(),
                                    fileId,
                                    report.maxLengthTokens(),
                                    report.longestRowLine(),
                                    report.longestRowTokens(),
                                    report.firstTruncatedLines()));
        }
        if (!report.dropped().isEmpty()) {
            warnings.add("Rows of %s are not trained on: %s".formatted(fileId, problems(report)));
        }
        if (report.unendedRows() > 0) {
            warnings.add(
                    "%d rows of %s were cut before an end-of-turn token that is trained; alone they would teach the model not to stop"
                            .formatted(report.unendedRows(), fileId));
        }
        return warnings;
    }

    /** Counts by reason. */
    static String problems(TokenReport report) {
        return report.dropped().entrySet().stream()
                .map(entry -> entry.getValue() + " with " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
