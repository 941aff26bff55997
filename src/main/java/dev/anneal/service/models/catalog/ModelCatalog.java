package dev.anneal.service.models.catalog;

import dev.anneal.service.models.hub.HubSource;
import dev.anneal.service.models.hub.HubSource.Located;
import dev.anneal.service.models.hub.ModelId;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The base models of this machine. A folder is inspected when first requested, and again when its files change. */
@Component
public final class ModelCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCatalog.class);
    private static final String PARAMETER = "model";

    private final ModelProperties properties;
    private final HubSource hub;
    private final Map<Key, Inspected> inspected = new ConcurrentHashMap<>();

    ModelCatalog(ModelProperties properties, HubSource hub) {
        this.properties = properties;
        this.hub = hub;
        try {
            BundledModel.unpack(properties.bundleDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The bundled model cannot be unpacked into anneal.models.bundle-dir, which is a folder that this"
                            + " process may write to and is "
                            + properties.bundleDirectory() + ": " + e,
                    e);
        }
    }

    /** The models that can be trained, by id. */
    public List<BaseModel> list() {
        return ids().stream().flatMap(id -> find(id).stream()).toList();
    }

    /** The model, if there is a readable one of this id. */
    public Optional<BaseModel> find(String id) {
        return located(id).map(located -> inspectOrNull(id, located));
    }

    /**
     * The model that a request names in {@code model}.
     *
     * @throws Refusal {@code model_not_available} if it does not exist or is not allowed, {@code base_model_unreadable}
     *     with the reason if its files are invalid, {@code service_unavailable} if they cannot be read at the moment
     */
    public BaseModel require(String id) {
        return usable(id, located(id).orElseThrow(() -> notAvailable(id)));
    }

    /**
     * The model at the revision that was used before.
     *
     * @param revision commit used; null in the operator's folder
     * @throws Refusal {@code base_model_changed} if this machine does not have it at that revision, otherwise as
     *     {@link #require(String)}
     */
    public BaseModel require(String id, @Nullable String revision) {
        Optional<Located> found = revision == null
                ? located(id).filter(located -> located.revision() == null)
                : hub.at(id, revision).filter(located -> isAllowed(id) && isModel(located.folder()));
        return usable(id, found.orElseThrow(() -> changed(id, revision)));
    }

    private static Refusal changed(String id, @Nullable String revision) {
        return new Refusal(
                RefusalCode.BASE_MODEL_CHANGED,
                "The base model '" + id + "' is not on this machine as it was in training: "
                        + (revision == null ? "in the operator's folder" : "at the commit " + revision)
                        + ". The operator can put it there (docs/base-models.md).",
                PARAMETER);
    }

    private BaseModel usable(String id, Located located) {
        Inspected result;
        try {
            result = inspect(id, located);
        } catch (IOException failure) {
            LOG.error("Base model '{}' in {} cannot be read", id, located.folder(), failure);
            throw new Refusal(
                    RefusalCode.SERVICE_UNAVAILABLE,
                    "The files of model '" + id + "' cannot be read at the moment. Try again.",
                    PARAMETER);
        }
        if (result.model() == null) {
            throw new Refusal(
                    RefusalCode.BASE_MODEL_UNREADABLE,
                    "Model '" + id + "' cannot be used: " + result.fault()
                            + ". The operator of this installation can repair it.",
                    PARAMETER);
        }
        return result.model();
    }

    private Refusal notAvailable(String id) {
        List<String> ids = ids();
        String available = ids.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
                "Model '" + id + "' is not available here." + ModelNames.didYouMean(id, ids) + " Available: "
                        + available
                        + ". The operator adds others as folders below anneal.models.dir, or from the Hub"
                        + " (docs/base-models.md).",
                PARAMETER);
    }

    private boolean isAllowed(String id) {
        return ModelId.isValid(id) && ModelId.isAllowed(id, properties.allowed());
    }

    /** The operator's folder comes before the Hub. */
    private Optional<Located> located(String id) {
        if (!isAllowed(id)) {
            return Optional.empty();
        }
        Path folder = id.equals(BaseModel.BUNDLED)
                ? properties.bundleDirectory()
                : properties.directory().resolve(id);
        if (isModel(folder)) {
            return Optional.of(new Located(folder, null));
        }
        return hub.newest(id).filter(found -> isModel(found.folder()));
    }

    /** A folder without a configuration belongs to an organisation or is unrelated. */
    private static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve("config.json"));
    }

    /** Ids of all models, including those that cannot be read. */
    public List<String> ids() {
        List<String> ids = new ArrayList<>(List.of(BaseModel.BUNDLED));
        for (String name : names(properties.directory())) {
            Path folder = properties.directory().resolve(name);
            if (isModel(folder)) {
                ids.add(name);
            } else {
                names(folder).forEach(model -> ids.add(name + "/" + model));
            }
        }
        ids.addAll(hub.ids());
        return ids.stream()
                .distinct()
                .filter(id -> located(id).isPresent())
                .sorted()
                .toList();
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> String.valueOf(child.getFileName()))
                    .toList();
        } catch (IOException unreadable) {
            LOG.warn("Models below {} are not listed because it cannot be read: {}", folder, unreadable.toString());
            return List.of();
        }
    }

    private @Nullable BaseModel inspectOrNull(String id, Located located) {
        try {
            return inspect(id, located).model();
        } catch (IOException failure) {
            LOG.error("Base model '{}' in {} cannot be read; it is left out", id, located.folder(), failure);
            return null;
        }
    }

    private Inspected inspect(String id, Located located) throws IOException {
        List<String> state = filesOf(located.folder());
        Key key = new Key(id, located.revision());
        Inspected known = inspected.get(key);
        if (known != null && known.state().equals(state) && known.located().equals(located)) {
            return known;
        }
        Inspected fresh = inspectAnew(id, located, state);
        inspected.put(key, fresh);
        return fresh;
    }

    private static Inspected inspectAnew(String id, Located located, List<String> state) throws IOException {
        try {
            BaseModel model = ModelInspector.inspect(id, located);
            LOG.info("Base model '{}' of {} parameters is available", id, model.parameters());
            return new Inspected(located, state, model, null);
        } catch (UnreadableModelException fault) {
            LOG.warn("Base model '{}' in {} is left out: {}", id, located.folder(), fault.getMessage());
            return new Inspected(located, state, null, fault.getMessage());
        }
    }

    /** Name, size and time of each file: while they are equal, there is nothing new to inspect. */
    private static List<String> filesOf(Path folder) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : (Iterable<Path>) children.sorted()::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(child, BasicFileAttributes.class);
                files.add(child.getFileName() + " " + attributes.size() + " " + attributes.lastModifiedTime());
            }
        }
        return files;
    }

    /** A model at a commit, or in the operator's folder. */
    private record Key(String id, @Nullable String revision) {}

    /** The result of an inspection: a model, or what is wrong with it. */
    private record Inspected(
            Located located,
            List<String> state,
            @Nullable BaseModel model,
            @Nullable String fault) {}
}
