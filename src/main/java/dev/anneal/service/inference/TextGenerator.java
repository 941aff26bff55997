package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;

/**
 * Generates text with models of this installation, in this process or the one that {@code anneal.inference.url} names. Every process has one. Thread-safe.
 */
@FunctionalInterface
public interface TextGenerator {

    /**
     * All answers to a prompt, when they are complete.
     *
     * @param tenantId whose tuned models are meant
     * @throws Refusal {@code model_not_found}, {@code context_length_exceeded}, {@code queue_full} (try again in seconds) and whatever else is wrong with
     *     request or model; {@code service_unavailable} if what generates cannot be reached (likewise), {@code generation_timeout} if it takes too
     * long, {@code not_supported} if
     *     nothing does
     */
    Generation.Whole generate(String tenantId, GenerationRequest request);
}
