package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An AFA-LoRA adapter of a model: fp32 masters that are trained, and copies in the model's precision for the decoder.
 * Not thread-safe, but results of {@link #apply} are. Closed by its owner.
 */
public final class Adapter implements AutoCloseable {

    private final AdapterConfig config;
    private final AdapterLayout layout;
    private final TensorScope scope;
    private final Program program;
    private final Tensor a;
    private final Tensor b;
    private final List<Tensor> matricesOfB;
    private final Tensor appliedA;
    private final Tensor appliedB;
    private final List<Tensor> appliedMatricesOfB;
    private final AppliedAdapter applied;

    /**
     * With A and B zero.
     *
     * @param owner ends after the adapter
     */
    Adapter(TensorScope owner, ElementType precision, AdapterConfig config, AdapterLayout layout) {
        this.config = config;
        this.layout = layout;
        this.scope = owner.child();
        this.program = Program.load(scope, "adapter", "Adapter", Map.of());
        this.a = scope.zeros(ElementType.FLOAT32, layout.elementsOfA());
        this.b = scope.zeros(ElementType.FLOAT32, layout.elementsOfB());
        this.matricesOfB = views(scope, b, layout.rowsOfB(), layout.columnsOfB());
        this.appliedA = scope.zeros(precision, layout.elementsOfA());
        this.appliedB = scope.zeros(precision, hasSigns() ? layout.elementsOfB() : layout.elementsOfBlocks());
        this.appliedMatricesOfB = hasSigns()
                ? views(scope, appliedB, layout.rowsOfB(), layout.columnsOfB())
                : views(scope, appliedB, layout.rowsOfBlocks(), layout.rowsOfA());
        List<Tensor> matricesOfA = views(scope, appliedA, layout.rowsOfA(), layout.columnsOfA());
        this.applied = new AppliedAdapter(
                withSigns(precision, byLayer(matricesOfA, appliedMatricesOfB)),
                layout.parts(),
                config.scale(),
                config.activation().kind(),
                0,
                AdapterDropout.NONE);
    }

    /**
     * A new adapter: A drawn from {@code seed}, B zero, so that the layers answer as before at any beta.
     *
     * @param owner ends after the adapter
     */
    public static Adapter create(
            TensorScope owner, ElementType precision, LayerShape shape, AdapterConfig config, long seed) {
        Adapter adapter = new Adapter(owner, precision, config, new AdapterLayout(config, shape));
        for (AdapterLayout.Slot slot : adapter.layout.slots()) {
            adapter.a.overwrite(slot.beginOfA(), AdapterInitializer.valuesOfA(slot, seed));
        }
        return adapter;
    }

    /**
     * An adapter from a safetensors file with PEFT's tensor names.
     *
     * @throws AdapterFileException if the file's tensors are not exactly those of {@code config}
     */
    public static Adapter load(DecoderModel model, AdapterConfig config, Path file) throws IOException {
        return load(model.scope(), model.precision(), model.config(), config, file);
    }

    /**
     * As above, of layers that are no model.
     *
     * @param owner ends after the adapter
     */
    public static Adapter load(
            TensorScope owner, ElementType precision, LayerShape shape, AdapterConfig config, Path file)
            throws IOException {
        Adapter adapter = new Adapter(owner, precision, config, new AdapterLayout(config, shape));
        try {
            adapter.restore(file);
            return adapter;
        } catch (IOException | RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /** Writes the masters as a safetensors file of F32 tensors with PEFT's names. */
    public void save(Path file) throws IOException {
        TensorPart.write(file, parts(a, b));
    }

    public AdapterConfig config() {
        return config;
    }

    /** fp32 masters of all A, flat. */
    public Tensor a() {
        return a;
    }

    /** fp32 masters of all B, flat. */
    public Tensor b() {
        return b;
    }

    /** The matrices in flat tensors with the masters' layout, with PEFT's names. */
    List<TensorPart> parts(Tensor flatA, Tensor flatB) {
        List<TensorPart> parts = new ArrayList<>();
        for (AdapterLayout.Slot slot : layout.slots()) {
            parts.add(new TensorPart(slot.nameOfA(), slot.shapeOfA(), flatA, slot.beginOfA()));
            parts.add(new TensorPart(slot.nameOfB(), slot.shapeOfB(), flatB, slot.beginOfB()));
        }
        return parts;
    }

    /**
     * The adapter with its current values, at a beta. Overwrites the copies shared with earlier results of this method,
     * which must no longer be in use.
     */
    public AppliedAdapter apply(double beta, AdapterDropout dropout) {
        program.call(scope, "overwrite", appliedA, a).close();
        applyB().close();
        return applied.with(beta, dropout);
    }

    /** Allocates gradients, owned by {@code owner}. */
    public AdapterGradients newGradients(TensorScope owner) {
        Tensor gradientOfA = owner.zeros(ElementType.FLOAT32, a.elements());
        Tensor gradientOfB = owner.zeros(ElementType.FLOAT32, b.elements());
        return new AdapterGradients(
                gradientOfA,
                gradientOfB,
                byLayer(
                        views(owner, gradientOfA, layout.rowsOfA(), layout.columnsOfA()),
                        views(owner, gradientOfB, layout.rowsOfB(), layout.columnsOfB())));
    }

    /**
     * Overwrites the masters with those of a file.
     *
     * @throws AdapterFileException if the file does not hold exactly this adapter's tensors
     */
    public void restore(Path file) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            AdapterFile.requireComplete(opened, layout);
            restorePart(opened);
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    /**
     * Overwrites those masters that a file contains.
     *
     * @throws AdapterFileException if one of them has another type or shape; nothing is overwritten then
     */
    void restorePart(SafetensorsFile file) throws IOException {
        List<TensorPart> parts = parts(a, b);
        parts.forEach(part -> AdapterFile.requireSameShape(file.path(), file.entry(part.name()), part.shape()));
        for (TensorPart part : parts) {
            part.read(file);
        }
    }

    /** Consecutive matrices of a flat tensor, sharing its memory. */
    private List<Tensor> views(TensorScope owner, Tensor flat, long[] rows, long[] columns) {
        return program.callForList(owner, "views", flat, rows, columns);
    }

    private boolean hasSigns() {
        return config.signGroups() > 1;
    }

    private Tensor applyB() {
        if (hasSigns()) {
            return program.call(scope, "overwrite_scaled", appliedB, b, config.scale());
        }
        return program.call(
                scope, "place", matricesOfB, appliedMatricesOfB, layout.counts(), layout.flatParts(), config.scale());
    }

    /** Layers that also hold the signs of their groups, if there are any. */
    private List<List<Tensor>> withSigns(ElementType precision, List<List<Tensor>> layers) {
        if (!hasSigns()) {
            return layers;
        }
        int groups = config.signGroups();
        Tensor signs = scope.zeros(precision, groups, groups);
        try (Tensor values = scope.floats(Signs.matrix(groups), groups, groups)) {
            program.call(scope, "overwrite", signs, values).close();
        }
        return layers.stream()
                .map(layer -> Stream.concat(layer.stream(), Stream.of(signs)).toList())
                .toList();
    }

    /** A and B of each group of a layer in turn. */
    private static List<List<Tensor>> byLayer(List<Tensor> matricesOfA, List<Tensor> matricesOfB) {
        int groups = ProjectionGroup.values().length;
        List<List<Tensor>> layers = new ArrayList<>();
        for (int first = 0; first < matricesOfA.size(); first += groups) {
            List<Tensor> layer = new ArrayList<>();
            for (int group = first; group < first + groups; group++) {
                layer.add(matricesOfA.get(group));
                layer.add(matricesOfB.get(group));
            }
            layers.add(List.copyOf(layer));
        }
        return layers;
    }
}
