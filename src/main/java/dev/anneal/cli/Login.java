package dev.anneal.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the service is and with which key: from the command line, the environment ({@code ANNEAL_URL},
 * {@code ANNEAL_API_KEY}), or what {@code anneal login} has kept in a file that only its owner may read.
 *
 * @param key null where the service asks for none
 */
public record Login(URI url, @Nullable String key) {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    private static final String DEFAULT_URL = "http://127.0.0.1:8080";

    /**
     * The first of these that is there, for each of the two. A kept key is only for the address that it was kept with.
     *
     * @throws IllegalArgumentException if the address is not one of a service
     */
    public static Login of(@Nullable String url, Map<String, String> environment) throws IOException {
        JsonNode kept = kept(environment);
        String keptUrl = kept.path("url").asString(DEFAULT_URL);
        String address = Objects.requireNonNull(first(url, environment.get("ANNEAL_URL"), keptUrl));
        String keptKey = withoutSlash(address).equals(withoutSlash(keptUrl))
                ? kept.path("key").asString(null)
                : null;
        return new Login(uri(address), first(environment.get("ANNEAL_API_KEY"), keptKey));
    }

    /** Keeps this for later commands. */
    public void keep(Map<String, String> environment) throws IOException {
        Path file = file(environment);
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(
                file,
                JsonMapper.shared()
                        .createObjectNode()
                        .put("url", url.toString())
                        .put("key", key)
                        .toString());
    }

    private static JsonNode kept(Map<String, String> environment) throws IOException {
        Path file = file(environment);
        try {
            return JsonMapper.shared().readTree(Files.exists(file) ? Files.readString(file) : "{}");
        } catch (JacksonException damaged) {
            throw new IOException("%s cannot be read; 'anneal login' writes it anew".formatted(file), damaged);
        }
    }

    private static URI uri(String address) {
        try {
            URI uri = URI.create(withoutSlash(address));
            if (SCHEMES.contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            // As what has no host.
        }
        throw new IllegalArgumentException(
                "'%s' is no address of a service; give one such as https://anneal.example.com".formatted(address));
    }

    static Path file(Map<String, String> environment) {
        String folder = environment.get("XDG_CONFIG_HOME");
        Path configuration = folder == null ? Path.of(System.getProperty("user.home"), ".config") : Path.of(folder);
        return configuration.resolve("anneal").resolve("login.json");
    }

    private static String withoutSlash(String address) {
        return address.replaceAll("/+$", "");
    }

    private static @Nullable String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }
}
