/**
 * HTTP API of jobs and models: OpenAI's fine-tuning jobs with Anneal's extensions, series, streamed events and dry
 * runs; base and tuned models.
 */
@NullMarked
package dev.anneal.service.training.http;

import org.jspecify.annotations.NullMarked;
