package dev.anneal.service.platform.startup;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.role.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.Ssl;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Logs one entry when the service has started: its roles, its addresses, and the notes of the modules. Scripts that
 * start the service on free ports read the ports from it.
 */
@Component
final class StartReport {

    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    private final Environment environment;
    private final ObjectProvider<StartNote> notes;

    StartReport(Environment environment, ObjectProvider<StartNote> notes) {
        this.environment = environment;
        this.notes = notes;
    }

    @EventListener(ApplicationReadyEvent.class)
    void started() {
        LOG.info("Anneal is ready\n{}", String.join("\n", lines()));
    }

    List<String> lines() {
        String api = address("server", environment.getProperty("local.server.port"));
        List<StartNote> all = new ArrayList<>();
        all.add(StartNote.of("Roles", roles()));
        if (api != null) {
            all.add(StartNote.of("API", api));
        }
        String management = management(api);
        if (management != null) {
            all.add(StartNote.of("Health", management + "/health"));
        }
        notes.orderedStream().forEach(all::add);
        int width = all.stream().mapToInt(note -> note.name().length()).max().orElse(0);
        return all.stream()
                .map(note -> note.name()
                        + " ".repeat(width + 2 - note.name().length())
                        + note.text().apply(api == null ? "" : api))
                .toList();
    }

    private String roles() {
        return Role.in(environment).stream().map(WireName::of).collect(Collectors.joining(", "));
    }

    /** Address of the actuator, which has the API's port unless it is given its own. */
    private @Nullable String management(@Nullable String api) {
        String port = environment.getProperty("local.management.port");
        String own = address("management.server", port);
        boolean shares = own == null || port == null || port.equals(environment.getProperty("local.server.port"));
        String address = shares ? api : own;
        return address == null
                ? null
                : address + environment.getProperty("management.endpoints.web.base-path", "/actuator");
    }

    /**
     * Address of a web server, or null if there is none.
     *
     * @param settings prefix of its settings
     */
    private @Nullable String address(String settings, @Nullable String port) {
        if (port == null || Integer.parseInt(port) <= 0) {
            return null;
        }
        boolean isEncrypted = Ssl.isEnabled(
                Binder.get(environment).bind(settings + ".ssl", Ssl.class).orElse(null));
        String path = settings.equals("server")
                ? environment.getProperty("server.servlet.context-path", "")
                : environment.getProperty(settings + ".base-path", "");
        return (isEncrypted ? "https://" : "http://") + host(environment.getProperty(settings + ".address")) + ":"
                + port + path;
    }

    /** This machine's host name if the server listens on every address. */
    private static String host(@Nullable String configured) {
        try {
            if (configured == null || InetAddress.getByName(configured).isAnyLocalAddress()) {
                return "localhost";
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a web server listens on an address that is not known", e);
        }
        return configured.contains(":") && !configured.startsWith("[") ? "[" + configured + "]" : configured;
    }
}
