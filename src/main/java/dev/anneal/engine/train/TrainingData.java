package dev.anneal.engine.train;

import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.rollout.Grading;
import dev.anneal.engine.train.rollout.Wording;
import java.util.Arrays;
import java.util.List;

/** What a method trains on, encoded. */
public sealed interface TrainingData {

    /** What is measured on the way, if anything. */
    List<?> validation();

    /** Hash of the training rows: a resumed job trains on exactly those it began with. */
    String fingerprint();

    /** Tokens of the longest sequence that a training pass may read. */
    int longestTokens();

    /** Sequences that each unit of {@link dev.anneal.protocol.TrainingSettings#batchRows} comes to. */
    default int sequencesOfUnit() {
        return 1;
    }

    /** Sequences that one micro-batch holds together, whatever their length. */
    default int sequencesTogether() {
        return 1;
    }

    /**
     * Answers to learn.
     *
     * @param training at least one
     * @param validation rows to measure on; may be empty
     */
    record Rows(List<EncodedRow> training, List<EncodedRow> validation) implements TrainingData {

        public Rows {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
            if (training.isEmpty()) {
                throw new IllegalArgumentException("there are no rows to train on");
            }
        }

        @Override
        public String fingerprint() {
            return DataFingerprint.of(training);
        }

        @Override
        public int longestTokens() {
            return training.stream().mapToInt(EncodedRow::length).max().orElse(0);
        }
    }

    /**
     * Answers of which one is preferred: chosen and rejected in turn, two rows of one line beside each other.
     *
     * @param training at least one pair
     * @param validation pairs to measure on; may be empty
     */
    record Pairs(List<EncodedRow> training, List<EncodedRow> validation) implements TrainingData {

        /** Rows of a pair. */
        static final int ROWS = 2;

        public Pairs {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
            if (training.isEmpty()) {
                throw new IllegalArgumentException("there are no pairs to train on");
            }
            requirePairs(training);
            requirePairs(validation);
        }

        private static void requirePairs(List<EncodedRow> rows) {
            for (int row = 0; row < rows.size(); row += ROWS) {
                long line = rows.get(row).line();
                if (row + 1 == rows.size() || rows.get(row + 1).line() != line) {
                    throw new IllegalArgumentException("line %d is no pair".formatted(line));
                }
            }
        }

        @Override
        public String fingerprint() {
            return DataFingerprint.of(training);
        }

        @Override
        public int longestTokens() {
            return training.stream().mapToInt(EncodedRow::length).max().orElse(0);
        }

        @Override
        public int sequencesOfUnit() {
            return ROWS;
        }

        @Override
        public int sequencesTogether() {
            return ROWS;
        }
    }

    /**
     * Prompts to answer.
     *
     * @param training at least one
     * @param validation prompts to measure on; may be empty
     * @param wording how the model's tokens read; used by one thread at a time
     * @param samplesOfPrompt completions of each prompt in a step
     * @param maxCompletionTokens tokens of a completion at most
     */
    record Prompts(
            List<EncodedPrompt> training,
            List<EncodedPrompt> validation,
            Wording wording,
            Grading grading,
            int samplesOfPrompt,
            int maxCompletionTokens)
            implements TrainingData {

        public Prompts {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
            if (training.isEmpty()) {
                throw new IllegalArgumentException("there are no prompts to train on");
            }
        }

        @Override
        public String fingerprint() {
            return DataFingerprint.of(training.stream()
                    .map(prompt -> new EncodedRow(prompt.line(), prompt.ids(), untrained(prompt), false))
                    .toList());
        }

        private static int[] untrained(EncodedPrompt prompt) {
            int[] labels = new int[prompt.ids().length];
            Arrays.fill(labels, EncodedRow.NOT_TRAINED);
            return labels;
        }

        @Override
        public int longestTokens() {
            return maxCompletionTokens
                    + training.stream()
                            .mapToInt(prompt -> prompt.ids().length)
                            .max()
                            .orElse(0);
        }

        @Override
        public int sequencesOfUnit() {
            return samplesOfPrompt;
        }
    }
}
