package dev.anneal.service.role;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** A part that a process of the service may play. */
public enum Role {
    /** Serves the HTTP API and validates datasets. */
    API,
    /** Claims work and runs it in engine processes; serves health and metrics alone. */
    WORKER,
    /** Generates with base and tuned models, in an engine process of its own; serves the endpoints of generation. */
    INFERENCE;

    private static final String PROPERTY = "anneal.roles";

    /** The roles that {@code anneal.roles} names; all of them unless it is set. */
    public static Set<Role> in(Environment environment) {
        List<Role> named = Binder.get(environment)
                .bind(PROPERTY, Bindable.listOf(Role.class))
                .orElse(List.of(values()));
        if (named.isEmpty()) {
            throw new IllegalArgumentException(
                    PROPERTY + " must name at least one of api, worker and inference but is empty");
        }
        return EnumSet.copyOf(named);
    }
}
