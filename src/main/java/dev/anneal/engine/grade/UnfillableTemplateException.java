package dev.anneal.engine.grade;

/**
 * A template uses a key that a row or its completion does not have, or becomes too long. Has no stack trace, because it
 * may be thrown for many completions.
 */
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
