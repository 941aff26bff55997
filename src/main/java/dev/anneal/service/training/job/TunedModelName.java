package dev.anneal.service.training.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tuned models, which contain no slash: that of the base id becomes two hyphens. */
final class TunedModelName {

    /** The random tail of a job's id: 40 bits distinguish jobs with the same tenant, base and suffix. */
    private static final int SHORT_ID_DIGITS = 8;

    private static final Pattern CHECKPOINT = Pattern.compile("(?<model>ft:.+):ckpt-step-(?<step>[0-9]{1,9})");

    private TunedModelName() {}

    /** A checkpoint of a tuned model. */
    record OfCheckpoint(String model, int step) {}

    static String of(Job job) {
        String suffix = job.request().suffix();
        return "ft:%s:%s:%s:%s"
                .formatted(
                        TunedModels.publishedName(job.request().model()),
                        job.tenantId(),
                        suffix == null ? "" : suffix,
                        job.id().substring(job.id().length() - SHORT_ID_DIGITS));
    }

    /** The parts of {@code ft:…:ckpt-step-88}, or empty if the name is not a checkpoint's. */
    static Optional<OfCheckpoint> parseCheckpoint(String name) {
        Matcher matcher = CHECKPOINT.matcher(name);
        return matcher.matches()
                ? Optional.of(new OfCheckpoint(matcher.group("model"), Integer.parseInt(matcher.group("step"))))
                : Optional.empty();
    }
}
