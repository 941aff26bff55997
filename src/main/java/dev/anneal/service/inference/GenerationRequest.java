package dev.anneal.service.inference;

import dev.anneal.protocol.ServeRequest;

/**
 * A request for generated text.
 *
 * @param model name of a base model, a tuned model or a checkpoint of one, as {@code /v1/models} lists them
 */
public record GenerationRequest(String model, ServeRequest.Input input, ServeRequest.Decoding decoding) {}
