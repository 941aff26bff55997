package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An AFA-LoRA adapter of a model: fp32 masters that are trained, and copies in the model's precision that the decoder multiplies with. Not
 * safe for use by several threads; what {@link #apply} returns is. Whoever makes it closes it.
 */
public final class Adapter implements AutoCloseable {

    private final AdapterConfig config;
    private final AdapterLayout layout;
    private final Scope scope;
    private final AdapterProgram program;
    private final Tensor a;
    private final Tensor b;
    private final List<Tensor> matricesOfB;
    private final Tensor appliedA;
    private final List<Tensor> blocks;
    private final AppliedAdapter applied;

    /** With A and B zero. */
    private Adapter(DecoderModel model, AdapterConfig config) {
        this(model.scope(), model.precision(), config, new AdapterLayout(config, model.config()));
    }

    /**
     * With A and B zero.
     *
     * @param owner ends after the adapter
     */
    Adapter(Scope owner, ElementType precision, AdapterConfig config, AdapterLayout layout) {
        this.config = config;
        this.layout = layout;
        this.scope = owner.child();
        this.program = new AdapterProgram(scope);
        this.a = scope.zeros(ElementType.FLOAT32, layout.elementsOfA());
        this.b = scope.zeros(ElementType.FLOAT32, layout.elementsOfB());
        this.matricesOfB = program.views(scope, b, layout.rowsOfB(), layout.columnsOfB());
        this.appliedA = scope.zeros(precision, layout.elementsOfA());
        this.blocks = blocks(precision);
        List<Tensor> matricesOfA = program.views(scope, appliedA, layout.rowsOfA(), layout.columnsOfA());
        this.applied = new AppliedAdapter(
                byLayer(matricesOfA, blocks),
                layout.parts(),
                config.scale(),
                config.activation().kind(),
                0,
                AdapterDropout.NONE);
    }

    /** A new adapter: A drawn from {@code seed}, B zero, so that the model answers as its base at any beta. */
    public static Adapter create(DecoderModel model, AdapterConfig config, long seed) {
        Adapter adapter = new Adapter(model, config);
        for (AdapterLayout.Slot slot : adapter.layout.slots()) {
            adapter.a.overwrite(slot.beginOfA(), AdapterInitializer.valuesOfA(slot, seed));
        }
        return adapter;
    }

    /**
     * An adapter from a safetensors file with PEFT's tensor names.
     *
     * @throws AdapterFileException if the file does not hold exactly the tensors of {@code config}
     */
    public static Adapter load(DecoderModel model, AdapterConfig config, Path file) throws IOException {
        Adapter adapter = new Adapter(model, config);
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
        try (Scope passing = scope.child()) {
            AdapterFile.write(file, matrices(passing, a, b));
        }
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

    /**
     * Matrices by PEFT's names, sharing the memory of flat tensors that are laid out as the masters are.
     *
     * @param owner of the matrices
     */
    Map<String, Tensor> matrices(Scope owner, Tensor flatA, Tensor flatB) {
        List<AdapterLayout.Slot> slots = layout.slots();
        long[] ranks = slots.stream().mapToLong(AdapterLayout.Slot::rank).toArray();
        long[] inputs = slots.stream().mapToLong(AdapterLayout.Slot::inputs).toArray();
        long[] outputs = slots.stream().mapToLong(AdapterLayout.Slot::outputs).toArray();
        List<Tensor> ofA = program.views(owner, flatA, ranks, inputs);
        List<Tensor> ofB = program.views(owner, flatB, outputs, ranks);
        Map<String, Tensor> matrices = new LinkedHashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            matrices.put(slots.get(i).nameOfA(), ofA.get(i));
            matrices.put(slots.get(i).nameOfB(), ofB.get(i));
        }
        return matrices;
    }

    /** Trained parameters. */
    public long parameters() {
        return a.elements() + b.elements();
    }

    /**
     * The adapter as it is now, at a beta. Refreshes the copies that earlier results of this method share, so nothing may be computing with
     * those.
     */
    public AppliedAdapter apply(double beta, AdapterDropout dropout) {
        program.overwrite(scope, appliedA, a);
        program.place(scope, matricesOfB, blocks, layout, config.scale());
        return applied.with(beta, dropout);
    }

    /** Room for gradients; it belongs to {@code owner}. */
    public AdapterGradients newGradients(Scope owner) {
        Tensor gradientOfA = owner.zeros(ElementType.FLOAT32, a.elements());
        Tensor gradientOfB = owner.zeros(ElementType.FLOAT32, b.elements());
        return new AdapterGradients(
                gradientOfA,
                gradientOfB,
                byLayer(
                        program.views(owner, gradientOfA, layout.rowsOfA(), layout.columnsOfA()),
                        program.views(owner, gradientOfB, layout.rowsOfB(), layout.columnsOfB())));
    }

    /**
     * Overwrites the masters, for example with those of a checkpoint.
     *
     * @throws AdapterFileException if the file does not hold exactly this adapter's tensors
     */
    public void restore(Path file) throws IOException {
        try (Scope passing = scope.child()) {
            AdapterFile.read(file, matrices(passing, a, b));
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    /** Overwrites the masters with those that a file holds among others. */
    void restorePart(SafetensorsFile file) throws IOException {
        try (Scope passing = scope.child()) {
            AdapterFile.readPart(file, matrices(passing, a, b));
        }
    }

    private List<Tensor> blocks(ElementType precision) {
        long[] rows = layout.rowsOfBlocks();
        long[] columns = layout.rowsOfA();
        long elements = 0;
        for (int i = 0; i < rows.length; i++) {
            elements += rows[i] * columns[i];
        }
        return program.views(scope, scope.zeros(precision, elements), rows, columns);
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
