package dev.anneal.engine.train.policy;

import dev.anneal.engine.math.objective.Advantages;
import dev.anneal.engine.math.objective.PolicyLoss;
import dev.anneal.engine.math.objective.PolicyLoss.Aggregation;
import dev.anneal.engine.math.objective.PolicyLoss.Ratio;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.engine.train.passes.RowValues;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.protocol.TrainingMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes the gradient of the policy loss of a rollout's completions. The loss treats the whole step as one batch,
 * however it is split.
 */
final class PolicyUpdate {

    private final TrainingMethod.Rollouts rollouts;
    private final PolicyLoss loss;
    private final StepPasses passes;

    PolicyUpdate(TrainingMethod.Reinforcement method, StepPasses passes) {
        this.rollouts = method.rollouts();
        this.loss = loss(method.policy());
        this.passes = passes;
    }

    /** The loss of the settings; {@code gspo} is GRPO's with one ratio for each completion. */
    static PolicyLoss loss(TrainingMethod.Policy policy) {
        boolean ofSequences = policy.loss().equals("gspo");
        return new PolicyLoss(
                ofSequences
                        ? Aggregation.GRPO
                        : Aggregation.valueOf(policy.loss().toUpperCase(Locale.ROOT)),
                ofSequences ? Ratio.SEQUENCE : Ratio.TOKEN,
                policy.clipLow(),
                policy.clipHigh(),
                policy.klWeight());
    }

    static Advantages.Scale scale(TrainingMethod.Policy policy) {
        return Advantages.Scale.valueOf(policy.scaleRewards().toUpperCase(Locale.ROOT));
    }

    /**
     * @param negativeLogLikelihood mean of the tokens with an advantage, nats; NaN if none has one
     * @param sharedTokens tokens of completions and prompts that were computed with those of another completion
     * @param metrics of the update
     * @param batch the batch with the log-probabilities for ratios of further updates: those of the first update's
     *     pass, whose policy sampled the completions
     */
    record Outcome(
            double loss,
            double negativeLogLikelihood,
            long sharedTokens,
            Map<String, Double> metrics,
            PolicyBatch batch) {}

    /** @return empty if it was abandoned */
    Optional<Outcome> compute(int step, PolicyBatch batch, AppliedAdapter adapter) {
        List<EncodedRow> rows = batch.rows(loss.klWeight() > 0);
        List<MicroBatch> pieces = pieces(rows);
        List<float[]> reference = null;
        if (loss.klWeight() > 0) {
            Optional<List<float[]>> computed = passes.passes()
                    .logProbabilities(pieces, passes.job().model().noAdapter());
            if (computed.isEmpty()) {
                return Optional.empty();
            }
            reference = byRow(batch, pieces, computed.get());
        }
        if (pieces.isEmpty()) {
            passes.training().gradients().clear();
            return Optional.of(new Outcome(0, Double.NaN, 0, Map.of(), batch));
        }
        List<PolicyObjective> objectives = objectives(batch, pieces, reference);
        return passes.train(step, pieces, adapter, objectives::get).map(trained -> {
            PolicyBatch kept = batch.old() == null ? batch.withOld(byRow(batch, pieces, trained.values())) : batch;
            return outcome(kept, objectives, trained, MicroBatch.sharedTokens(pieces));
        });
    }

    private List<MicroBatch> pieces(List<EncodedRow> rows) {
        return passes.training().split(rows, 1, rollouts.groupSize(), Sharing.PROMPTS).stream()
                .map(piece -> piece.at(rollouts.temperature()))
                .toList();
    }

    private List<PolicyObjective> objectives(
            PolicyBatch batch, List<MicroBatch> pieces, @Nullable List<float[]> reference) {
        long tokens = batch.trainedTokens();
        PolicyLoss.Divisors divisors =
                new PolicyLoss.Divisors(batch.sequences().size(), tokens, 1, tokens, rollouts.maxCompletionTokens());
        List<float[]> old = batch.old();
        return pieces.stream()
                .map(piece -> new PolicyObjective(
                        loss,
                        divisors,
                        piece.rowsOfStep().stream()
                                .map(row -> new PolicyObjective.Row(
                                        batch.sequences().get(row).trainedTokens(),
                                        batch.sequences().get(row).advantage(),
                                        old == null ? null : old.get(row),
                                        reference == null ? null : reference.get(row)))
                                .toList()))
                .toList();
    }

    private static List<float[]> byRow(PolicyBatch batch, List<MicroBatch> pieces, List<float[]> ofPieces) {
        List<PolicyBatch.Sequence> sequences = batch.sequences();
        return RowValues.of(sequences.size(), row -> sequences.get(row).trainedTokens(), pieces, ofPieces);
    }

    private Outcome outcome(PolicyBatch batch, List<PolicyObjective> objectives, Passes.Outcome passed, long shared) {
        LossSums trained = passed.sums();
        PolicyLoss.Sums sums = PolicyLoss.Sums.NONE;
        for (int piece = 0; piece < objectives.size(); piece++) {
            sums = sums.plus(objectives.get(piece).sums(passed.values().get(piece)));
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("entropy", trained.mean());
        // Completions without an advantage count too; they cost no pass and clip nothing.
        double parts = loss.ratio() == Ratio.TOKEN ? batch.trainedTokens() : batch.trainedSequences();
        metrics.put("clip_ratio/low_mean", sums.clippedLow() / parts);
        metrics.put("clip_ratio/high_mean", sums.clippedHigh() / parts);
        metrics.put("clip_ratio/region_mean", (sums.clippedLow() + sums.clippedHigh()) / parts);
        if (loss.klWeight() > 0) {
            metrics.put("kl", sums.divergence() / trained.trained());
        }
        return new Outcome(sums.loss(), trained.mean(), shared, metrics, batch);
    }
}
