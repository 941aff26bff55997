package dev.anneal.engine.text.template.value;

/** Python's {@code None}. */
public enum NoneValue implements Value {
    /** The only instance. */
    NONE;

    @Override
    public String typeName() {
        return "NoneType";
    }

    @Override
    public boolean isTrue() {
        return false;
    }

    @Override
    public String text(Budget budget) {
        return "None";
    }
}
