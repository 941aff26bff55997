package dev.anneal.engine.train.policy;

import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.Group;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The completions of a rollout as rows to train on, in the order of prompts and samples. A checkpoint keeps it between
 * two updates on one rollout.
 *
 * @param sequences one for each completion, including those that train nothing
 * @param old log-probabilities of each completion's trained tokens under the policy that sampled it; null before the
 *     first update, which computes them
 * @param metrics of the rollout
 */
record PolicyBatch(List<Sequence> sequences, @Nullable List<float[]> old, Map<String, Double> metrics) {

    /**
     * Prompt and completion.
     *
     * @param promptTokens number of ids of the prompt
     * @param isMasked whether the loss ignores it
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Sequence(int[] ids, int promptTokens, boolean isMasked, double advantage) {

        int trainedTokens() {
            return isMasked ? 0 : ids.length - promptTokens;
        }

        EncodedRow toRow(int line, boolean trained) {
            int[] labels = ids.clone();
            Arrays.fill(labels, 0, trained ? promptTokens : labels.length, EncodedRow.NOT_TRAINED);
            return new EncodedRow(line, ids, labels, false);
        }
    }

    PolicyBatch {
        sequences = List.copyOf(sequences);
        metrics = Map.copyOf(metrics);
    }

    /**
     * @param maskCut whether the loss ignores truncated completions
     */
    static PolicyBatch of(List<Group> groups, List<double[]> advantages, boolean maskCut, Map<String, Double> metrics) {
        List<Sequence> sequences = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            int[] prompt = group.prompt().ids();
            for (int i = 0; i < group.completions().size(); i++) {
                Completion completion = group.completions().get(i);
                int[] ids = Arrays.copyOf(prompt, prompt.length + completion.length());
                System.arraycopy(completion.ids(), 0, ids, prompt.length, completion.length());
                boolean masked = completion.reward() == null || (maskCut && completion.isCut());
                sequences.add(
                        new Sequence(ids, prompt.length, masked, advantages.get(g)[i]));
            }
        }
        return new PolicyBatch(sequences, null, metrics);
    }

    PolicyBatch withOld(List<float[]> logProbabilities) {
        return new PolicyBatch(sequences, logProbabilities, metrics);
    }

    /**
     * @param withoutAdvantage whether completions with the advantage 0 are trained on as well
     * @return a row for each completion
     */
    List<EncodedRow> rows(boolean withoutAdvantage) {
        List<EncodedRow> rows = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            rows.add(sequence.toRow(i + 1, !sequence.isMasked() && (withoutAdvantage || sequence.advantage() != 0)));
        }
        return rows;
    }

    long tokens() {
        return sequences.stream().mapToLong(each -> each.ids().length).sum();
    }

    long trainedSequences() {
        return sequences.stream().filter(each -> each.trainedTokens() > 0).count();
    }

    long trainedTokens() {
        return sequences.stream().mapToLong(Sequence::trainedTokens).sum();
    }
}
