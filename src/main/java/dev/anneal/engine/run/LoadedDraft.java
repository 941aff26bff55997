package dev.anneal.engine.run;

import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.run.serve.LoadedHead;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The draft of a training's rollouts in memory. Without it the training is the same and takes longer, so a
 * draft that cannot be used is left out with a warning. Closed by its owner, before the model that it drafts for.
 */
record LoadedDraft(Draft draft, Runnable closing) implements AutoCloseable {

    private static final Logger LOG = System.getLogger(LoadedDraft.class.getName());

    /**
     * Null if none is wanted or the wanted one cannot be used.
     *
     * @param policy the model whose tokens it proposes
     */
    static @Nullable LoadedDraft of(TrainTask task, DecoderModel policy, Consumer<Progress> progress) {
        ServedModel wanted = task.draft();
        if (wanted == null) {
            return null;
        }
        // As dev.anneal.engine.network.generate.Decoder drafts.
        if (!IncrementalDecoder.hasIndependentRows(policy)) {
            progress.accept(new Progress.Note(
                    "The draft of the rollouts is not loaded: rollouts draft only in bf16, from a base that is not in"
                            + " 4 bits, on a CPU whose products do not depend on their number of rows, so that drafts"
                            + " change no bit of what is sampled"));
            return null;
        }
        try {
            return open(task, wanted, policy);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            LOG.log(Level.WARNING, "The draft of the rollouts is left out", e);
            String reason = HostPaths.of(Path.of(task.attemptDirectory()))
                    .with(task)
                    .takenFrom(FailureReport.classified(e).message());
            progress.accept(new Progress.Warning(
                    "The draft of the rollouts is left out, without which they are the same and take longer: "
                            + reason));
            return null;
        }
    }

    private static LoadedDraft open(TrainTask task, ServedModel wanted, DecoderModel policy) throws IOException {
        BaseModelFiles base = new BaseModelFiles(wanted.base(), task.machine());
        String folder = Objects.requireNonNull(wanted.checkpointDirectory(), "a tuned draft has a checkpoint");
        CheckpointFolder trained = CheckpointFolder.open(Path.of(folder));
        base.requireTrainedOn(trained.state());
        requireTarget(task, trained);
        if (trained.state().settings().method().trainsHead()) {
            LoadedHead head = LoadedHead.of(policy, trained);
            return new LoadedDraft(head.draft(), head::close);
        }
        return model(LoadedModel.open(base, folder), policy);
    }

    private static void requireTarget(TrainTask task, CheckpointFolder draft) throws IOException {
        TrainTask.@Nullable InitialAdapter initial = task.initialAdapter();
        String begunWith =
                initial == null || initial.form() != TrainTask.InitialAdapter.Form.CHECKPOINT ? null : initial.path();
        String policy = LoadedModel.fingerprint(new BaseModelFiles(task), begunWith);
        String target = draft.state().targetFingerprint();
        if (!policy.equals(target)) {
            throw TaskException.badInput(
                    "draft_mismatch",
                    "the draft was trained for another target than the model that the training begins with",
                    null);
        }
    }

    private static LoadedDraft model(LoadedModel loaded, DecoderModel policy) {
        try {
            int proposed = loaded.model().config().vocabularySize();
            int verified = policy.config().vocabularySize();
            if (proposed != verified) {
                throw TaskException.badInput(
                        "draft_mismatch",
                        "the draft has %,d tokens in its vocabulary, but the model that is trained has %,d"
                                .formatted(proposed, verified),
                        null);
            }
            // Ends with the model, whose scope owns it.
            IncrementalDecoder decoder = new IncrementalDecoder(loaded.model());
            DraftModel draft = new DraftModel(decoder, decoder.packed(decoder.scope(), loaded.adapter()));
            return new LoadedDraft(draft, loaded::close);
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
