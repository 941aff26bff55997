package dev.anneal.engine.train;

import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.AdapterGradients;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Program;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.List;
import java.util.Map;

/**
 * AdamW with decoupled weight decay on every trained tensor, its fp32 moments, and the arithmetic on gradients. Whoever makes it closes
 * it.
 */
final class AdamW implements AutoCloseable {

    private final Scope scope;
    private final Program program;
    private final Adapter adapter;
    private final Moments ofA;
    private final Moments ofB;

    AdamW(Scope owner, Adapter adapter) {
        this.scope = owner.child();
        this.program = Program.load(scope, "optimizer", "Optimizer", Map.of());
        this.adapter = adapter;
        this.ofA = Moments.zero(scope, adapter.a());
        this.ofB = Moments.zero(scope, adapter.b());
    }

    /** Adds a part to a total, or overwrites the total with the first part. */
    void accumulate(Scope passing, AdapterGradients total, AdapterGradients part, boolean first) {
        program.call(passing, "accumulate", total.a(), part.a(), first).close();
        program.call(passing, "accumulate", total.b(), part.b(), first).close();
    }

    /** Euclidean norm of all gradients together; not finite if one of them is not. */
    double norm(AdapterGradients gradients) {
        try (Tensor norm = program.call(scope, "norm", List.of(gradients.a(), gradients.b()))) {
            return norm.toDoubles()[0];
        }
    }

    /**
     * Updates the adapter's masters.
     *
     * @param gradients multiplied by {@code factor}, in place
     * @param step counted from 1
     */
    void step(AdapterGradients gradients, double factor, Rates rates, int step) {
        update(adapter.a(), gradients.a(), ofA, factor, rates.ofA(), rates.weightDecay(), step);
        update(adapter.b(), gradients.b(), ofB, factor, rates.ofB(), rates.weightDecay(), step);
    }

    private void update(
            Tensor parameters, Tensor gradients, Moments moments, double factor, double rate, double decay, int step) {
        program.call(
                        scope,
                        "adamw",
                        List.of(parameters),
                        List.of(gradients),
                        List.of(moments.first()),
                        List.of(moments.second()),
                        factor,
                        rate,
                        decay,
                        step)
                .close();
    }

    /** The moments by the names under which checkpoints keep them. */
    Map<String, Tensor> moments() {
        return Map.of(
                "lora_A.exp_avg", ofA.first(),
                "lora_A.exp_avg_sq", ofA.second(),
                "lora_B.exp_avg", ofB.first(),
                "lora_B.exp_avg_sq", ofB.second());
    }

    @Override
    public void close() {
        scope.close();
    }

    /**
     * Rates of one step.
     *
     * @param ofA learning rate of all A
     * @param ofB learning rate of all B; larger with LoRA+
     */
    record Rates(double ofA, double ofB, double weightDecay) {}

    /** Running means of the gradient and of its square. */
    private record Moments(Tensor first, Tensor second) {
        static Moments zero(Scope scope, Tensor parameters) {
            return new Moments(
                    scope.zeros(ElementType.FLOAT32, parameters.elements()),
                    scope.zeros(ElementType.FLOAT32, parameters.elements()));
        }
    }
}
