package dev.anneal.engine.grade.formula;

/** An invalid formula. The message continues a sentence that begins with the formula's path. */
public final class FormulaException extends Exception {

    private final String explanation;

    FormulaException(String explanation) {
        super(explanation);
        this.explanation = explanation;
    }

    public String explanation() {
        return explanation;
    }
}
