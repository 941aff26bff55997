package dev.anneal.engine.grade;

/** A template names something that a row or its completion does not have, or becomes too long. Thrown for each of many completions, so without a stack trace. */
final class UnfillableTemplateException extends Exception {

    private final ErrorFlag flag;
    private final String explanation;

    UnfillableTemplateException(ErrorFlag flag, String explanation) {
        super(explanation, null, false, false);
        this.flag = flag;
        this.explanation = explanation;
    }

    ErrorFlag flag() {
        return flag;
    }

    String explanation() {
        return explanation;
    }
}
