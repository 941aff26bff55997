package dev.anneal.engine.lora;

import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.model.ProjectionGroup;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private Adapter(DecoderModel model, AdapterConfig config, float[] valuesOfA, float[] valuesOfB) {
        this.config = config;
        this.layout = new AdapterLayout(config, model.config());
        this.scope = model.scope().child();
        this.program = new AdapterProgram(scope);
        this.a = scope.floats(valuesOfA, valuesOfA.length);
        this.b = scope.floats(valuesOfB, valuesOfB.length);
        this.matricesOfB = program.views(scope, b, layout.rowsOfB(), layout.columnsOfB());
        this.appliedA = scope.zeros(model.precision(), valuesOfA.length);
        this.blocks = blocks(model.precision());
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
        AdapterLayout layout = new AdapterLayout(config, model.config());
        float[] values = AdapterInitializer.valuesOfA(layout, seed);
        return new Adapter(model, config, values, new float[layout.elementsOfB()]);
    }

    /**
     * An adapter from a safetensors file with PEFT's tensor names.
     *
     * @throws AdapterFileException if the file does not hold exactly the tensors of {@code config}
     */
    public static Adapter load(DecoderModel model, AdapterConfig config, Path file) throws IOException {
        AdapterLayout layout = new AdapterLayout(config, model.config());
        AdapterFile.Values values = AdapterFile.read(file, layout);
        return new Adapter(model, config, values.a(), values.b());
    }

    /** Writes the masters as a safetensors file of F32 tensors with PEFT's names. */
    public void save(Path file) throws IOException {
        AdapterFile.write(file, layout, new AdapterFile.Values(a.toFloats(), b.toFloats()));
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

    /** The masters by PEFT's names, in row order. */
    public Map<String, float[]> tensors() {
        return AdapterFile.named(layout, new AdapterFile.Values(a.toFloats(), b.toFloats()));
    }

    /** Names and values of gradients, as {@link #tensors()} names the masters. */
    public Map<String, float[]> tensors(AdapterGradients gradients) {
        return AdapterFile.named(
                layout,
                new AdapterFile.Values(gradients.a().toFloats(), gradients.b().toFloats()));
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

    /** Overwrites the masters, for example with those of a checkpoint. */
    public void restore(Path file) throws IOException {
        AdapterFile.Values values = AdapterFile.read(file, layout);
        overwrite(a, values.a());
        overwrite(b, values.b());
    }

    private void overwrite(Tensor masters, float[] values) {
        try (Scope passing = scope.child()) {
            program.overwrite(passing, masters, passing.floats(values, values.length));
        }
    }

    @Override
    public void close() {
        scope.close();
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
