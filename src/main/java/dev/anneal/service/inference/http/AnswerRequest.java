package dev.anneal.service.inference.http;

import dev.anneal.service.inference.GenerationRequest;
import java.util.List;

/**
 * A request for text.
 *
 * @param generations one for each prompt, otherwise equal
 * @param format format of the answer; used for this request only
 */
record AnswerRequest(List<GenerationRequest> generations, StreamKeys streaming, AnswerFormat format) {

    AnswerRequest {
        generations = List.copyOf(generations);
    }

    String model() {
        return generations.get(0).model();
    }

    /** Number of answers to each prompt. */
    int choices() {
        return generations.get(0).decoding().choices();
    }
}
