package dev.anneal.service.training.sharing;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * The permission of a tenant to use another one's model.
 *
 * @param projectId the tenant that may use it
 */
public record Permission(String id, Instant createdAt, String projectId) {

    public static final String OBJECT = "checkpoint.permission";

    @JsonProperty
    String object() {
        return OBJECT;
    }
}
