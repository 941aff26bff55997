package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * fp32 masters of trained weights, which compute in their own precision: each is a copy of its master, or the master
 * itself. Not thread-safe, and the weights must not be in use while masters change. Closed by its owner.
 */
public abstract class MasterWeights implements AutoCloseable {

    private final TensorScope scope;
    private final Program program;
    private final int headSize;
    private final Tensor nothing;
    private final List<Master> masters = new ArrayList<>();

    /**
     * @param program the decoder's
     * @param headSize width of a head of queries and keys
     */
    protected MasterWeights(TensorScope owner, Program program, int headSize) {
        this.scope = owner.child();
        this.program = program;
        this.headSize = headSize;
        this.nothing = scope.zeros(ElementType.FLOAT32, 0);
    }

    /**
     * Adds a master of zeros, or the weight itself if it is fp32.
     *
     * @param stored the checkpoint's tensors stacked in it; if there are none, nothing is added
     * @param headNorm whether they are the norms of query and key heads, which the weight repeats for each head
     */
    protected final void add(List<CheckpointTensors.Stored> stored, Tensor weight, boolean headNorm) {
        if (!stored.isEmpty()) {
            boolean same = !headNorm && weight.elementType() == ElementType.FLOAT32;
            long[] shape = headNorm ? new long[] {2, headSize} : weight.shape();
            Tensor tensor = same ? weight : scope.zeros(ElementType.FLOAT32, shape);
            masters.add(new Master(stored, tensor, weight, headNorm));
        }
    }

    /**
     * A trained tensor.
     *
     * @param stored the checkpoint's tensors stacked in it
     * @param tensor fp32
     * @param weight the weight; may be {@code tensor}
     * @param headNorm whether {@code weight} repeats the two rows of {@code tensor} for each head
     */
    private record Master(List<CheckpointTensors.Stored> stored, Tensor tensor, Tensor weight, boolean headNorm) {

        boolean isWeight() {
            return tensor == weight;
        }

        List<TensorPart> parts() {
            return MasterWeights.parts(stored, tensor);
        }
    }

    /** The tensors stacked in one. */
    protected static List<TensorPart> parts(List<CheckpointTensors.Stored> stored, Tensor tensor) {
        List<TensorPart> parts = new ArrayList<>();
        long begin = 0;
        for (CheckpointTensors.Stored part : stored) {
            parts.add(new TensorPart(part.name(), part.shape(), tensor, begin));
            begin += part.elements();
        }
        return parts;
    }

    /** fp32 tensors, in the order of {@link #newGradients}. */
    public final List<Tensor> masters() {
        return masters.stream().map(Master::tensor).toList();
    }

    /** The names of {@link #masters}; one that joins several tensors has the name of the first. */
    public final List<String> names() {
        return masters.stream().map(master -> master.stored().get(0).name()).toList();
    }

    /** For each of {@link #masters} the numbers of rows of the matrices stacked in it; none if it holds vectors. */
    public final List<List<Long>> matrices() {
        return masters.stream()
                .map(master -> master.stored().stream()
                        .filter(part -> part.shape().size() == 2)
                        .map(part -> part.shape().get(0))
                        .toList())
                .toList();
    }

    /** Copies the masters to the weights. */
    public final void refresh() {
        copy("refresh", "refresh_head_norm");
    }

    /** Copies the weights to the masters. */
    protected final void take() {
        copy("take", "take_head_norm");
    }

    private void copy(String method, String ofHeadNorms) {
        for (Master master : masters) {
            if (!master.isWeight()) {
                program.call(scope, master.headNorm() ? ofHeadNorms : method, master.weight(), master.tensor())
                        .close();
            }
        }
    }

    /** Allocates a gradient for each master, owned by {@code owner}. */
    public final List<Tensor> newGradients(TensorScope owner) {
        return masters.stream()
                .map(master -> owner.zeros(ElementType.FLOAT32, master.tensor().shape()))
                .toList();
    }

    /** An empty tensor, in place of a gradient that there is none of. */
    protected final Tensor nothing() {
        return nothing;
    }

    /** Writes the masters as a safetensors file of F32 tensors with the checkpoint's names. */
    public final void save(Path file) throws IOException {
        TensorPart.write(
                file,
                masters.stream().flatMap(master -> master.parts().stream()).toList());
    }

    /** Overwrites the masters with those of a folder whose {@code model.safetensors} {@link #save} wrote. */
    public final void restore(Path folder) throws IOException {
        read(folder, master -> true);
    }

    /**
     * Overwrites those masters that are not the weights themselves with the values of the folder that the weights were
     * read from.
     */
    final void readMissing(Path folder) throws IOException {
        read(folder, master -> !master.isWeight());
    }

    private void read(Path folder, Predicate<Master> which) throws IOException {
        try (WeightDirectory files = WeightDirectory.open(folder)) {
            for (Master master : masters) {
                for (TensorPart part : which.test(master) ? master.parts() : List.<TensorPart>of()) {
                    part.read(files.fileOf(part.name()));
                }
            }
        }
        refresh();
    }

    @Override
    public final void close() {
        scope.close();
    }
}
