package dev.anneal.engine.train;

import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.train.draft.DistillationSteps;
import dev.anneal.engine.train.draft.HeadSteps;
import dev.anneal.engine.train.draft.HeadTraining;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.policy.PolicySteps;
import dev.anneal.engine.train.preference.PreferenceSteps;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * The engine's part of a training method: reading the files, the trained values, and the steps. The service has its own
 * list of methods.
 *
 * @param <G> form in which passes write gradients
 */
record TrainingProcedure<M extends TrainingMethod, D extends TrainingData, G>(
        Reader<M, D> data, Opener<M, G> trained, Maker<M, D, Training<G>> steps) {

    static final Map<String, TrainingProcedure<?, ?, ?>> ALL = Map.of(
            TrainingMethod.SUPERVISED,
            TrainingProcedure.<TrainingMethod.Supervised, TrainingData.Rows>ofModel(
                    (method, input) -> input.rows(TrainingData.Rows::new),
                    (method, data, passes) -> new SupervisedSteps(data, passes)),
            TrainingMethod.DPO,
            TrainingProcedure.<TrainingMethod.Dpo, TrainingData.Rows>ofModel(
                    (method, input) -> input.rows(TrainingData.Rows::pairs), PreferenceSteps::new),
            TrainingMethod.REINFORCEMENT,
            TrainingProcedure.<TrainingMethod.Reinforcement, TrainingData.Prompts>ofModel(
                    (method, input) -> input.prompts(method), PolicySteps::new),
            TrainingMethod.SPECULATIVE_DRAFT,
            TrainingProcedure.<TrainingMethod.SpeculativeDraft, TrainingData.Rows>ofModel(
                    (method, input) -> input.conversations(), DistillationSteps::new));

    /** Of drafts that are heads of their target. */
    private static final TrainingProcedure<TrainingMethod.SpeculativeDraft, TrainingData.Rows, EagleGradients> HEAD =
            new TrainingProcedure<>((method, input) -> input.conversations(), HeadTraining::of, HeadSteps::new);

    /** Reads training data from the files. */
    interface Reader<M, D> {

        D read(M method, TrainingInput input) throws IOException;
    }

    /** Opens the trained values: new ones, or the initial ones of the job. */
    interface Opener<M, G> {

        Trainable<G> open(M method, TrainingJob job) throws IOException;
    }

    /** Creates the steps of a training. */
    interface Maker<M, D, P> {

        Steps make(M method, D data, P passes);
    }

    private static <M extends TrainingMethod, D extends TrainingData> TrainingProcedure<M, D, Gradients> ofModel(
            Reader<M, D> data, Maker<M, D, StepPasses> steps) {
        return new TrainingProcedure<>(
                data,
                (method, job) -> AdapterTraining.orFull(job),
                (method, rows, training) -> steps.make(method, rows, new StepPasses(training)));
    }

    @SuppressWarnings("unchecked") // a method decides its type and that of its data
    static TrainingProcedure<TrainingMethod, TrainingData, ?> of(TrainingMethod method) {
        return (TrainingProcedure<TrainingMethod, TrainingData, ?>)
                (method.trainsHead() ? HEAD : Objects.requireNonNull(ALL.get(method.wireName()), method.wireName()));
    }
}
