package dev.anneal.service.access.tenant;

import dev.anneal.protocol.WireName;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Scopes of credentials. None includes another: reading and writing need both. */
public enum Scope implements WireName {
    /** Lists files and reads their content. */
    FILES_READ,
    /** Uploads and deletes files. */
    FILES_WRITE,
    /** Reads jobs, exports and evaluations with their history, and estimates jobs. */
    JOBS_READ,
    /** Creates and controls jobs, exports and evaluations, and runs graders. */
    JOBS_WRITE,
    /** Lists models and downloads weights. */
    MODELS_READ,
    /** Deletes tuned models and shares them. */
    MODELS_WRITE,
    /** Generates text. */
    INFERENCE,
    /** Lists webhooks and their deliveries. */
    WEBHOOKS_READ,
    /** Creates, changes and deletes webhooks. */
    WEBHOOKS_WRITE,
    /** Changes the base models of the installation and their commits. */
    INSTALLATION_WRITE,
    /** Manages projects, keys and quotas, and reads the audit log. */
    ADMIN;

    /** The scope with this name in the API. */
    public static Optional<Scope> named(String wireName) {
        return WireName.find(Scope.class, wireName);
    }

    /** Scopes beyond one tenant: those of administrators' keys. */
    public static Set<Scope> ofAdministrators() {
        return Collections.unmodifiableSet(EnumSet.of(INSTALLATION_WRITE, ADMIN));
    }

    /** All but {@link #ofAdministrators}: everything that a tenant can do with its own objects. */
    public static Set<Scope> ofTenants() {
        return Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.copyOf(ofAdministrators())));
    }

    /** Scopes of local requests to an installation without keys: all but {@link #ADMIN}. */
    static Set<Scope> ofLocals() {
        return Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(ADMIN)));
    }

    /** Their names in a list, such as {@code files:read, files:write}. */
    public static String list(Collection<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::wireName).collect(Collectors.joining(", "));
    }

    /** Name in keys and tokens: {@code files:read}. */
    @Override
    public String wireName() {
        return WireName.super.wireName().replace('_', ':');
    }
}
