package dev.anneal.service.training.http;

import dev.anneal.service.training.job.MetadataFilter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code metadata[key]=value} and {@code metadata=null} of a list request. */
final class MetadataParameters {

    private static final String OPEN = "metadata[";

    private MetadataParameters() {}

    static MetadataFilter read(Map<String, String> parameters) {
        Map<String, String> pairs = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (name.startsWith(OPEN) && name.endsWith("]")) {
                pairs.put(name.substring(OPEN.length(), name.length() - 1), value);
            }
        });
        return new MetadataFilter(pairs, "null".equals(parameters.get("metadata")));
    }
}
