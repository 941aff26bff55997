package dev.anneal.engine.text.template.value;

/** Python's {@code None}. */
public enum NoneValue implements Value {
    /** The only one. */
    NONE;

    @Override
    public String typeName() {
        return "NoneType";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.none();
    }

    @Override
    public boolean isTrue() {
        return false;
    }
}
