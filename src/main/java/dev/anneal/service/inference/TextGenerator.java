package dev.anneal.service.inference;

import dev.anneal.service.refusal.Refusal;

/** Generates text with models of this installation. Safe for use by many threads. */
public interface TextGenerator {

    /**
     * Begins a generation and returns when the prompt has been accepted, which may take seconds where a model is to be loaded. The caller closes it.
     *
     * @param tenantId whose tuned models are meant
     * @throws Refusal {@code model_not_found}, {@code context_length_exceeded}, {@code queue_full} and whatever else is wrong with the request or model;
     *     {@code service_unavailable} if the engine cannot be reached
     */
    Generation start(String tenantId, GenerationRequest request);

    /** All of a generation. */
    default Generation.Whole generate(String tenantId, GenerationRequest request) {
        try (Generation generation = start(tenantId, request)) {
            return generation.whole();
        }
    }
}
