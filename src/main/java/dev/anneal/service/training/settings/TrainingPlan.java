package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.process.EngineSetup;

/**
 * Tokens, computation and memory of a planned training.
 *
 * @param data the rows that are trained
 * @param generated what is generated beside the steps
 */
record TrainingPlan(
        JobRequest request,
        ModelProfiles models,
        DatasetSize data,
        EngineSetup engine,
        TrainingSettings training,
        int stepsPerEpoch,
        GeneratedTokens generated) {

    /** How a step is divided among the job's devices. */
    StepSplit split() {
        int units = training.packing() ? data.packedSequences() : data.rows();
        return StepSplit.of(
                training,
                Math.min(training.batchRows(), units),
                request.options().devices());
    }

    /** Tokens of all steps. */
    long tokens(SequenceShape shape) {
        return Math.round(shape.trainedWith(data) * shape.updates() / stepsPerEpoch * training.totalSteps());
    }

    /** Those that are expected to be computed because they are not shared. Rows share tokens within a portion. */
    long computedTokens(SequenceShape shape) {
        if (request.adapter() != null && request.adapter().dropout() > 0) {
            return tokens(shape);
        }
        double batches = (double) stepsPerEpoch / shape.updates();
        double shared = sharedOfEpoch(shape, batches * split().portions());
        return tokens(shape) - Math.round(shared / batches * training.totalSteps());
    }

    /** @param batches number of different batches of an epoch, or of their portions */
    private double sharedOfEpoch(SequenceShape shape, double batches) {
        double rows = data.rows() / batches;
        int microBatches =
                DeviceLimits.CPU.microBatches(Math.round(shape.trainedWith(data) / batches), (int) Math.ceil(rows));
        return shape.sharedWithin(data)
                + batches * data.beginnings().ofStep(rows, Math.max(1, microBatches), DeviceLimits.CPU.prefixTokens());
    }

    MemoryEstimate memory(SequenceShape shape) {
        boolean packed = training.packing();
        int unit = shape.longest(Math.min(training.maxLengthTokens(), data.longestRowTokens()));
        int rows = packed ? data.rows() : Math.min(training.batchRows(), data.rows()) * shape.apart();
        long tokens = packed ? (long) training.batchRows() * training.maxLengthTokens() : (long) rows * unit;
        MemoryEstimate.Rows together = new MemoryEstimate.Rows(
                rows,
                tokens,
                unit,
                data.tokens(),
                training.activationCheckpointing().equals("on"),
                Math.max(shape.sampled(rows, data.validatedRows()), generated.together()));
        ModelProfile target = models.target();
        long kept = target == null
                ? 0
                : TrainingMethods.of(request.method()).cachedBytes(request.method(), target, engine, data);
        return MemoryEstimate.of(
                models.kept(request.options()), request.adapter(), engine, together, kept, addedGradients());
    }

    /** Buffers for gradients in addition to a step's: own portions, and those of other devices. */
    private int addedGradients() {
        boolean ordered = training.reproducible().equals(TrainingSettings.ANY_DEVICES);
        return ordered ? Math.min(2, request.options().devices()) : 0;
    }

    /** By the length of the completions that are sampled. */
    TrainingCost cost(SequenceShape shape) {
        return shape.samples()
                ? costOf(shape.expecting(1.0))
                        .upTo(costOf(shape.expectingMost()), shape.completionTokens())
                        .expecting(shape.expectedCompletion())
                : costOf(shape);
    }

    private TrainingCost costOf(SequenceShape shape) {
        TrainingCost.Work work = work(shape);
        TrainingCost cost = TrainingCost.of(
                models.kept(request.options()).trained(),
                request.adapter(),
                engine,
                work.generating(SequenceShape.decoding(generated.measured())).ofDevice(split()));
        ModelProfile target = models.target();
        return target == null
                ? cost
                : cost.withTarget(
                        target,
                        engine,
                        work.generating(SequenceShape.decoding(generated.measured() + generated.regenerated()))
                                .ofDevice(split()));
    }

    /**
     * Rows of the validation file are assumed to be as long as training rows. The reference model of pairs reads both
     * files once; completions of prompts are sampled before training. Shared tokens are not trained, or as often as
     * they occur.
     */
    private TrainingCost.Work work(SequenceShape shape) {
        long computed = computedTokens(shape);
        double rowTokens = (double) data.tokens() / data.rows();
        double validated = data.validatedRows() * rowTokens;
        int validations = SettingsResolver.validations(training);
        int rows = Math.min(training.batchRows(), data.rows());
        return new TrainingCost.Work(
                computed,
                shape.trainedShare(data) * tokens(shape) / computed,
                shape.ofSequence(data),
                training.totalSteps(),
                (training.packing() ? data.rows() : rows) * shape.apart(),
                validations * validated
                        + shape.readBefore() * (data.tokens() + validated)
                        + shape.againForward() * computed
                        + shape.sampling((double) rows * training.totalSteps() / shape.updates())
                        + shape.validating(validations * (double) data.validatedRows()),
                training.activationCheckpointing().equals("on"));
    }
}
