package dev.anneal.service.training.admission;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Warnings in a job's events about rows that are not trained as written, or with more work than they need, and about
 * what a request lacks.
 */
public final class DatasetEvents {

    private DatasetEvents() {}

    static List<String> warnings(String fileId, TokenReport report) {
        List<String> warnings = new ArrayList<>();
        if (report.truncatedRows() > 0) {
            warnings.add(("%d of %d rows of %s are longer than %d tokens and were cut there (the longest, in line %d,"
                            + " has %d); the first are in lines %s")
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
            warnings.add(("%d rows of %s have no trained end-of-turn token, because they are cut before it or the"
                            + " model's chat template writes none; alone they would teach the model not to stop")
                    .formatted(report.unendedRows(), fileId));
        }
        if (report.unshownRows() > 0) {
            warnings.add(("the model's chat template leaves out text of %d rows of %s, such as a system message,"
                            + " earlier reasoning, tools or calls, so the model does not read it; the first are in"
                            + " lines %s")
                    .formatted(report.unshownRows(), fileId, report.firstUnshownLines()));
        }
        return warnings;
    }

    /**
     * All warnings about a job's request and its files; {@code training} is null until the training file has been
     * counted.
     */
    public static List<String> of(List<StoredFile> files, JobRequest request, @Nullable TokenReport training) {
        List<String> warnings = new ArrayList<>();
        files.forEach(file -> warnings.addAll(ofRows(file, request.method())));
        warnings.addAll(TrainingMethods.of(request.method()).warnings(request.method(), request));
        if (training != null) {
            warnings.addAll(warnings(request.trainingFile(), training));
            double dropout = request.adapter() == null ? 0 : request.adapter().dropout();
            unshared(request.trainingFile(), training.commonBeginnings(), dropout)
                    .ifPresent(warnings::add);
        }
        return warnings;
    }

    /** The warning that rows which begin alike are computed apart. */
    static Optional<String> unshared(String fileId, CommonBeginnings beginnings, double dropout) {
        int ofHalf = beginnings.levels().stream()
                .filter(level -> level.share() >= 0.5)
                .mapToInt(CommonBeginnings.Level::end)
                .max()
                .orElse(0);
        return dropout == 0 || ofHalf == 0
                ? Optional.empty()
                : Optional.of(("half of the rows of %s or more begin with the same %d tokens. Each row computes them,"
                                + " because a dropout of %s drops other inputs in each; with dropout 0 a step would"
                                + " compute them once")
                        .formatted(fileId, ofHalf, dropout));
    }

    /** Warnings about rows that do not depend on the model. */
    private static List<String> ofRows(StoredFile file, TrainingMethod method) {
        List<String> warnings = new ArrayList<>();
        ValidationReport report = file.report();
        if (report != null) {
            report.warnings().forEach(warning -> warnings.add(file.id() + ": " + warning));
        }
        Map<String, @Nullable Object> grader = method.grader();
        if (grader != null) {
            warnings.addAll(GraderItems.warnings(file, grader, method.param("grader")));
        }
        return warnings;
    }

    /** The report's problems with their counts. */
    static String problems(TokenReport report) {
        return report.dropped().entrySet().stream()
                .map(entry -> entry.getValue() + " with " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
