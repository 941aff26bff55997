package dev.anneal.service.platform.startup;

import java.util.Objects;

/** The build that runs. */
public final class Build {

    private static final String UNPACKAGED = "development";

    private Build() {}

    /** The version in the jar's manifest; {@code development} for classes that are not in a jar. */
    public static String version() {
        return Objects.requireNonNullElse(Build.class.getPackage().getImplementationVersion(), UNPACKAGED);
    }
}
