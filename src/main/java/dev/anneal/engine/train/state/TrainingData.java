package dev.anneal.engine.train.state;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.rollout.Grading;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** The encoded data that a method trains on. */
public sealed interface TrainingData {

    /** Data for validations; may be empty. */
    List<?> validation();

    /** Hash of the training rows, which a resumed job must match. */
    String fingerprint();

    /** Maximum length of a sequence in a training pass. */
    int longestTokens();

    /** Number of sequences of each unit of {@link dev.anneal.protocol.TrainingSettings#batchRows}. */
    int sequencesOfUnit();

    /** Number of sequences that stay in one micro-batch, whatever their length. */
    int sequencesTogether();

    /**
     * Answers to learn.
     *
     * @param training at least one unit
     * @param validation rows to measure on; may be empty
     * @param rowsOfUnit number of consecutive rows that are learned together: 1, or 2 for the chosen and rejected
     *     answer of a line
     * @param ends tokens that end an answer of the model; empty if it writes none
     */
    record Rows(List<EncodedRow> training, List<EncodedRow> validation, int rowsOfUnit, Set<Integer> ends)
            implements TrainingData {

        /** Rows of a pair. */
        public static final int PAIR = 2;

        public Rows {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
            ends = Set.copyOf(ends);
            requireSome(training, rowsOfUnit == PAIR ? "pairs" : "rows");
            if (rowsOfUnit == PAIR) {
                requirePairs(training);
                requirePairs(validation);
            }
        }

        public Rows(List<EncodedRow> training, List<EncodedRow> validation) {
            this(training, validation, 1, Set.of());
        }

        /** Preference pairs: chosen and rejected answers alternate. */
        public static Rows pairs(List<EncodedRow> training, List<EncodedRow> validation) {
            return new Rows(training, validation, PAIR, Set.of());
        }

        private static void requirePairs(List<EncodedRow> rows) {
            for (int row = 0; row < rows.size(); row += PAIR) {
                long line = rows.get(row).line();
                if (row + 1 == rows.size() || rows.get(row + 1).line() != line) {
                    throw new IllegalArgumentException("line %d is no pair".formatted(line));
                }
            }
        }

        @Override
        public String fingerprint() {
            return fingerprintOf(training);
        }

        @Override
        public int longestTokens() {
            return training.stream().mapToInt(EncodedRow::length).max().orElse(0);
        }

        @Override
        public int sequencesOfUnit() {
            return rowsOfUnit;
        }

        @Override
        public int sequencesTogether() {
            return rowsOfUnit;
        }
    }

    /**
     * Prompts to answer.
     *
     * @param training at least one
     * @param validation prompts to measure on; may be empty
     * @param wording turns the model's tokens into text; used by one thread at a time
     * @param samplesOfPrompt completions of each prompt in a step
     * @param maxCompletionTokens maximum number of tokens of a completion
     */
    record Prompts(
            List<EncodedPrompt> training,
            List<EncodedPrompt> validation,
            Detokenizer wording,
            Grading grading,
            int samplesOfPrompt,
            int maxCompletionTokens)
            implements TrainingData {

        public Prompts {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
            requireSome(training, "prompts");
        }

        @Override
        public String fingerprint() {
            return fingerprintOf(training.stream()
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

        @Override
        public int sequencesTogether() {
            return 1;
        }
    }

    private static void requireSome(List<?> training, String what) {
        if (training.isEmpty()) {
            throw new IllegalArgumentException("there are no " + what + " to train on");
        }
    }

    /** SHA-256 over the ids and labels of rows. */
    private static String fingerprintOf(List<EncodedRow> rows) {
        MessageDigest digest = Sha256.newDigest();
        for (EncodedRow row : rows) {
            ByteBuffer bytes = ByteBuffer.allocate((1 + 2 * row.length()) * Integer.BYTES);
            bytes.putInt(row.length());
            bytes.asIntBuffer().put(row.ids()).put(row.labels());
            digest.update(bytes.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
