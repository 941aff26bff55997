package dev.anneal.engine.text.template.value;

import java.util.ArrayList;
import java.util.List;

/** Python's ordered collections other than {@code list}: tuples, ranges and the views of a {@code dict}. */
public final class Sequence extends ArrayList<Object> {

    private final String typeName;

    private Sequence(String typeName, List<?> items) {
        super(items);
        this.typeName = typeName;
    }

    /** A collection of this type; a Java list if it is a {@code list}. */
    public static List<?> of(String typeName, List<?> items) {
        return typeName.equals("list") ? items : new Sequence(typeName, items);
    }

    /** Python's name of the type. */
    String typeName() {
        return typeName;
    }
}
