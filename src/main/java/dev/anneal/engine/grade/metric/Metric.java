package dev.anneal.engine.grade.metric;

/** Metrics of OpenAI's {@code text_similarity} by their lower-case names. */
public enum Metric {
    COSINE,
    FUZZY_MATCH,
    BLEU,
    GLEU,
    METEOR,
    ROUGE_1,
    ROUGE_2,
    ROUGE_3,
    ROUGE_4,
    ROUGE_5,
    ROUGE_L;

    /** From 0, nothing in common, to 1. Texts without words are worth 0, but for {@link #FUZZY_MATCH}. */
    public double similarity(String input, String reference) {
        double similarity = switch (this) {
            case COSINE -> Cosine.similarity(input, reference);
            case FUZZY_MATCH -> FuzzyMatch.similarity(input, reference);
            case BLEU -> Bleu.score(input, reference);
            case GLEU -> Gleu.score(input, reference);
            case METEOR -> Meteor.score(input, reference);
            case ROUGE_1 -> Rouge.ofGrams(input, reference, 1);
            case ROUGE_2 -> Rouge.ofGrams(input, reference, 2);
            case ROUGE_3 -> Rouge.ofGrams(input, reference, 3);
            case ROUGE_4 -> Rouge.ofGrams(input, reference, 4);
            case ROUGE_5 -> Rouge.ofGrams(input, reference, 5);
            case ROUGE_L -> Rouge.ofSubsequence(input, reference);
        };
        // Rounding may leave 1.0000000000000002.
        return Math.min(1, similarity);
    }
}
