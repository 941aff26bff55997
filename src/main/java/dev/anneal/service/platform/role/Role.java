package dev.anneal.service.platform.role;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Role of a process of the service. */
public enum Role {
    /** Serves the HTTP API and validates datasets. */
    API,
    /** Claims work and runs it in engine processes; serves only health and metrics. */
    WORKER,
    /** Generates with base and tuned models in a separate engine process; serves the endpoints of generation. */
    INFERENCE,
    /** Brings the database's schema up to this version and ends; combines with no other role. */
    MIGRATE;

    private static final String PROPERTY = "anneal.roles";

    /** Default roles. */
    private static final List<Role> SERVING = List.of(API, WORKER, INFERENCE);

    /** The roles that {@code anneal.roles} names; all but {@code migrate} unless it is set. */
    public static Set<Role> in(Environment environment) {
        List<Role> named = Binder.get(environment)
                .bind(PROPERTY, Bindable.listOf(Role.class))
                .orElse(SERVING);
        if (named.isEmpty()) {
            throw new IllegalArgumentException(
                    PROPERTY + " must name at least one of api, worker and inference but is empty");
        }
        Set<Role> roles = EnumSet.copyOf(named);
        if (roles.contains(MIGRATE) && roles.size() > 1) {
            throw new IllegalArgumentException(
                    PROPERTY + " must name migrate alone, since its process ends, but is " + roles);
        }
        return roles;
    }
}
