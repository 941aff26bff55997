package dev.anneal.service.training.job;

import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.settings.JobRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model, files and adapter that a request names. The transaction that found them protects the files from deletion until it ends.
 *
 * @param request the request with the settings of its initial adapter
 */
record JobInputs(
        JobRequest request,
        BaseModel model,
        StoredFile trainingFile,
        @Nullable StoredFile validationFile,
        @Nullable InitialAdapter initialAdapter) {

    JobInputs with(JobRequest other) {
        return new JobInputs(other, model, trainingFile, validationFile, initialAdapter);
    }

    /** Ordered by key, so that jobs that name the same files in different order lock their rows in the same order. */
    List<StoredFile> files() {
        if (validationFile == null) {
            return List.of(trainingFile);
        }
        return trainingFile.key() < validationFile.key()
                ? List.of(trainingFile, validationFile)
                : List.of(validationFile, trainingFile);
    }
}
