package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Translates refusals of the engine for clients. */
final class EngineRefusals {

    /** Request keys by code. */
    private static final Map<RefusalCode, String> PARAMETERS = Map.of(
            RefusalCode.BASE_MODEL_UNREADABLE, "model",
            RefusalCode.BASE_MODEL_CHANGED, "model",
            RefusalCode.CHECKPOINT_DAMAGED, "model",
            RefusalCode.DRAFT_MISMATCH, "anneal.draft");

    private EngineRefusals() {}

    static Refusal of(ServeReply.Refused refused) {
        RefusalCode code = code(refused.code());
        @Nullable String parameter = PARAMETERS.get(code);
        return new Refusal(code, message(code, refused), parameter);
    }

    private static String message(RefusalCode code, ServeReply.Refused refused) {
        if (code == RefusalCode.INTERNAL_ERROR) {
            return "The answer could not be generated, by a fault of this installation; its log says which. Try again.";
        }
        if (code == RefusalCode.CHECKPOINT_DAMAGED) {
            return "The model's checkpoint is damaged: " + refused.message()
                    + ". The operator of this installation can put its files back; other checkpoints of the job may be"
                    + " whole.";
        }
        return refused.code().equals("device_failed")
                ? "The device that generates has failed; the next request starts its process anew. Try again."
                : refused.message();
    }

    private static RefusalCode code(String name) {
        return switch (name) {
            case "out_of_memory", "device_failed", "device_unavailable" -> RefusalCode.SERVICE_UNAVAILABLE;
            // Failures that clients cannot correct have codes outside the API.
            default -> RefusalCode.named(name).orElse(RefusalCode.INTERNAL_ERROR);
        };
    }
}
