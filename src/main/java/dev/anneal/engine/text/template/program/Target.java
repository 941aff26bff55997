package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NamespaceValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;

/** What a value can be assigned to. */
public sealed interface Target {

    /** Assigns it. */
    void assign(Value value, Context context);

    /** A variable of the current block. */
    record Variable(String name) implements Target {

        @Override
        public void assign(Value value, Context context) {
            context.set(name, value);
        }
    }

    /** An attribute of a namespace. */
    record NamespaceAttribute(String namespace, String name) implements Target {

        @Override
        public void assign(Value value, Context context) {
            if (!(context.variable(namespace) instanceof NamespaceValue found)) {
                throw TemplateException.evaluation("cannot assign attribute on non-namespace object");
            }
            found.set(name, value, context.budget());
        }
    }

    /** Several targets, one for each element of the value. */
    record Several(List<Target> targets) implements Target {

        @Override
        public void assign(Value value, Context context) {
            List<Value> values = ListValue.itemsOf(value, context.budget());
            if (values.size() != targets.size()) {
                throw TemplateException.evaluation(
                        "cannot unpack " + values.size() + " values into " + targets.size() + " variables");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(values.get(i), context);
            }
        }
    }
}
