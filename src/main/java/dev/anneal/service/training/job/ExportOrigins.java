package dev.anneal.service.training.job;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What exports were made from: a checkpoint of a job, or an uploaded adapter. */
public interface ExportOrigins {

    /**
     * Id of the checkpoint; empty for exports of uploaded adapters.
     *
     * @param transaction of the tenant, whose exports alone are seen
     */
    Optional<String> checkpointOf(JdbcClient transaction, String exportId);

    /**
     * Id of the uploaded adapter's file; empty for exports of jobs.
     *
     * @param transaction of the tenant, whose exports alone are seen
     */
    Optional<String> adapterFileOf(JdbcClient transaction, String exportId);
}
