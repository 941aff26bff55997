package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All weights of a decoder, to be trained: fp32 masters, of which the model's weights are copies in its precision, or which are the model's
 * weights themselves. Not safe for use by several threads, and while it changes nothing may compute with the model. Whoever makes it closes it.
 */
public final class TrainableWeights implements AutoCloseable {

    private final DecoderModel model;
    private final Scope scope;
    private final List<Master> masters = new ArrayList<>();

    private TrainableWeights(DecoderModel model) {
        this.model = model;
        this.scope = model.scope().child();
        WeightSlots slots = new WeightSlots(model.config());
        FrozenWeights weights = model.weights();
        add(List.of(slots.embedding()), weights.embedding(), false);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            List<List<WeightSlots.Slot>> ofLayer = slots.layer(layer);
            for (int i = 0; i < ofLayer.size(); i++) {
                add(ofLayer.get(i), weights.layers().get(layer).get(i), i == WeightSlots.HEAD_NORM);
            }
        }
        add(List.of(slots.norm()), weights.norm(), false);
        if (!model.config().tiedEmbeddings()) {
            add(List.of(slots.head()), weights.head(), false);
        }
    }

    /** What a family does not have is no master. */
    private void add(List<WeightSlots.Slot> slots, Tensor weight, boolean headNorm) {
        if (!slots.isEmpty()) {
            boolean same = !headNorm && weight.elementType() == ElementType.FLOAT32;
            long[] shape = headNorm ? new long[] {2, model.config().headSize()} : weight.shape();
            Tensor tensor = same ? weight : scope.zeros(ElementType.FLOAT32, shape);
            masters.add(new Master(slots, tensor, weight, headNorm));
        }
    }

    /**
     * A trained tensor.
     *
     * @param slots what of a checkpoint lies in it, one under another
     * @param tensor fp32
     * @param weight that the model computes with; may be {@code tensor}
     * @param headNorm whether {@code weight} repeats the two rows of {@code tensor} for each head
     */
    private record Master(List<WeightSlots.Slot> slots, Tensor tensor, Tensor weight, boolean headNorm) {

        /** That of its first slot. */
        String name() {
            return slots.get(0).name();
        }
    }

    /** Masters with the values of the model's files, in fp32 also where the model computes in another precision. */
    public static TrainableWeights of(DecoderModel model) throws IOException {
        TrainableWeights weights = new TrainableWeights(model);
        try {
            weights.read(
                    model.directory(),
                    weights.places().stream()
                            .filter(place -> !place.isTheModels())
                            .toList());
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** fp32 masters by name; a matrix that is made of several has the name of the first. Their order is that of {@link #newGradients}. */
    public List<Tensor> masters() {
        return masters.stream().map(Master::tensor).toList();
    }

    /** The names of {@link #masters}. */
    public List<String> names() {
        return masters.stream().map(Master::name).toList();
    }

    /** Has the model compute with the masters as they are now. */
    public void refresh() {
        for (Master master : masters) {
            if (master.headNorm()) {
                model.program().refreshHeadNorm(scope, master.weight(), master.tensor());
            } else if (master.weight() != master.tensor()) {
                model.program().refresh(scope, master.weight(), master.tensor());
            }
        }
    }

    /** Room for gradients, one for each master; it belongs to {@code owner}. */
    public List<Tensor> newGradients(Scope owner) {
        return masters.stream()
                .map(master -> owner.zeros(ElementType.FLOAT32, master.tensor().shape()))
                .toList();
    }

    /** Gradients of {@link #newGradients} as a backward pass takes them. */
    public Gradients arranged(List<Tensor> gradients) {
        Tensor nothing = scope.zeros(ElementType.FLOAT32, 0);
        List<Tensor> left = new ArrayList<>(gradients);
        Tensor embedding = left.remove(0);
        WeightSlots slots = new WeightSlots(model.config());
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < model.config().layers(); layer++) {
            layers.add(slots.layer(layer).stream()
                    .map(slot -> slot.isEmpty() ? nothing : left.remove(0))
                    .toList());
        }
        Tensor norm = left.remove(0);
        Tensor head = left.isEmpty() ? embedding : left.remove(0);
        return new Gradients(model.noAdapter().layers(), new Gradients.Weights(embedding, layers, norm, head));
    }

    /** Writes the masters as a safetensors file of F32 tensors with the names of the model's own. */
    public void save(Path file) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (Place place : places()) {
            WeightSlots.Slot slot = place.slot();
            tensors.add(new TensorData(
                    slot.name(),
                    Dtype.F32,
                    slot.shape(),
                    channel -> place.master().tensor().writeTo(channel, place.begin(), slot.elements())));
        }
        SafetensorsWriter.write(file, tensors);
    }

    /** Overwrites the masters with those of a folder whose {@code model.safetensors} {@link #save} wrote. */
    public void restore(Path folder) throws IOException {
        read(folder, places());
    }

    private void read(Path folder, List<Place> places) throws IOException {
        try (WeightDirectory files = WeightDirectory.open(folder)) {
            for (Place place : places) {
                WeightCopy.read(files, place.slot(), place.master().tensor(), place.begin());
            }
        }
        refresh();
    }

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (Master master : masters) {
            long begin = 0;
            for (WeightSlots.Slot slot : master.slots()) {
                places.add(new Place(master, slot, begin));
                begin += slot.elements();
            }
        }
        return places;
    }

    /** A tensor of a checkpoint in its master, from an element on. */
    private record Place(Master master, WeightSlots.Slot slot, long begin) {

        boolean isTheModels() {
            return master.tensor() == master.weight();
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
