package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;

/**
 * Generates text with models of this installation, in this process or the one that {@code anneal.inference.url} names.
 * Every process has one. Thread-safe.
 */
@FunctionalInterface
public interface TextGenerator {

    /**
     * Generates all answers to a prompt.
     *
     * @param tenantId tenant whose tuned models can be named
     * @throws Refusal {@code model_not_found}, {@code context_length_exceeded}, {@code queue_full} (retry in seconds)
     *     and other faults of request or model; {@code service_unavailable} if the generating process cannot be reached
     *     (likewise), {@code generation_timeout} if it takes too long, {@code not_supported} if no process generates
     */
    Generation.Whole generate(String tenantId, GenerationRequest request);
}
