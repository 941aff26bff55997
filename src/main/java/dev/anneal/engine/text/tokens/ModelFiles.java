package dev.anneal.engine.text.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.engine.text.fault.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the small files of a model directory, with size limits. Messages name file and model but no path of this
 * machine.
 */
record ModelFiles(Path directory) {

    private static final long CONFIG_BYTES = 8L << 20;

    /** A JSON object; empty if the file does not exist. */
    JsonNode optionalJson(String name) {
        String text = optionalText(name);
        try {
            JsonNode node = text == null
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(text);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw unreadable(name, "is not JSON: it holds " + JsonFault.of(e), e);
        }
        throw unreadable(name, "must hold one JSON object", null);
    }

    /** A text; null if the file does not exist. */
    @Nullable
    String optionalText(String name) {
        return Files.isRegularFile(directory.resolve(name)) ? new String(bytes(name, CONFIG_BYTES), UTF_8) : null;
    }

    /** The content of a required file. */
    byte[] bytes(String name, long limit) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw unreadable(name, "is missing", null);
        }
        try {
            long size = Files.size(file);
            if (size > limit) {
                throw unreadable(name, "has %,d bytes, at most %,d are read".formatted(size, limit), null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(name, "cannot be read", e);
        }
    }

    DataException unreadable(String name, String problem, @Nullable Throwable cause) {
        String message = "%s of model '%s' %s".formatted(name, directory.getFileName(), problem);
        return new DataException(DataException.Code.BASE_MODEL_UNREADABLE, message, cause);
    }
}
