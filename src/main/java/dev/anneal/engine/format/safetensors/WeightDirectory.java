package dev.anneal.engine.format.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a Hugging Face directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names. Index and shards must agree about every tensor. The tensors of the
 * language model in a multimodal checkpoint are named as if it were alone, see {@link TextNames}.
 */
public final class WeightDirectory implements AutoCloseable {

    public static final String SINGLE_FILE = "model.safetensors";
    public static final String INDEX = "model.safetensors.index.json";

    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

    private final Path directory;
    private final List<SafetensorsFile> files;
    private final Map<String, SafetensorsFile> fileOfTensor;
    private final Map<String, String> storedNames;

    private WeightDirectory(Path directory, List<SafetensorsFile> stored) {
        this.directory = directory;
        this.files = stored.stream()
                .map(file -> file.renamed(TextNames::withinLanguageModel))
                .toList();
        this.fileOfTensor = new LinkedHashMap<>();
        this.storedNames = new HashMap<>();
        for (SafetensorsFile file : files) {
            file.tensors().keySet().forEach(name -> {
                if (fileOfTensor.put(name, file) != null) {
                    throw new SafetensorsException(
                            directory, "tensor '" + name + "' is there twice, under two spellings of its name");
                }
            });
        }
        for (SafetensorsFile file : stored) {
            file.tensors().keySet().forEach(name -> storedNames.put(TextNames.withinLanguageModel(name), name));
        }
    }

    /**
     * @throws SafetensorsException if the directory has no safetensors, or they are inconsistent
     * @throws IOException if they cannot be read
     */
    public static WeightDirectory open(Path directory) throws IOException {
        if (Files.exists(directory.resolve(SINGLE_FILE))) {
            return openFile(directory);
        }
        Path index = directory.resolve(INDEX);
        if (!Files.exists(index)) {
            throw new SafetensorsException(directory, absence(directory));
        }
        return openShards(directory, index);
    }

    private static WeightDirectory openFile(Path directory) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(directory.resolve(SINGLE_FILE));
        try {
            return new WeightDirectory(directory, List.of(file));
        } catch (SafetensorsException e) {
            closeAll(List.of(file), e);
            throw e;
        }
    }

    private static String absence(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return "is no directory";
        }
        String wanted = "must hold " + SINGLE_FILE + " or " + INDEX;
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> PICKLES.stream().anyMatch(name::endsWith))
                    .sorted()
                    .findFirst()
                    .map(pickle -> wanted + " but has only pickled weights (" + pickle
                            + "), which are refused because loading them runs code; save the model with"
                            + " save_pretrained(safe_serialization=True)")
                    .orElse(wanted + " but has neither");
        }
    }

    private static WeightDirectory openShards(Path directory, Path index) throws IOException {
        Map<String, String> shardOfTensor = ShardIndex.read(index);
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        try {
            for (String shard : new TreeSet<>(shardOfTensor.values())) {
                if (!Files.exists(directory.resolve(shard))) {
                    throw new SafetensorsException(index, "names the shard '" + shard + "', which is missing");
                }
                shards.put(shard, SafetensorsFile.open(directory.resolve(shard)));
            }
            requireAgreement(index, shardOfTensor, shards);
            return new WeightDirectory(directory, List.copyOf(shards.values()));
        } catch (IOException | RuntimeException e) {
            closeAll(shards.values(), e);
            throw e;
        }
    }

    private static void requireAgreement(
            Path index, Map<String, String> shardOfTensor, Map<String, SafetensorsFile> shards) {
        shardOfTensor.forEach((tensor, shard) -> {
            @Nullable SafetensorsFile file = shards.get(shard);
            if (file == null || !file.tensors().containsKey(tensor)) {
                throw new SafetensorsException(
                        index, "says that tensor '" + tensor + "' is in '" + shard + "', which does not hold it");
            }
        });
        Set<String> seen = new HashSet<>();
        shards.forEach((shard, file) -> {
            for (String tensor : file.tensors().keySet()) {
                if (!shardOfTensor.containsKey(tensor)) {
                    throw new SafetensorsException(
                            index, "does not name tensor '" + tensor + "', which '" + shard + "' holds");
                }
                if (!seen.add(tensor)) {
                    throw new SafetensorsException(index, "tensor '" + tensor + "' is in two shards");
                }
            }
        });
    }

    private static void closeAll(Iterable<SafetensorsFile> files, @Nullable Exception reason) throws IOException {
        @Nullable IOException failure = null;
        for (SafetensorsFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null && reason != null) {
            reason.addSuppressed(failure);
        } else if (failure != null) {
            throw failure;
        }
    }

    public Path directory() {
        return directory;
    }

    /** The weight files, by name. */
    public List<SafetensorsFile> files() {
        return files;
    }

    /** Names of all tensors, file by file in the order of their offsets. */
    public Set<String> names() {
        return Collections.unmodifiableSet(fileOfTensor.keySet());
    }

    /**
     * The name of a tensor in its file.
     *
     * @throws SafetensorsException if there is no such tensor
     */
    public String storedName(String tensor) {
        @Nullable String stored = storedNames.get(tensor);
        if (stored == null) {
            throw absent(tensor);
        }
        return stored;
    }

    public boolean contains(String tensor) {
        return fileOfTensor.containsKey(tensor);
    }

    /** @throws SafetensorsException if there is no such tensor */
    public SafetensorsFile fileOf(String tensor) {
        @Nullable SafetensorsFile file = fileOfTensor.get(tensor);
        if (file == null) {
            throw absent(tensor);
        }
        return file;
    }

    private SafetensorsException absent(String tensor) {
        return new SafetensorsException(directory, "has no tensor '" + tensor + "'");
    }

    /** @throws SafetensorsException if there is no such tensor */
    public TensorEntry entry(String tensor) {
        return fileOf(tensor).entry(tensor);
    }

    @Override
    public void close() throws IOException {
        closeAll(files, null);
    }
}
