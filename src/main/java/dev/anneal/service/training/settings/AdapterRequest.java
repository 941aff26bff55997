package dev.anneal.service.training.settings;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.AdapterSettings.Schedule;
import dev.anneal.service.platform.refusal.Refusal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The adapter as a client asks for it; null where it leaves the choice open.
 *
 * @param activation from {@code afa_lora.activation} or {@code anneal.adapter}; {@code none} is a plain LoRA
 */
public record AdapterRequest(
        @Nullable Integer rank,
        @Nullable Double alpha,
        @Nullable Double dropout,
        @Nullable List<String> targetModules,
        @Nullable Boolean rslora,
        @Nullable String activation,
        @Nullable Schedule schedule) {

    static final int DEFAULT_RANK = 16;

    private static final String DEFAULT_ACTIVATION = "silu";
    private static final Schedule DEFAULT_SCHEDULE = new Schedule("linear", 0, 0.8);

    /** Of an adapter that begins with values of its own. */
    AdapterSettings settings() {
        int chosenRank = rank == null ? DEFAULT_RANK : rank;
        return new AdapterSettings(
                chosenRank,
                alpha == null ? 2.0 * chosenRank : alpha,
                dropout == null ? 0 : dropout,
                targetModules == null ? List.of(AdapterConfig.ALL_LINEAR) : targetModules,
                Boolean.TRUE.equals(rslora),
                activation == null ? DEFAULT_ACTIVATION : activation,
                schedule == null ? DEFAULT_SCHEDULE : schedule);
    }

    /**
     * Of an adapter that begins as another one. Rank, scale and targets are that one's. It is linear, and so is this one from the first step
     * on, unless a schedule is asked for: with beta at 1 the first step would compute another function than the adapter that was given.
     *
     * @param name of the other one, for messages
     * @throws Refusal naming both values where the request says otherwise
     */
    AdapterSettings continuing(AdapterSettings initial, String name) {
        requireSame("rank", rank, initial.rank(), name);
        requireSame("alpha", alpha, initial.alpha(), name);
        requireSame("rslora", rslora, initial.rslora(), name);
        if (targetModules != null) {
            requireSame("target_modules", targets(targetModules), targets(initial.targetModules()), name);
        }
        return new AdapterSettings(
                initial.rank(),
                initial.alpha(),
                dropout == null ? initial.dropout() : dropout,
                initial.targetModules(),
                initial.rslora(),
                activationOfLinear(name),
                schedule == null ? DEFAULT_SCHEDULE : schedule);
    }

    private String activationOfLinear(String name) {
        if (schedule != null) {
            return activation == null ? DEFAULT_ACTIVATION : activation;
        }
        if (activation != null && !activation.equals(AdapterConfig.NO_ACTIVATION)) {
            throw Refusal.invalidValue(
                    "afa_lora.activation",
                    "the activation '%s' is asked for, but the adapter of '%s' is linear and beta would begin at 1, where it computes another function; give"
                                    .formatted(activation, name)
                            + " 'afa_lora.schedule' if that is meant, or leave out 'afa_lora.activation' and 'anneal.adapter' to train on linearly");
        }
        return AdapterConfig.NO_ACTIVATION;
    }

    private static void requireSame(String key, @Nullable Object asked, Object initial, String name) {
        if (asked != null && !Objects.equals(asked, initial)) {
            throw Refusal.invalidValue(
                    "afa_lora." + key,
                    "'afa_lora.%s' is %s, but the adapter of '%s' has %s and keeps it; leave the key out"
                            .formatted(key, asked, name, initial));
        }
    }

    /** Names in order; a name that no model has is refused with the model's own. */
    private static Set<String> targets(List<String> names) {
        if (!names.equals(List.of(AdapterConfig.ALL_LINEAR))) {
            return new TreeSet<>(names);
        }
        TreeSet<String> all = new TreeSet<>();
        AdapterConfig.targetsNamed(names).forEach(target -> all.add(target.shortName()));
        return all;
    }
}
