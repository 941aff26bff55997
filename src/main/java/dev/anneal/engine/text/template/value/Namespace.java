package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.Map;

/** The result of {@code namespace()}: the only mutable value, with which loops can pass values on. */
public record Namespace(Map<String, Object> attributes) {

    /** Sets an attribute. */
    public void set(String name, Object value, Budget budget) {
        String hidden = "the attribute '%s' of a namespace must not begin with an underscore";
        TemplateException.check(!name.startsWith("_"), hidden, name);
        if (attributes.put(name, value) == null) {
            budget.elements(1);
        }
    }
}
