package dev.anneal.service.models.hub;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Selects the files of a model to pull: those that the engine reads, none of which can hold a program. */
final class FileSelection {

    static final String CONFIG = "config.json";

    /** The first two are needed. */
    private static final List<String> DESCRIPTIONS = List.of(
            CONFIG,
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json",
            "generation_config.json",
            "preprocessor_config.json",
            "processor_config.json");

    private static final int NEEDED = 2;

    /** Larger than any description, including multilingual tokenizers. */
    private static final long MAX_DESCRIPTION_BYTES = 256L << 20;

    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}\\.safetensors");

    private FileSelection() {}

    /** All but the weights. */
    static List<HubFile> descriptions(HubRevision revision) throws HubException {
        List<HubFile> files = new ArrayList<>();
        for (String name : DESCRIPTIONS) {
            Optional<HubFile> file = revision.file(name);
            if (file.isEmpty() && DESCRIPTIONS.indexOf(name) < NEEDED) {
                throw missing(revision, name);
            }
            file.ifPresent(files::add);
        }
        if (revision.file(WeightDirectory.SINGLE_FILE).isEmpty()) {
            files.add(revision.file(WeightDirectory.INDEX)
                    .orElseThrow(
                            () -> missing(revision, WeightDirectory.SINGLE_FILE + " or " + WeightDirectory.INDEX)));
        }
        for (HubFile file : files) {
            if (file.bytes() > MAX_DESCRIPTION_BYTES) {
                throw new HubException(
                        HubException.Reason.BASE_MODEL_UNREADABLE,
                        "'" + file.name() + "' of '" + revision.id() + "' has " + file.bytes()
                                + " bytes, more than the " + MAX_DESCRIPTION_BYTES + " that such a file may have");
            }
        }
        return files;
    }

    /**
     * The weights: one file, or the shards that the index names.
     *
     * @param index the pulled index; not read if there is only one file
     */
    static List<HubFile> weights(HubRevision revision, Path index) throws IOException {
        Optional<HubFile> single = revision.file(WeightDirectory.SINGLE_FILE);
        if (single.isPresent()) {
            return List.of(single.get());
        }
        List<HubFile> shards = new ArrayList<>();
        for (String name : shardNames(revision, index)) {
            if (!SHARD.matcher(name).matches()) {
                throw new HubException(
                        HubException.Reason.BASE_MODEL_UNREADABLE,
                        "the index of '" + revision.id() + "' names '" + name
                                + "', which is not the name of a safetensors file");
            }
            shards.add(revision.file(name).orElseThrow(() -> missing(revision, name)));
        }
        return shards;
    }

    private static Set<String> shardNames(HubRevision revision, Path index) throws IOException {
        Set<String> names = new TreeSet<>();
        try {
            for (JsonNode name :
                    JsonMapper.shared().readTree(Files.readAllBytes(index)).path("weight_map")) {
                names.add(name.asString(""));
            }
        } catch (JacksonException invalid) {
            names.clear();
        }
        if (names.isEmpty()) {
            throw new HubException(
                    HubException.Reason.BASE_MODEL_UNREADABLE,
                    "the index of '" + revision.id() + "' must be a JSON object whose 'weight_map' names shards");
        }
        return names;
    }

    private static HubException missing(HubRevision revision, String name) {
        return new HubException(
                HubException.Reason.BASE_MODEL_UNREADABLE,
                "'" + revision.id() + "' has no " + name
                        + "; a model needs config.json, tokenizer.json and weights as safetensors");
    }
}
