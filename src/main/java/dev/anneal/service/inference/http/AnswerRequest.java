package dev.anneal.service.inference.http;

import dev.anneal.service.inference.GenerationRequest;
import java.util.List;

/**
 * A request for text.
 *
 * @param generations one for each prompt; they differ in nothing else
 * @param format how the answer is written; for this request alone
 */
record AnswerRequest(List<GenerationRequest> generations, StreamKeys streaming, AnswerFormat format) {

    AnswerRequest {
        generations = List.copyOf(generations);
    }

    String model() {
        return generations.get(0).model();
    }

    /** Answers to each prompt. */
    int choices() {
        return generations.get(0).decoding().choices();
    }
}
