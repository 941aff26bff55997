package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.json.JsonFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** {@code model.safetensors.index.json}: which shard of a directory holds which tensor. */
final class ShardIndex {

    /** A shard is a plain file name: no folder, no parent, nothing hidden. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors");

    private static final int MAX_TENSORS = 1_000_000;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ShardIndex() {}

    /**
     * Shard by tensor.
     *
     * @throws SafetensorsException if the file is not a valid index or names a shard outside its folder
     */
    static Map<String, String> read(Path file) throws IOException {
        if (Files.size(file) > SafetensorsFile.MAX_HEADER_BYTES) {
            throw new SafetensorsException(
                    file, "an index may have at most " + SafetensorsFile.MAX_HEADER_BYTES + " bytes");
        }
        Map<String, String> shards = new LinkedHashMap<>();
        try (InputStream bytes = Files.newInputStream(file);
                JsonParser tokens = JSON.createParser(
                        ObjectReadContext.empty(), new InputStreamReader(bytes, UTF_8.newDecoder()))) {
            expect(file, tokens.nextToken() == JsonToken.START_OBJECT, "the index must be a JSON object");
            for (String key = tokens.nextName(); key != null; key = tokens.nextName()) {
                tokens.nextToken();
                if (key.equals("weight_map")) {
                    readMap(file, tokens, shards);
                } else {
                    tokens.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new SafetensorsException(file, "the index is not valid JSON: " + JsonFault.of(e), e);
        }
        expect(file, !shards.isEmpty(), "the index must have a 'weight_map' from tensors to shards");
        return shards;
    }

    private static void readMap(Path file, JsonParser tokens, Map<String, String> shards) {
        expect(file, tokens.currentToken() == JsonToken.START_OBJECT, "'weight_map' must be an object");
        for (String tensor = tokens.nextName(); tensor != null; tensor = tokens.nextName()) {
            expect(file, tokens.nextToken() == JsonToken.VALUE_STRING, "'" + tensor + "' must name its shard");
            String shard = tokens.getString();
            expect(
                    file,
                    SHARD.matcher(shard).matches(),
                    "'" + tensor + "' names the shard '" + shard
                            + "', which is no name of a safetensors file in this folder");
            expect(file, shards.size() < MAX_TENSORS, "an index may name at most " + MAX_TENSORS + " tensors");
            shards.put(tensor, shard);
        }
    }

    private static void expect(Path file, boolean holds, String message) {
        if (!holds) {
            throw new SafetensorsException(file, message);
        }
    }
}
