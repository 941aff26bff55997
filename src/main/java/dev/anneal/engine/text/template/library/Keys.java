package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** What filters sort, group and pick by: the argument {@code attribute}, and texts in lower case unless {@code case_sensitive} is set. */
final class Keys {

    /** A value with the key that it is compared by. */
    record Keyed(Value key, Value value) {}

    private Keys() {}

    /** The value, or what its {@code attribute} leads to. */
    static Value attribute(Value value, BoundArguments arguments, Environment environment) {
        return arguments.has("attribute") ? Access.path(value, arguments.value("attribute"), environment) : value;
    }

    /** The value or attribute to compare by. */
    static UnaryOperator<Value> comparable(BoundArguments arguments, Environment environment) {
        UnaryOperator<Value> folded = folded(arguments, environment);
        return value -> folded.apply(attribute(value, arguments, environment));
    }

    /** Texts without their case. */
    static UnaryOperator<Value> folded(BoundArguments arguments, Environment environment) {
        boolean isSensitive = arguments.flag("case_sensitive");
        return value -> !isSensitive && value instanceof TextValue text
                ? environment.text(text.string().toLowerCase(Locale.ROOT))
                : value;
    }

    /** The values in the order of their keys; equal ones keep their order. */
    static List<Value> sorted(List<Value> values, UnaryOperator<Value> key, boolean reverse, Environment environment) {
        List<Keyed> keyed = new ArrayList<>(environment.budget().elements(values.size()));
        for (Value value : values) {
            keyed.add(new Keyed(key.apply(value), value));
        }
        chargeSort(keyed, environment.budget());
        keyed.sort((left, right) -> {
            int order = left.key().compare(right.key());
            return reverse ? -order : order;
        });
        return new ArrayList<>(keyed.stream().map(Keyed::value).toList());
    }

    private static void chargeSort(List<Keyed> keyed, Budget budget) {
        int comparisonsOfEach = Integer.SIZE - Integer.numberOfLeadingZeros(keyed.size());
        keyed.forEach(each -> budget.charge(each.key().weight() * comparisonsOfEach));
    }

    /**
     * What {@code sort} compares: a list of the attributes that it is given separated by commas. It is a list for a single one as well, since lists compare
     * equal elements of any type.
     */
    static UnaryOperator<Value> sortKey(BoundArguments arguments, Environment environment) {
        UnaryOperator<Value> folded = folded(arguments, environment);
        if (!(arguments.value("attribute", NoneValue.NONE) instanceof TextValue attributes)) {
            return value -> ListValue.list(List.of(folded.apply(attribute(value, arguments, environment))));
        }
        List<Value> paths = Texts.split(attributes.string(), ",", -1, environment);
        return value -> ListValue.list(paths.stream()
                .map(path -> folded.apply(Access.path(value, path, environment)))
                .toList());
    }
}
