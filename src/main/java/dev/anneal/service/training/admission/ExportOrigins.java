package dev.anneal.service.training.admission;

import java.util.Optional;

/** Origins of exports: a checkpoint of a job, or an uploaded adapter. */
public interface ExportOrigins {

    /** Id of the checkpoint; empty for exports of uploaded adapters. */
    Optional<String> checkpointOf(String exportId);

    /** Id of the uploaded adapter's file; empty for exports of jobs. */
    Optional<String> adapterFileOf(String exportId);
}
