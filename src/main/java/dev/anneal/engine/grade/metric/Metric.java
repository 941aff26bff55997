package dev.anneal.engine.grade.metric;

import java.util.function.ToDoubleBiFunction;

/** Metrics of OpenAI's {@code text_similarity} by their lower-case names. */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
public enum Metric {
    COSINE(Overlap::cosine),
    FUZZY_MATCH(Overlap::fuzzyMatch),
    BLEU(Overlap::bleu),
    GLEU(Overlap::gleu),
    METEOR(Meteor::score),
    ROUGE_1(Overlap.rouge(1)),
    ROUGE_2(Overlap.rouge(2)),
    ROUGE_3(Overlap.rouge(3)),
    ROUGE_4(Overlap.rouge(4)),
    ROUGE_5(Overlap.rouge(5)),
    ROUGE_L(Overlap::rougeL);

    private final ToDoubleBiFunction<String, String> similarity;

    /**
     * @param similarity similarity of an input to a reference
     */
    Metric(ToDoubleBiFunction<String, String> similarity) {
        this.similarity = similarity;
    }

    /** From 0, nothing in common, to 1. 0 for texts without words, except for {@link #FUZZY_MATCH}. */
    public double similarity(String input, String reference) {
        // Rounding may leave 1.0000000000000002.
        return Math.min(1, similarity.applyAsDouble(input, reference));
    }
}
