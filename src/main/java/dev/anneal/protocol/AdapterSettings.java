package dev.anneal.protocol;

import java.util.List;

/**
 * Settings of an adapter, with defaults filled in.
 *
 * @param rank rank r
 * @param alpha scale numerator: the adapter's output is multiplied by alpha / r, or alpha / sqrt(r) with {@code rslora}
 * @param dropout dropout probability of the inputs of A, 0 to below 1
 * @param targetModules names of projections such as {@code q_proj}, or the single entry {@code all-linear}
 * @param rslora whether the scale is alpha / sqrt(r)
 * @param activation {@code relu}, {@code silu}, {@code gelu}, one of these with {@code matched_} before it, or
 *     {@code none} for a plain LoRA
 * @param schedule how beta falls
 * @param signGroups number of groups of outputs that see the inputs of A with other signs; 1 is an ordinary LoRA, and
 *     {@link #FITTING_SIGN_GROUPS} leaves it to the model, until the job is admitted
 */
public record AdapterSettings(
        int rank,
        double alpha,
        double dropout,
        List<String> targetModules,
        boolean rslora,
        String activation,
        Schedule schedule,
        int signGroups) {

    /** As many groups as suit the rank and the model's layers. */
    public static final int FITTING_SIGN_GROUPS = 0;

    /**
     * How the annealing coefficient falls from 1 to 0.
     *
     * @param shape {@code linear}, {@code cosine} or {@code step}
     * @param start share of the steps after which beta begins to fall, 0 to {@code end}
     * @param end share of the steps after which beta is exactly 0, {@code start} to 1
     */
    public record Schedule(
            @Setting(byDefault = "linear", choices = "linear, cosine, step")
            String shape,

            @Setting(byDefault = "0", range = "[0, 1]", unit = "a share of the steps")
            double start,

            @Setting(byDefault = "0.8", range = "[0, 1]", unit = "a share of the steps")
            double end) {}

    /** Without groups of signs. */
    public AdapterSettings(
            int rank,
            double alpha,
            double dropout,
            List<String> targetModules,
            boolean rslora,
            String activation,
            Schedule schedule) {
        this(rank, alpha, dropout, targetModules, rslora, activation, schedule, 1);
    }

    public AdapterSettings {
        targetModules = List.copyOf(targetModules);
    }

    /** The same adapter with another number of groups. */
    public AdapterSettings withSignGroups(int groups) {
        return new AdapterSettings(rank, alpha, dropout, targetModules, rslora, activation, schedule, groups);
    }
}
