package dev.anneal.service.platform.database;

import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.env.Environment;

/** Access to a configured database: Spring Boot's {@code spring.datasource} and {@code spring.flyway} properties. */
final class ConfiguredAccess {

    private static final String URL = "spring.datasource.url";

    private ConfiguredAccess() {}

    static boolean isConfigured(Environment environment) {
        return !environment.getProperty(URL, "").isEmpty();
    }

    /** Access to a server that Spring Boot has found, such as a container in development. */
    static DatabaseAccess from(JdbcConnectionDetails details) {
        Login login = new Login(
                Objects.requireNonNullElse(details.getUsername(), "anneal"),
                Objects.requireNonNullElse(details.getPassword(), ""));
        return new DatabaseAccess(details.getJdbcUrl(), login, login, false);
    }

    /** Whether the driver accepts the address. */
    private static boolean isUsable(String url) {
        try {
            DriverManager.getDriver(url);
            return true;
        } catch (SQLException noDriverTakesIt) {
            return false;
        }
    }

    /** The owner is {@code spring.flyway.user} if set, otherwise the login of the service. */
    static DatabaseAccess from(Environment environment) {
        Login application = new Login(
                environment.getProperty("spring.datasource.username", "anneal"),
                environment.getProperty("spring.datasource.password", ""));
        String url = environment.getRequiredProperty(URL);
        if (!isUsable(url)) {
            throw new StartRefusedException(
                    "spring.datasource.url is not an address of a PostgreSQL. It is not shown, because it may contain"
                            + " a password.",
                    "Set it to jdbc:postgresql://host:port/database, and the login to spring.datasource.username and"
                            + " spring.datasource.password.");
        }
        String owner = environment.getProperty("spring.flyway.user", "");
        return new DatabaseAccess(
                url,
                application,
                owner.isEmpty() ? application : new Login(owner, environment.getProperty("spring.flyway.password", "")),
                false);
    }
}
