package dev.anneal.service.platform.postgres;

import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The logins of the embedded server, with generated passwords in a file that only the service's user may read: every
 * user of the host can reach the server on the loopback address.
 *
 * @param administrator superuser, for setting the server up
 * @param owner owns the tables and migrates them
 * @param application the running service
 */
public record EmbeddedLogins(Login administrator, Login owner, Login application) {

    private static final int PASSWORD_BYTES = 24;

    public static EmbeddedLogins generate() {
        return new EmbeddedLogins(
                new Login("postgres", password()),
                new Login("anneal_owner", password()),
                new Login("anneal", password()));
    }

    static EmbeddedLogins read(Path file) throws IOException {
        Properties passwords = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            passwords.load(in);
        }
        return new EmbeddedLogins(
                login(passwords, "postgres", file),
                login(passwords, "anneal_owner", file),
                login(passwords, "anneal", file));
    }

    void write(Path file) throws IOException {
        Properties passwords = new Properties();
        passwords.setProperty(administrator.name(), administrator.password());
        passwords.setProperty(owner.name(), owner.password());
        passwords.setProperty(application.name(), application.password());
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            passwords.store(out, "Passwords of the embedded PostgreSQL");
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Creates the logins of owner and application, and the database {@code anneal}. */
    public void createOn(JdbcClient server) {
        create(server, owner, "CREATEROLE");
        // It gets rights only from the roles that it sets, not by inheritance.
        create(server, application, "NOINHERIT");
        server.sql("CREATE DATABASE anneal OWNER " + owner.name()).update();
    }

    /** Statements of this kind take no parameters; the password is hexadecimal. */
    private static void create(JdbcClient server, Login login, String attributes) {
        server.sql("CREATE ROLE %s LOGIN %s PASSWORD '%s'".formatted(login.name(), attributes, login.password()))
                .update();
    }

    private static Login login(Properties passwords, String name, Path file) throws IOException {
        String password = passwords.getProperty(name);
        if (password == null) {
            throw new IOException("%s must hold a password for %s".formatted(file, name));
        }
        return new Login(name, password);
    }

    private static String password() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
