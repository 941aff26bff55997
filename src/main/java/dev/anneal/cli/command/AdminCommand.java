package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Projects, their keys and the audit log, for administrators. */
@Command(name = "admin", description = "Projects, keys, limits and the audit log, for administrators.")
public final class AdminCommand {

    private static final String PROJECTS = "/v1/organization/projects";
    private static final long SECONDS_OF_A_DAY = 86_400;

    /** Ten years, the longest that the service keeps a key that expires. */
    private static final long MOST_DAYS = 3650;

    @ParentCommand
    private Cli cli;

    @Command(name = "projects", description = "List projects.")
    int projects() throws IOException {
        List<JsonNode> projects = cli.api().list(PROJECTS, Integer.MAX_VALUE);
        Table table = new Table("PROJECT", "NAME", "CREATED");
        projects.forEach(project ->
                table.row(text(project.path("id")), text(project.path("name")), time(project.path("created_at"))));
        return show(projects, table);
    }

    @Command(name = "create-project", description = "Create a project, which is a tenant.")
    int createProject(
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--id",
                            description = "As it stands in the names of models; made from a random number by default.")
                    @Nullable
                    String id)
            throws IOException {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("name", name);
        if (id != null) {
            request.put("id", id);
        }
        JsonNode project = cli.api().post(PROJECTS, request);
        cli.print(project, () -> cli.out().println(text(project.path("id"))));
        return 0;
    }

    @Command(name = "keys", description = "List a project's keys.")
    int keys(@Parameters(paramLabel = "PROJECT") String project) throws IOException {
        List<JsonNode> keys = cli.api().list(keysOf(project), Integer.MAX_VALUE);
        Table table = new Table("KEY", "NAME", "VALUE", "LAST USED", "EXPIRES");
        keys.forEach(key -> table.row(
                text(key.path("id")),
                text(key.path("name")),
                text(key.path("redacted_value")),
                time(key.path("last_used_at")),
                time(key.path("expires_at"))));
        return show(keys, table);
    }

    @Command(name = "create-key", description = "Create a key for a project and print it; it is not shown again.")
    int createKey(
            @Parameters(index = "0", paramLabel = "PROJECT") String project,
            @Parameters(index = "1", paramLabel = "NAME") String name,
            @Option(names = "--scope", paramLabel = "SCOPE", description = "Repeat for several; all by default.")
                    @Nullable
                    List<String> scopes,
            @Option(names = "--days", description = "Days until it expires, 1 to 3650; never by default.") @Nullable
                    Long days)
            throws IOException {
        if (days != null && (days < 1 || days > MOST_DAYS)) {
            throw cli.wrongLine("--days is %d, but must be from 1 to %d; without it the key does not expire"
                    .formatted(days, MOST_DAYS));
        }
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("name", name);
        if (scopes != null) {
            scopes.forEach(request.putArray("scopes")::add);
        }
        if (days != null) {
            request.put("expires_in_seconds", days * SECONDS_OF_A_DAY);
        }
        JsonNode key = cli.api().post(keysOf(project), request);
        cli.print(key, () -> cli.out().println(text(key.path("value"))));
        return 0;
    }

    @Command(name = "delete-key", description = "Delete a project's key.")
    int deleteKey(
            @Parameters(index = "0", paramLabel = "PROJECT") String project,
            @Parameters(index = "1", paramLabel = "KEY_ID") String key)
            throws IOException {
        JsonNode answer = cli.api().delete(keysOf(project) + "/" + AnnealApi.encoded(key));
        cli.print(answer, () -> cli.out().println("Deleted " + key));
        return 0;
    }

    @Command(name = "quota", description = "Show a project's limits and use as JSON.")
    int quota(@Parameters(paramLabel = "PROJECT") String project) throws IOException {
        cli.out()
                .println(cli.api()
                        .get(PROJECTS + "/" + AnnealApi.encoded(project) + "/quota")
                        .toPrettyString());
        return 0;
    }

    @Command(name = "audit", description = "Print the audit log, newest first.")
    int audit(@Option(names = "--limit", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.") int limit)
            throws IOException {
        List<JsonNode> entries = cli.api().list("/v1/organization/audit_logs", limit);
        Table table = new Table("TIME", "WHAT", "SUBJECT", "PROJECT");
        entries.forEach(entry -> table.row(
                time(entry.path("effective_at")),
                text(entry.path("type")),
                text(entry.path(text(entry.path("type"))).path("id")),
                text(entry.path("project").path("id"))));
        return show(entries, table);
    }

    private int show(List<JsonNode> items, Table table) {
        cli.print(JsonNodeFactory.instance.arrayNode().addAll(items), () -> table.print(cli.out()));
        return 0;
    }

    private static String keysOf(String project) {
        return PROJECTS + "/" + AnnealApi.encoded(project) + "/api_keys";
    }
}
