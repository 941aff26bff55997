/**
 * Generation and graders over HTTP: OpenAI's chat completions and completions, whole and streamed, here or handed on to a process that generates;
 * graders tried and checked as {@code /v1/fine_tuning/alpha/graders}.
 */
@NullMarked
package dev.anneal.service.inference.http;

import org.jspecify.annotations.NullMarked;
