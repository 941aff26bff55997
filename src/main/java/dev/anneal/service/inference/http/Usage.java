package dev.anneal.service.inference.http;

/** Tokens of a request and its answers. */
record Usage(int promptTokens, int completionTokens, int totalTokens) {

    static Usage of(int promptTokens, int completionTokens) {
        return new Usage(promptTokens, completionTokens, promptTokens + completionTokens);
    }
}
