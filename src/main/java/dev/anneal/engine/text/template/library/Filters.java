package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import java.util.HashMap;
import java.util.Map;

/** What can follow {@code |}. */
public final class Filters {

    private static final Map<String, Builtin> TABLE = new HashMap<>();

    static {
        TABLE.putAll(TextFilters.TABLE);
        TABLE.putAll(ValueFilters.TABLE);
        TABLE.putAll(SequenceFilters.TABLE);
        TABLE.putAll(SelectionFilters.TABLE);
        Builtin.alias(TABLE, "length", "count");
        Builtin.alias(TABLE, "default", "d");
        Builtin.alias(TABLE, "escape", "e", "forceescape");
    }

    private Filters() {}

    /** The filter of this name. */
    public static Builtin get(String name) {
        Builtin filter = TABLE.get(name);
        if (filter == null) {
            throw TemplateException.evaluation("No filter named '" + name + "'.");
        }
        return filter;
    }

    static boolean exists(String name) {
        return TABLE.containsKey(name);
    }
}
