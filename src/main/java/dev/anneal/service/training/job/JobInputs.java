package dev.anneal.service.training.job;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.ModelProfile;
import dev.anneal.service.training.settings.ModelProfiles;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models, files and adapter that a request names. The transaction that found them protects the files from deletion
 * until it ends.
 *
 * @param request the request with the settings that depend on the others
 * @param model base model that is trained
 * @param target target of a draft; null if no draft is trained
 * @param draft draft of rollouts; null for none
 */
public record JobInputs(
        JobRequest request,
        BaseModel model,
        @Nullable PairedModel target,
        @Nullable PairedModel draft,
        StoredFile trainingFile,
        @Nullable StoredFile validationFile,
        @Nullable InitialAdapter initialAdapter) {

    public JobInputs with(JobRequest other) {
        return new JobInputs(other, model, target, draft, trainingFile, validationFile, initialAdapter);
    }

    /** Models that a worker must have, as in {@link NewWork}. */
    public List<String> workerModels() {
        List<BaseModel> models = new ArrayList<>(List.of(model));
        if (target != null) {
            models.add(target.base());
        }
        if (draft != null) {
            models.add(draft.base());
        }
        return models.stream()
                .map(each -> NewWork.model(each.id(), each.revision()))
                .distinct()
                .toList();
    }

    public ModelProfiles profiles() {
        MethodRules<TrainingMethod> rules = TrainingMethods.of(request.method());
        return new ModelProfiles(
                rules.trained(request.method(), profileOf(model)),
                target == null ? null : profileOf(target.base()),
                draft == null ? null : rules.drafting(request.method(), profileOf(draft.base())));
    }

    /** Ordered by key, so that jobs that name the same files in different order lock their rows in the same order. */
    public List<StoredFile> files() {
        if (validationFile == null) {
            return List.of(trainingFile);
        }
        return trainingFile.key() < validationFile.key()
                ? List.of(trainingFile, validationFile)
                : List.of(validationFile, trainingFile);
    }

    public static ModelProfile profileOf(BaseModel model) {
        return ModelProfile.of(model.id(), model.config(), model.baseLearningRate());
    }
}
