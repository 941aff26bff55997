package dev.anneal.service.training.settings;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.AdapterSettings.Schedule;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request's adapter; null where the client leaves the choice open.
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

    private static final AdapterRequest OPEN = new AdapterRequest(null, null, null, null, null, null, null);

    private static final String DEFAULT_ACTIVATION = "silu";
    public static final Schedule DEFAULT_SCHEDULE = new Schedule("linear", 0, 0.8);

    /** Above every layer width in use; the actual limit depends on the model. */
    private static final int GREATEST_RANK = 65_536;

    private static final List<String> ACTIVATIONS = List.of("silu", "relu", "gelu", AdapterConfig.NO_ACTIVATION);
    private static final List<String> ADAPTERS = List.of("afa", "lora", "none");
    private static final List<String> SHAPES = List.of("linear", "cosine", "step");

    /**
     * Reads {@code afa_lora}: the adapter and how its activation is annealed. Null if all weights are to be trained.
     *
     * @param anneal the request's {@code anneal} object, whose key {@code adapter} chooses between AFA-LoRA, plain LoRA
     *     and no adapter
     */
    static @Nullable AdapterRequest read(StrictObject body, StrictObject anneal) {
        StrictObject given = body.objectOrEmpty("afa_lora");
        if ("none".equals(anneal.choice("adapter", ADAPTERS))) {
            refuseBesidesNoAdapter(body.has("afa_lora"), "afa_lora");
            refuseBesidesNoAdapter(anneal.has("init_adapter"), "anneal.init_adapter");
            refuseBesidesNoAdapter(anneal.has("lora_plus_ratio"), "anneal.lora_plus_ratio");
            return null;
        }
        String activation = activation(given, anneal);
        AdapterRequest request = new AdapterRequest(
                given.wholeNumber("rank", 1, GREATEST_RANK),
                given.number("alpha", value -> value > 0, "above 0"),
                given.number("dropout", value -> value >= 0 && value < 1, "from 0 to below 1"),
                given.textOrTexts("target_modules"),
                given.flag("rslora"),
                activation,
                schedule(given.object("schedule")));
        refuseDora(given);
        given.refuseOthers();
        return request;
    }

    private static void refuseBesidesNoAdapter(boolean given, String param) {
        if (given) {
            throw Refusal.invalidValue(
                    param,
                    ("'%s' is given while 'anneal.adapter' is 'none', which trains all weights of the model and"
                                    + " no adapter; leave one of them out")
                            .formatted(param));
        }
    }

    /** {@code anneal.adapter: lora} and {@code afa_lora.activation: none} both mean a plain LoRA. */
    private static @Nullable String activation(StrictObject given, StrictObject anneal) {
        String activation = given.choice("activation", ACTIVATIONS);
        String adapter = anneal.choice("adapter", ADAPTERS);
        if (adapter != null
                && activation != null
                && adapter.equals("lora") != activation.equals(AdapterConfig.NO_ACTIVATION)) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    "'anneal.adapter' is '" + adapter + "' while 'afa_lora.activation' is '" + activation
                            + "'; leave one of them out ('lora' and the activation 'none' mean the same)");
        }
        if (activation != null) {
            return activation;
        }
        if (adapter == null) {
            return null;
        }
        return adapter.equals("lora") ? AdapterConfig.NO_ACTIVATION : DEFAULT_ACTIVATION;
    }

    private static @Nullable Schedule schedule(@Nullable StrictObject given) {
        if (given == null) {
            return null;
        }
        String shape = given.choice("shape", SHAPES);
        Double start = given.number("start", AdapterRequest::isShare, "from 0 to 1, a share of the steps");
        Double end = given.number("end", AdapterRequest::isShare, "from 0 to 1, a share of the steps");
        given.refuseOthers();
        // With a start beyond the default end, annealing takes the rest of the steps.
        double from = start == null ? DEFAULT_SCHEDULE.start() : start;
        double to = end == null ? Math.max(DEFAULT_SCHEDULE.end(), from) : end;
        if (from > to) {
            throw given.invalid("start", "must not be above 'end', which is " + to, from);
        }
        return new Schedule(shape == null ? DEFAULT_SCHEDULE.shape() : shape, from, to);
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    private static void refuseDora(StrictObject given) {
        if (Boolean.TRUE.equals(given.flag("dora"))) {
            throw new Refusal(
                    RefusalCode.DORA_NOT_SUPPORTED_WITH_ANNEALING,
                    "'afa_lora.dora' has no meaning while the activation is annealed: its norm is that of W0 + sBA."
                            + " Leave it out",
                    "afa_lora.dora");
        }
    }

    /** Whether the client leaves every choice open. */
    boolean isOpen() {
        return equals(OPEN);
    }

    /** {@code anneal.adapter} of such an adapter. */
    static String name(@Nullable String activation) {
        return AdapterConfig.NO_ACTIVATION.equals(activation) ? "lora" : "afa";
    }

    /** The settings of a new adapter. */
    public AdapterSettings settings() {
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
     * The settings of an adapter that starts from another one, whose rank, scale and targets it keeps. That one is
     * linear, and so is this one from the first step unless a schedule is requested: with beta at 1 the first step
     * would compute another function than the given adapter.
     *
     * @param name name of the other adapter, for messages
     * @throws Refusal naming both values if the request contradicts it
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
                    ("the activation '%s' is asked for, but the adapter of '%s' is linear and beta would begin at"
                                            + " 1, where it computes another function; give")
                                    .formatted(activation, name)
                            + " 'afa_lora.schedule' if that is meant, or leave out 'afa_lora.activation' and"
                            + " 'anneal.adapter' to train on linearly");
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

    /** The names in order; unknown ones are refused. */
    private static Set<String> targets(List<String> names) {
        if (!names.equals(List.of(AdapterConfig.ALL_LINEAR))) {
            return new TreeSet<>(names);
        }
        TreeSet<String> all = new TreeSet<>();
        AdapterConfig.targetsNamed(names).forEach(target -> all.add(target.shortName()));
        return all;
    }
}
