package dev.anneal.engine.grade;

import java.util.List;
import java.util.Locale;

/** {@code string_check}: 1 if a text compares to another as it should, else 0. Texts are compared as they are, blanks included. */
record StringCheck(String name, Template input, Template reference, Operation operation) implements Grader {

    static final String TYPE = "string_check";

    /** How the texts must compare. */
    enum Operation {
        /** The input is the reference. */
        EQ,
        /** The input is not the reference. */
        NE,
        /** The input contains the reference. */
        LIKE,
        /** The input contains the reference, whatever the case of letters. */
        ILIKE;

        boolean holds(String input, String reference) {
            return switch (this) {
                case EQ -> input.equals(reference);
                case NE -> !input.equals(reference);
                case LIKE -> input.contains(reference);
                case ILIKE -> input.toLowerCase(Locale.ROOT).contains(reference.toLowerCase(Locale.ROOT));
            };
        }
    }

    static StringCheck read(GraderObject object, String name) {
        return new StringCheck(
                name,
                object.template("input"),
                object.template("reference"),
                object.choice("operation", Operation.class));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<ItemVariable> itemVariables() {
        return Template.itemVariables(name, List.of(input, reference));
    }

    @Override
    public List<Grade> grade(List<Sample> samples, Outside outside) {
        EachSample each = sample -> operation.holds(input.fill(sample), reference.fill(sample)) ? 1 : 0;
        return each.grade(name, samples);
    }
}
