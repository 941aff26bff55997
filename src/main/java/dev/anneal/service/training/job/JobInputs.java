package dev.anneal.service.training.job;

import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ModelProfile;
import dev.anneal.service.training.settings.ModelProfiles;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models, files and adapter that a request names. The transaction that found them protects the files from deletion until it ends.
 *
 * @param request the request with the settings that depend on the others
 * @param model base model that is trained
 * @param target target of a draft; null if no draft is trained
 */
record JobInputs(
        JobRequest request,
        BaseModel model,
        @Nullable TargetModel target,
        StoredFile trainingFile,
        @Nullable StoredFile validationFile,
        @Nullable InitialAdapter initialAdapter) {

    JobInputs with(JobRequest other) {
        return new JobInputs(other, model, target, trainingFile, validationFile, initialAdapter);
    }

    /** Models that a worker must have, as in {@link NewWork}. */
    List<String> workerModels() {
        String trained = NewWork.model(model.id(), model.revision());
        return target == null
                ? List.of(trained)
                : List.of(
                        trained, NewWork.model(target.base().id(), target.base().revision()));
    }

    ModelProfiles profiles() {
        ModelProfile base = JobAdmission.profileOf(model);
        return new ModelProfiles(
                TrainingMethods.of(request.method()).trained(request.method(), base),
                target == null ? null : JobAdmission.profileOf(target.base()));
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
