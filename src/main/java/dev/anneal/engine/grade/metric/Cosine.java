package dev.anneal.engine.grade.metric;

/** Cosine of the angle between two texts' counts of words. OpenAI's is of embeddings by a model of its own, and not offered for training. */
final class Cosine {

    private Cosine() {}

    static double similarity(String input, String reference) {
        Counts ofInput = new Counts(Words.ofAnyScript(input), 1);
        Counts ofReference = new Counts(Words.ofAnyScript(reference), 1);
        double lengths = Math.sqrt(ofInput.product(ofInput) * ofReference.product(ofReference));
        return lengths == 0 ? 0 : ofInput.product(ofReference) / lengths;
    }
}
