package dev.anneal.service.operations.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.anneal.service.operations.retention.Retention;

/** A retention in the API. */
record RetentionBody(
        String object, String projectId, @JsonUnwrapped Retention retention) {}
