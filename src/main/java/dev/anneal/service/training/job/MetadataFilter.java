package dev.anneal.service.training.job;

import java.util.Map;

/**
 * Filter of jobs by metadata.
 *
 * @param pairs pairs that a job must have, all of them
 * @param isWithoutMetadata whether only jobs without any are shown
 */
public record MetadataFilter(Map<String, String> pairs, boolean isWithoutMetadata) {

    public static final MetadataFilter NONE = new MetadataFilter(Map.of(), false);

    public MetadataFilter {
        pairs = Map.copyOf(pairs);
    }

    /** Condition of the jobs that are shown, with the parameter {@code metadata}, the pairs as JSON. */
    String condition() {
        String having = pairs.isEmpty() ? "TRUE" : "metadata @> CAST(:metadata AS jsonb)";
        return isWithoutMetadata ? having + " AND metadata = '{}'" : having;
    }
}
