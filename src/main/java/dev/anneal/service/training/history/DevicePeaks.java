package dev.anneal.service.training.history;

import dev.anneal.protocol.Progress;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How much memory of CUDA devices trainings have taken. */
public final class DevicePeaks {

    private static final String RECORD = """
            UPDATE job_progress
            SET device = :device,
                device_bytes = :total,
                device_peak_bytes = greatest(device_peak_bytes, :peak)
            WHERE job_id = :job
            """;

    private DevicePeaks() {}

    /** The most of any attempt stays. */
    public static void record(JdbcClient jdbc, long job, Progress.DeviceMemory memory) {
        jdbc.sql(RECORD)
                .param("device", memory.device())
                .param("total", memory.totalBytes())
                .param("peak", memory.peakBytes())
                .param("job", job)
                .update();
    }
}
