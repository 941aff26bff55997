package dev.anneal.service.training.job;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.files.check.TokenCounts;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.training.settings.DatasetSize;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.ModelProfile;
import dev.anneal.service.training.settings.ModelProfiles;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.SettingsResolver;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that a job can be created from, with the models, files and adapter that it names. The transaction that
 * found them protects the files from deletion until it ends.
 *
 * @param request the request with the settings that depend on the others
 * @param model base model that is trained
 * @param target target of a draft; null if no draft is trained
 * @param draft draft of rollouts; null for none
 * @param initialAdapter what the training begins with; null for new values, and not found again for a job that exists
 */
public record AdmittedJob(
        JobRequest request,
        BaseModel model,
        @Nullable PairedModel target,
        @Nullable PairedModel draft,
        StoredFile trainingFile,
        @Nullable StoredFile validationFile,
        @Nullable InitialAdapter initialAdapter) {

    public AdmittedJob with(JobRequest other) {
        return new AdmittedJob(other, model, target, draft, trainingFile, validationFile, initialAdapter);
    }

    /** The same job with its files as they are now. */
    public AdmittedJob with(StoredFile training, @Nullable StoredFile validation) {
        return new AdmittedJob(request, model, target, draft, training, validation, initialAdapter);
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
                rules.trained(request.method(), ModelProfile.of(model)),
                target == null ? null : ModelProfile.of(target.base()),
                draft == null ? null : rules.drafting(request.method(), ModelProfile.of(draft.base())));
    }

    /**
     * Its settings with a number for every {@code auto}.
     *
     * @param report counted tokens of the training file
     * @param engine as in {@link SettingsResolver#resolve}
     * @param completionTokens as in {@link SettingsResolver#resolve}
     */
    public ResolvedSettings resolve(TokenReport report, EngineSetup engine, @Nullable Double completionTokens) {
        DatasetSize data = DatasetSize.of(report, validationFile == null ? null : validationFile.report());
        return SettingsResolver.resolve(request, profiles(), data, engine, completionTokens);
    }

    /** What is asked about the tokens of its files. */
    public TokenCounts.Question tokenQuestion() {
        return new TokenCounts.Question(model, SettingsResolver.maxLengthTokens(request, profiles()));
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
}
