/**
 * Generation and graders over HTTP: OpenAI's chat completions and completions, whole and streamed, in this process or
 * forwarded to another; and {@code /v1/fine_tuning/alpha/graders}, which runs and validates graders.
 */
package dev.anneal.service.inference.http;
