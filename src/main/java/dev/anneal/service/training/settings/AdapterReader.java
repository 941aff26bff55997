package dev.anneal.service.training.settings;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings.Schedule;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code afa_lora}: the adapter and how its activation is annealed. */
final class AdapterReader {

    /** A rank above every layer width in use; the true bound depends on the model. */
    private static final int GREATEST_RANK = 65_536;

    /** Stands for no activation: beta is 0 from the first step on. */
    private static final String PLAIN = AdapterConfig.NO_ACTIVATION;

    private static final List<String> ACTIVATIONS = List.of("silu", "relu", "gelu", PLAIN);
    private static final List<String> ADAPTERS = List.of("afa", "lora", "none");
    private static final List<String> SHAPES = List.of("linear", "cosine", "step");

    private AdapterReader() {}

    /**
     * Null where all weights are to be trained.
     *
     * @param anneal the request's {@code anneal} object, whose key {@code adapter} chooses between AFA-LoRA, plain LoRA and no adapter
     */
    static @Nullable AdapterRequest read(StrictObject body, StrictObject anneal) {
        StrictObject given = body.object("afa_lora");
        if ("none".equals(anneal.choice("adapter", ADAPTERS))) {
            refuseBesidesNoAdapter(given != null, "afa_lora");
            refuseBesidesNoAdapter(anneal.has("init_adapter"), "anneal.init_adapter");
            refuseBesidesNoAdapter(anneal.has("lora_plus_ratio"), "anneal.lora_plus_ratio");
            return null;
        }
        String activation = activation(given, anneal);
        if (given == null) {
            return new AdapterRequest(null, null, null, null, null, activation, null);
        }
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
                    "'%s' is given while 'anneal.adapter' is 'none', which trains all weights of the model and no adapter; leave one of them out"
                            .formatted(param));
        }
    }

    /** {@code anneal.adapter: lora} and {@code afa_lora.activation: none} say the same: a plain LoRA. */
    private static @Nullable String activation(@Nullable StrictObject given, StrictObject anneal) {
        String activation = given == null ? null : given.choice("activation", ACTIVATIONS);
        String adapter = anneal.choice("adapter", ADAPTERS);
        if (adapter != null && activation != null && adapter.equals("lora") != activation.equals(PLAIN)) {
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
        return adapter.equals("lora") ? PLAIN : "silu";
    }

    private static @Nullable Schedule schedule(@Nullable StrictObject given) {
        if (given == null) {
            return null;
        }
        String shape = given.choice("shape", SHAPES);
        Double start = given.number("start", AdapterReader::isShare, "from 0 to 1, a share of the steps");
        Double end = given.number("end", AdapterReader::isShare, "from 0 to 1, a share of the steps");
        given.refuseOthers();
        // A start beyond the default end anneals over what is left.
        double from = start == null ? 0 : start;
        double to = end == null ? Math.max(0.8, from) : end;
        if (from > to) {
            throw given.invalid("start", "must not be above 'end', which is " + to, from);
        }
        return new Schedule(shape == null ? "linear" : shape, from, to);
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    private static void refuseDora(StrictObject given) {
        if (Boolean.TRUE.equals(given.flag("dora"))) {
            throw new Refusal(
                    RefusalCode.DORA_NOT_SUPPORTED_WITH_ANNEALING,
                    "'afa_lora.dora' has no meaning while the activation is annealed: its norm is that of W0 + sBA. Leave it out",
                    "afa_lora.dora");
        }
    }
}
