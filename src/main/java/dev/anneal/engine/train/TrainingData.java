package dev.anneal.engine.train;

import dev.anneal.engine.data.EncodedRow;
import java.util.List;

/** What a method trains on, encoded. */
public sealed interface TrainingData {

    /** Hash of the training rows: a resumed job trains on exactly those it began with. */
    String fingerprint();

    /** Tokens of the longest sequence that a training pass may read. */
    int longestTokens();

    /** Sequences that each unit of {@link dev.anneal.protocol.TrainingSettings#batchRows} comes to. */
    int sequencesOfUnit();

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

        @Override
        public int sequencesOfUnit() {
            return 1;
        }
    }
}
