package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the decoding keys of both endpoints. */
final class DecodingKeys {

    static final int MAX_TOKENS = 1_000_000;

    private static final SecureRandom SEEDS = new SecureRandom();

    private static final int MAX_CHOICES = 16;
    private static final int MAX_STOPS = 4;
    private static final int MAX_STOP_CHARACTERS = 256;
    private static final int MAX_STOP_TOKENS = 16;
    private static final double LEAST_TEMPERATURE = 1e-6;
    private static final double LEAST_TOP_P = 1e-6;

    private DecodingKeys() {}

    /** @param topLogprobs as in {@link Decoding} */
    static Decoding read(StrictObject request, @Nullable Integer maxNewTokens, @Nullable Integer topLogprobs) {
        refuseUnsupported(request);
        double temperature = or(request.number("temperature", "[0, 2]"), 1);
        return new Decoding(
                choices(request),
                maxNewTokens,
                temperature < LEAST_TEMPERATURE ? 0 : temperature,
                Math.max(0, Objects.requireNonNullElse(request.wholeNumber("top_k", -1, MAX_TOKENS), 0)),
                Math.max(LEAST_TOP_P, or(request.number("top_p", "[0, 1]"), 1)),
                or(request.number("min_p", "[0, 1]"), 0),
                Objects.requireNonNullElseGet(request.longNumber("seed"), SEEDS::nextLong),
                stops(request),
                Objects.requireNonNullElse(
                        request.wholeNumbers("stop_token_ids", "[0, 2147483647]", MAX_STOP_TOKENS), List.of()),
                topLogprobs);
    }

    private static double or(@Nullable Double number, double otherwise) {
        return number == null ? otherwise : number;
    }

    private static int choices(StrictObject request) {
        return Objects.requireNonNullElse(request.wholeNumber("n", 1, MAX_CHOICES), 1);
    }

    private static List<String> stops(StrictObject request) {
        List<String> stops = request.textOrTexts("stop");
        if (stops == null) {
            return List.of();
        }
        if (stops.size() > MAX_STOPS
                || stops.stream().anyMatch(stop -> stop.isEmpty() || stop.length() > MAX_STOP_CHARACTERS)) {
            throw request.invalid(
                    "stop",
                    "must hold at most " + MAX_STOPS + " texts of 1 to " + MAX_STOP_CHARACTERS + " characters",
                    stops);
        }
        return stops;
    }

    /** Unsupported keys that would change answers are allowed only with the value that has no effect. */
    private static void refuseUnsupported(StrictObject request) {
        for (String penalty : List.of("frequency_penalty", "presence_penalty")) {
            Double value = request.number(penalty, "[-2, 2]");
            if (value != null && value != 0) {
                throw notSupported(request, penalty, "leave it out or give 0");
            }
        }
        JsonNode bias = request.raw("logit_bias");
        if (bias != null && !bias.isEmpty()) {
            throw notSupported(request, "logit_bias", "leave it out");
        }
    }

    static Refusal notSupported(StrictObject request, String key, String remedy) {
        return new Refusal(
                RefusalCode.NOT_SUPPORTED,
                "'" + request.param(key) + "' is not supported with this value; " + remedy,
                request.param(key));
    }
}
