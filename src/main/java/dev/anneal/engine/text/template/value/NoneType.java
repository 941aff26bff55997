package dev.anneal.engine.text.template.value;

/** Python's {@code None}. Null is not a value: it stands for a variable or an entry that does not exist. */
public enum NoneType {
    /** The only instance. */
    NONE
}
