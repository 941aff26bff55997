package dev.anneal.engine.grade.formula;

/** A formula that cannot be read. The message continues a sentence that begins with the formula's place. */
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
