package dev.anneal.engine.train.state;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.state.Trainable.StepGradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Muon on the matrices of heads and AdamW on all other trained tensors, both with decoupled weight decay; their fp32
 * moments, and the arithmetic on gradients. Muon's updates have the size of AdamW's, so both have one learning rate
 * (Moonlight, arXiv 2502.16982). Closed by its owner.
 */
public final class Optimizer implements AutoCloseable {

    private final TensorScope scope;
    private final ElementType precision;
    private final ComputeThreads threads;
    private final Program program;
    private final List<Moments> moments = new ArrayList<>();

    /** @param threads that update tensors, one tensor on one thread */
    public Optimizer(TensorScope owner, Trainable<?> trained, int threads) {
        this.scope = owner.child();
        this.precision = trained.precision();
        this.threads = new ComputeThreads(threads, threads);
        this.program = Program.load(scope, "optimizer", "Optimizer", Map.of());
        trained.parameters().forEach(parameter -> moments.add(Moments.zero(scope, parameter)));
    }

    /** Adds a part to a total, or overwrites the total with the first part. */
    void accumulate(TensorScope passing, StepGradients<?> total, StepGradients<?> part, boolean first) {
        for (int i = 0; i < moments.size(); i++) {
            program.call(
                            passing,
                            "accumulate",
                            total.ofParameters().get(i),
                            part.ofParameters().get(i),
                            first)
                    .close();
        }
    }

    /** Sets a gradient to 0. */
    void clear(TensorScope passing, StepGradients<?> total) {
        total.ofParameters()
                .forEach(gradient -> program.call(passing, "clear", gradient).close());
    }

    /** Euclidean norm of all gradients together; not finite if one of them is not. */
    public double norm(StepGradients<?> gradients) {
        try (Tensor norm = program.call(scope, "norm", gradients.ofParameters())) {
            return norm.toDoubles()[0];
        }
    }

    /**
     * Updates the masters.
     *
     * @param gradients multiplied by {@code factor}, in place
     * @param step counted from 1
     */
    public void step(StepGradients<?> gradients, double factor, Rates rates, int step) {
        threads.run(moments.size(), (buffer, i) -> {
            Tensor gradient = gradients.ofParameters().get(i);
            Moments own = moments.get(i);
            if (own.usesMuon()) {
                muon(own, gradient, factor, rates);
            } else {
                adamw(own, gradient, factor, rates, step);
            }
        });
    }

    private void adamw(Moments own, Tensor gradient, double factor, Rates rates, int step) {
        double rate = own.parameter().raised() ? rates.raised() : rates.ordinary();
        program.call(
                        scope,
                        "adamw",
                        List.of(own.parameter().master()),
                        List.of(gradient),
                        List.of(own.first()),
                        List.of(own.second()),
                        factor,
                        rate,
                        rates.weightDecay(),
                        step)
                .close();
    }

    private void muon(Moments own, Tensor gradient, double factor, Rates rates) {
        program.call(
                        scope,
                        "muon",
                        own.parameter().master(),
                        gradient,
                        own.first(),
                        own.parameter().matrices().stream()
                                .mapToLong(Long::longValue)
                                .toArray(),
                        factor,
                        rates.ordinary(),
                        rates.weightDecay(),
                        precision.code())
                .close();
    }

    /** Writes the moments. */
    public void save(Path file) throws IOException {
        TensorPart.write(file, parts());
    }

    /** Overwrites the moments with those that {@link #save} wrote. */
    public void restore(Path file) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (TensorPart part : parts()) {
                part.read(opened);
            }
        }
    }

    private List<TensorPart> parts() {
        return moments.stream().flatMap(Moments::parts).toList();
    }

    @Override
    public void close() {
        threads.close();
        scope.close();
    }

    /**
     * Rates of one step.
     *
     * @param ordinary learning rate of all parameters but those that LoRA+ raises
     * @param raised learning rate of those, which are all B
     */
    public record Rates(double ordinary, double raised, double weightDecay) {}

    /** Running means of a parameter's gradient and of its square, which Muon does not have. */
    private record Moments(Trainable.Parameter parameter, Tensor first, Tensor second) {
        static Moments zero(TensorScope scope, Trainable.Parameter parameter) {
            long[] shape = parameter.master().shape();
            long[] ofSecond = parameter.matrices().isEmpty() ? shape : new long[] {0};
            return new Moments(
                    parameter, scope.zeros(ElementType.FLOAT32, shape), scope.zeros(ElementType.FLOAT32, ofSecond));
        }

        boolean usesMuon() {
            return !parameter.matrices().isEmpty();
        }

        Stream<TensorPart> parts() {
            return usesMuon()
                    ? Stream.of(TensorPart.whole(parameter.name() + ".momentum", first))
                    : Stream.of(
                            TensorPart.whole(parameter.name() + ".exp_avg", first),
                            TensorPart.whole(parameter.name() + ".exp_avg_sq", second));
        }
    }
}
