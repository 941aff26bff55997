package dev.anneal.service.training.outlook;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a dry run: what a job would be if it were created.
 *
 * @param request with the settings of the adapter that it begins with
 * @param validationReport what the training file holds; null while its rows are being checked
 * @param tokenReport its tokens; null while they are being counted
 * @param settings null until the file is counted
 * @param duration null until trainings of this model have been seen or a worker has measured its machine
 * @param expectedStart null where no worker runs, or where nothing is known of the jobs before it
 */
public record JobEstimate(
        JobRequest request,
        @Nullable ValidationReport validationReport,
        @Nullable TokenReport tokenReport,
        @Nullable ResolvedSettings settings,
        List<String> warnings,
        @Nullable ExpectedDuration duration,
        @Nullable Instant expectedStart) {

    public JobEstimate {
        warnings = List.copyOf(warnings);
    }
}
