package dev.anneal.engine.train;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.draft.DraftVocabulary;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Trains an EAGLE head: an earlier one, or a new one whose layer is a copy of its target's last one. */
final class HeadTrainer {

    private final TrainingJob job;
    private final TrainingMethod.SpeculativeDraft method;
    private final Target target;
    private final Consumer<Progress> progress;
    private final StopSignal signal;

    HeadTrainer(
            TrainingJob job, TrainingMethod.SpeculativeDraft method, Consumer<Progress> progress, StopSignal signal) {
        this.job = job;
        this.method = method;
        this.target = Objects.requireNonNull(job.target(), "a draft's task names its target");
        this.progress = progress;
        this.signal = signal;
    }

    /** The method, if it trains a head. */
    static TrainingMethod.@Nullable SpeculativeDraft methodOf(TrainingJob job) {
        return job.settings().method() instanceof TrainingMethod.SpeculativeDraft draft && draft.trainsHead()
                ? draft
                : null;
    }

    Trainer.Outcome run(TrainingControl control) throws IOException {
        try (Scope scope = target.model().scope().child();
                EagleHead head = head();
                HeadTraining trained = training(head);
                Optimizer optimizer = new Optimizer(scope, trained, job.computeThreads());
                GradientSum<EagleGradients> gradients =
                        new GradientSum<>(scope, trained, optimizer, job.computeThreads());
                HeadPasses passes = new HeadPasses(head, target, gradients, signal, method.hiddenStateCacheBytes())) {
            HeadSteps steps = new HeadSteps(method, job, target, trained, passes, progress);
            TrainingRun run = new TrainingRun(job, trained, optimizer, gradients.total(), steps, progress);
            run.resume();
            return run.toTheEnd(control, () -> {});
        }
    }

    /** The head of a checkpoint, its own or that of the draft that is trained further; or a new one. */
    private EagleHead head() throws IOException {
        ModelConfig ofTarget = target.model().config();
        EagleConfig config = HeadShape.of(method, ofTarget);
        @Nullable String resumeFrom = job.task().resumeFrom();
        @Nullable Path initial = job.initialValues();
        if (resumeFrom != null) {
            return EagleHead.load(Path.of(resumeFrom), config, target.model());
        }
        if (initial != null) {
            return EagleHead.load(DurableFiles.parentOf(initial), config, target.model());
        }
        TrainingData.Conversations data = (TrainingData.Conversations) job.data();
        DraftVocabulary vocabulary = DraftVocabulary.ofCounts(
                HeadCounts.tokens(data.training(), ofTarget.vocabularySize()), config.draftVocabulary());
        return EagleHead.create(target.model(), config, vocabulary, ofTarget.layers() - 1);
    }

    private HeadTraining training(EagleHead head) throws IOException {
        @Nullable AdapterSettings settings = job.adapter();
        @Nullable AdapterConfig adapter = settings == null ? null : CheckpointState.adapterConfig(settings);
        return HeadTraining.of(
                head, adapter, job.initialValues(), job.settings().seed());
    }
}
