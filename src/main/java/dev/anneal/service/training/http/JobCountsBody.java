package dev.anneal.service.training.http;

import dev.anneal.service.queue.WorkState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many jobs a tenant has.
 *
 * @param object always {@code fine_tuning.job_counts}
 * @param counts number of jobs by status, for each status
 */
record JobCountsBody(String object, long total, Map<String, Long> counts) {

    static JobCountsBody of(Map<WorkState, Long> jobs) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Arrays.stream(WorkState.values())
                .forEach(state -> counts.put(JobStates.name(state), jobs.getOrDefault(state, 0L)));
        return new JobCountsBody(
                "fine_tuning.job_counts",
                counts.values().stream().mapToLong(Long::longValue).sum(),
                counts);
    }
}
