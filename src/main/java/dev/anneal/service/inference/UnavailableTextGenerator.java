package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;

/** Refuses all requests, because no process generates for this one. The refusal says what the operator can do. */
public final class UnavailableTextGenerator implements TextGenerator {

    private static final String EXPLANATION =
            "This process does not generate. Its operator can give it the role 'inference' (anneal.roles), or name one"
                    + " that has it (anneal.inference.url).";

    @Override
    public Generation.Whole generate(String tenantId, GenerationRequest request) {
        throw new Refusal(RefusalCode.NOT_SUPPORTED, EXPLANATION);
    }

    /** The refusal of every request for text. */
    public static Refusal refusal() {
        return new Refusal(RefusalCode.SERVICE_UNAVAILABLE, EXPLANATION);
    }
}
