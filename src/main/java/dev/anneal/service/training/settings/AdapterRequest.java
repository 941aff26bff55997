package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.AdapterSettings.Schedule;
import dev.anneal.protocol.Setting;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.KeyTable;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request's adapter; null where the client leaves the choice open.
 *
 * @param rank at most {@code 65536}, above every layer width in use; the actual limit depends on the model
 * @param activation from {@code afa_lora.activation} or {@code anneal.adapter}; {@code none} is a plain LoRA
 */
public record AdapterRequest(
        @Setting(range = "[1, 65536]") @Nullable Integer rank,
        @Setting(range = "(0, )") @Nullable Double alpha,
        @Setting(range = "[0, 1)") @Nullable Double dropout,
        @Setting @Nullable List<String> targetModules,
        @Setting @Nullable Boolean rslora,

        @Setting(choices = "silu, relu, gelu, matched_silu, matched_relu, matched_gelu, none") @Nullable
        String activation,

        @Nullable Schedule schedule,
        @Setting(range = "[1, 1024]") @Nullable Integer signGroups) {

    static final int DEFAULT_RANK = 16;

    /** All choices are left open. */
    public static final AdapterRequest OPEN = new AdapterRequest(null, null, null, null, null, null, null, null);

    private static final String DEFAULT_ACTIVATION = "matched_relu";
    public static final Schedule DEFAULT_SCHEDULE = KeyTable.of(Schedule.class).defaults();

    private static final List<String> ADAPTERS = List.of("afa", "lora", "none");

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
        AdapterRequest keys = given.read(AdapterRequest.class);
        String activation = activation(keys.activation, anneal);
        Schedule schedule = schedule(given.object("schedule"));
        refuseDora(given);
        given.refuseOthers();
        return new AdapterRequest(
                keys.rank,
                keys.alpha,
                keys.dropout,
                keys.targetModules,
                keys.rslora,
                activation,
                schedule,
                keys.signGroups);
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
    private static @Nullable String activation(@Nullable String activation, StrictObject anneal) {
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
        Schedule asked = given.readAll(Schedule.class);
        if (asked.start() <= asked.end()) {
            return asked;
        }
        if (given.has("end")) {
            throw given.invalid("start", "must not be above 'end', which is " + asked.end(), asked.start());
        }
        // With a start beyond the default end, annealing takes the rest of the steps.
        return new Schedule(asked.shape(), asked.start(), asked.start());
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

    /** The settings of a new adapter, whose groups of signs may have to be fitted to a model. */
    public AdapterSettings settings() {
        int chosenRank = rank == null ? DEFAULT_RANK : rank;
        String chosenActivation = activation == null ? DEFAULT_ACTIVATION : activation;
        return new AdapterSettings(
                chosenRank,
                alpha == null ? 2.0 * chosenRank : alpha,
                dropout == null ? 0 : dropout,
                targetModules == null ? List.of(AdapterConfig.ALL_LINEAR) : targetModules,
                Boolean.TRUE.equals(rslora),
                chosenActivation,
                schedule == null ? DEFAULT_SCHEDULE : schedule,
                signGroups == null ? defaultSignGroups(chosenActivation) : signGroups);
    }

    /** LoRA, and AFA-LoRA as in the paper, have none unless they are asked for. */
    private static int defaultSignGroups(String activation) {
        return activation.startsWith("matched_") ? AdapterSettings.FITTING_SIGN_GROUPS : 1;
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
        requireSame("sign_groups", signGroups, initial.signGroups(), name);
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
                schedule == null ? DEFAULT_SCHEDULE : schedule,
                initial.signGroups());
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

    /** The names in order; all that layers of a family have, and no others, are {@value AdapterConfig#ALL_LINEAR}. */
    private static Set<String> targets(List<String> names) {
        Set<String> sorted = new TreeSet<>(names);
        boolean all = Arrays.stream(Projections.values())
                .map(each -> each.all().stream().map(Projection::shortName).collect(Collectors.toSet()))
                .anyMatch(sorted::equals);
        return all ? Set.of(AdapterConfig.ALL_LINEAR) : sorted;
    }
}
