package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.MapView;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The methods of {@code dict}, {@code list} and {@code tuple} that change nothing. */
final class ContainerMethods {

    static final Map<String, Builtin> MAP = Builtin.table(
            define("get", "key default", (self, arguments, environment) -> {
                Value found = map(self).item(MapValue.checkedKey(arguments.value("key"), environment.budget()));
                return found == null ? arguments.value("default", NoneValue.NONE) : found;
            }),
            define("keys", "", (self, arguments, environment) -> MapView.keys(map(self))),
            define("values", "", (self, arguments, environment) -> MapView.values(map(self))),
            define("items", "", (self, arguments, environment) -> MapView.items(map(self), environment.budget())),
            define("copy", "", (self, arguments, environment) -> self));

    static final Map<String, Builtin> LIST = Builtin.table(
            define("index", "value", (self, arguments, environment) -> {
                environment.budget().charge(self.weight());
                int position = items(self).indexOf(arguments.value("value"));
                if (position < 0) {
                    throw TemplateException.evaluation("the value is not in the " + self.typeName());
                }
                return NumberValue.of(position);
            }),
            define("count", "value", (self, arguments, environment) -> {
                environment.budget().charge(self.weight());
                return NumberValue.of(Collections.frequency(items(self), arguments.value("value")));
            }),
            define("copy", "", (self, arguments, environment) -> self));

    private ContainerMethods() {}

    private static MapValue map(Value self) {
        return (MapValue) self;
    }

    private static List<Value> items(Value self) {
        return ((ListValue) self).items();
    }
}
