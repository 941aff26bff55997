package dev.anneal.engine.train;

import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * The engine's part of a training method: reading the files, and the steps. The service has its own list of methods.
 */
record TrainingProcedure<M extends TrainingMethod, D extends TrainingData>(Reader<M, D> data, Maker<M, D> steps) {

    static final Map<String, TrainingProcedure<?, ?>> ALL = Map.of(
            TrainingMethod.SUPERVISED,
            new TrainingProcedure<TrainingMethod.Supervised, TrainingData.Rows>(
                    (method, input) -> input.rows(TrainingData.Rows::new),
                    (method, data, passes) -> new SupervisedSteps(data, passes)),
            TrainingMethod.DPO,
            new TrainingProcedure<TrainingMethod.Dpo, TrainingData.Rows>(
                    (method, input) -> input.rows(TrainingData.Rows::pairs), PreferenceSteps::new),
            TrainingMethod.REINFORCEMENT,
            new TrainingProcedure<TrainingMethod.Reinforcement, TrainingData.Prompts>(
                    (method, input) -> input.prompts(method), PolicySteps::new),
            TrainingMethod.SPECULATIVE_DRAFT,
            new TrainingProcedure<TrainingMethod.SpeculativeDraft, TrainingData.Conversations>(
                    (method, input) -> input.conversations(), DistillationSteps::new));

    /** Reads training data from the files. */
    interface Reader<M, D> {

        D read(M method, TrainingInput input) throws IOException;
    }

    /** Creates the steps of a training. */
    interface Maker<M, D> {

        Steps make(M method, D data, StepPasses passes);
    }

    @SuppressWarnings("unchecked") // a method's name decides its type and that of its data
    static TrainingProcedure<TrainingMethod, TrainingData> of(TrainingMethod method) {
        return (TrainingProcedure<TrainingMethod, TrainingData>)
                Objects.requireNonNull(ALL.get(method.wireName()), method.wireName());
    }
}
