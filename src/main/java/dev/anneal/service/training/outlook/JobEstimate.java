package dev.anneal.service.training.outlook;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a dry run.
 *
 * @param request the request with the settings of its initial adapter
 * @param validationReport report on the training file; null while its rows are being checked
 * @param tokenReport token counts of the file; null while they are being counted
 * @param settings resolved settings; null until the file is counted
 * @param duration unknown until the file is counted, and before the first training on a CUDA device
 * @param expectedStart null if no worker runs, or if nothing is known about the jobs before it
 */
public record JobEstimate(
        JobRequest request,
        @Nullable ValidationReport validationReport,
        @Nullable TokenReport tokenReport,
        @Nullable ResolvedSettings settings,
        List<String> warnings,
        ExpectedDuration duration,
        @Nullable Instant expectedStart) {

    private static final double SECONDS_OF_AN_HOUR = 3600;

    public JobEstimate {
        warnings = List.copyOf(warnings);
    }

    /** Hours of its devices together; null if the duration is unknown or a guess. */
    public @Nullable Double deviceHours() {
        Double seconds = duration.seconds();
        return seconds == null ? null : (Double) (request.options().devices() * seconds / SECONDS_OF_AN_HOUR);
    }
}
