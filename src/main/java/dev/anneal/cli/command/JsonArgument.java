package dev.anneal.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** JSON on the command line, or in a file that it names. */
final class JsonArgument {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FILE = "@";

    private JsonArgument() {}

    /** The value of {@code text}: JSON, or else the text itself; {@code @} before the name of a file reads the file. */
    static JsonNode value(String text) throws IOException {
        if (text.startsWith(FILE)) {
            Path file = Path.of(text.substring(FILE.length()));
            return file.toString().endsWith(".json") ? of(file) : valueOrText(Files.readString(file));
        }
        return valueOrText(text);
    }

    /**
     * The content of a file.
     *
     * @throws IOException with the place of the fault if it is not JSON
     */
    static JsonNode of(Path file) throws IOException {
        return parsed(file.toString(), Files.readString(file));
    }

    /** As {@link #of}, of text that {@code name} tells where it stands. */
    static JsonNode parsed(String name, String text) throws IOException {
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            throw new IOException(
                    "%s is not JSON: line %d, column %d: %s"
                            .formatted(
                                    name,
                                    notJson.getLocation().getLineNr(),
                                    notJson.getLocation().getColumnNr(),
                                    notJson.getOriginalMessage()),
                    notJson);
        }
    }

    /** As {@link #of}, for files that must hold an object. */
    static ObjectNode object(Path file) throws IOException {
        if (of(file) instanceof ObjectNode object) {
            return object;
        }
        throw new IOException(file + " must hold a JSON object");
    }

    private static JsonNode valueOrText(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return StringNode.valueOf(text);
        }
    }
}
