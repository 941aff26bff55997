/**
 * Jobs and models over HTTP: OpenAI's fine-tuning jobs with their {@code anneal} additions, series, streamed events and dry runs; base and tuned models
 * as {@code /v1/models}.
 */
@NullMarked
package dev.anneal.service.training.http;

import org.jspecify.annotations.NullMarked;
