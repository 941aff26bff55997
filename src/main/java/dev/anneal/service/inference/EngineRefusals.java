package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the engine's refusals are to a client. */
final class EngineRefusals {

    /** Keys of requests that codes are about. */
    private static final Map<RefusalCode, String> PARAMETERS = Map.of(
            RefusalCode.BASE_MODEL_UNREADABLE, "model",
            RefusalCode.BASE_MODEL_CHANGED, "model");

    private EngineRefusals() {}

    static Refusal of(ServeReply.Refused refused) {
        RefusalCode code = code(refused.code());
        @Nullable String parameter = PARAMETERS.get(code);
        return new Refusal(code, refused.message(), parameter);
    }

    private static RefusalCode code(String name) {
        return switch (name) {
            case "out_of_memory", "device_unavailable" -> RefusalCode.SERVICE_UNAVAILABLE;
            // Codes of failures that no client can do anything about are no codes of the API.
            default -> RefusalCode.named(name).orElse(RefusalCode.INTERNAL_ERROR);
        };
    }
}
