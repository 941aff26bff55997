package dev.anneal.service.database;

import dev.anneal.service.database.DatabaseAccess.Login;
import org.springframework.core.env.Environment;

/** Access to a database of the user's own: Spring Boot's {@code spring.datasource} and {@code spring.flyway} properties. */
final class ConfiguredAccess {

    private static final String URL = "spring.datasource.url";

    private ConfiguredAccess() {}

    static boolean isConfigured(Environment environment) {
        return !environment.getProperty(URL, "").isEmpty();
    }

    /** The owner is {@code spring.flyway.user} where it is set, else the login of the service. */
    static DatabaseAccess from(Environment environment) {
        Login application = new Login(
                environment.getProperty("spring.datasource.username", "anneal"),
                environment.getProperty("spring.datasource.password", ""));
        String owner = environment.getProperty("spring.flyway.user", "");
        return new DatabaseAccess(
                environment.getRequiredProperty(URL),
                application,
                owner.isEmpty()
                        ? application
                        : new Login(owner, environment.getProperty("spring.flyway.password", "")));
    }
}
